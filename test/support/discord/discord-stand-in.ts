import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { GatewayServer } from './gateway-server.ts';
import { InteractionDesk } from './interaction-desk.ts';
import { Mishaps } from './mishaps.ts';
import { Person } from './person.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestCheck } from './request-check.ts';
import { RestRoutes } from './rest-routes.ts';
import { RestServer } from './rest-server.ts';
import { type Wire, World } from './world.ts';

/** DiscordStandIn plays Discord on loopback: gateway, REST API and files, with the people on it. */
export class DiscordStandIn {
	readonly world: World;
	readonly gateway: GatewayServer;
	readonly rest: RestServer;
	readonly routes: RestRoutes;
	readonly desk: InteractionDesk;
	readonly limits: RateLimits;
	readonly mishaps = new Mishaps();
	/** Requests are compared with Discord's own description. */
	readonly compares: boolean;

	private constructor(limitScale: number) {
		const { publicKey, privateKey } = generateKeyPairSync('ed25519');
		this.world = new World();
		this.world.publicKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
		this.desk = new InteractionDesk(this.world, privateKey);
		this.routes = new RestRoutes(this.world, this.desk);
		this.limits = new RateLimits(limitScale);
		const check = new RequestCheck(process.env['ERRAND_SPECS_DIR']);
		this.compares = check.compares;
		const { world, limits, mishaps } = this;
		this.rest = new RestServer({ world, limits, mishaps, check, routes: () => this.routes });
		this.gateway = new GatewayServer(this.rest.server, world);
		world.dispatch = (event: string, payload: Wire) => this.gateway.dispatch(event, payload);
	}

	/** `limitScale` multiplies Discord's limits of what may be sent in a time. */
	static async start({ limitScale = 1 }: { limitScale?: number } = {}): Promise<DiscordStandIn> {
		const standIn = new DiscordStandIn(limitScale);
		await new Promise<void>((resolve) => standIn.rest.server.listen(0, '127.0.0.1', resolve));
		standIn.world.address = `http://127.0.0.1:${(standIn.rest.server.address() as AddressInfo).port}`;
		return standIn;
	}

	/** What aims the adapter at this server. */
	get env(): { DISCORD_TOKEN: string; DISCORD_API_URL: string } {
		return { DISCORD_TOKEN: this.world.token, DISCORD_API_URL: `${this.world.address}/api` };
	}

	person(name: string, fields: Wire = {}): Person {
		return new Person(this.world.addUser(name, fields), this.world, this.desk);
	}

	/** How often a call was made. */
	count(calls: RegExp): number {
		return this.rest.calls.filter(({ call }) => calls.test(call)).length;
	}

	async stop(): Promise<void> {
		await this.gateway.stop();
		this.rest.server.closeAllConnections();
		await new Promise<void>((resolve) => this.rest.server.close(() => resolve()));
	}
}
