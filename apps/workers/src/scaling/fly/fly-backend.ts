import type { IClock } from '@errand/core/ports/clock.ts';
import type { IScalingBackend, ScaleOptions, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';
import { z } from 'zod';
import { type ApiAnswer, type ApiCall, callApi, expectStatus, type Platform } from '../api-call.ts';
import type { WorkerCommand } from '../scaling-config.ts';
import { chooseSurplus } from '../surplus.ts';
import type { FlyConfig } from './fly-config.ts';
import { machineSpec, POOL_METADATA } from './machine-spec.ts';
import { Pace } from './pace.ts';

/** FlyBackendOptions is what workers in Fly machines take. */
export interface FlyBackendOptions {
	readonly config: FlyConfig;
	readonly token: string;
	/** Which Errand's machines these are, among those of one app. */
	readonly cluster: string;
	readonly command: (pool: string) => WorkerCommand;
	readonly environment: Readonly<Record<string, string>>;
	readonly clock: IClock;
}

/**
 * FlyBackend runs workers as Fly machines. One that drained stops and stays stopped, which costs next to nothing, and is
 * started again before another is made; its image is replaced first where a newer one is configured.
 */
export class FlyBackend implements IScalingBackend {
	readonly drains = false;
	readonly #options: FlyBackendOptions;
	/** Fly takes about one call a second: what was seen a moment ago is as good. */
	readonly #seen = new Map<string, { readonly at: number; readonly up: number }>();
	readonly #pace: Pace;

	constructor(options: FlyBackendOptions) {
		this.#options = options;
		this.#pace = new Pace(options.clock);
	}

	describe(): string {
		return `machines of ${this.#options.config.app} on Fly`;
	}

	async current(pool: string): Promise<number> {
		const now = this.#options.clock.now();
		const seen = this.#seen.get(pool);
		if (seen !== undefined && now - seen.at < SEEN_FOR_MS) return seen.up;
		const up = (await this.#list(pool)).filter(isUp).length;
		this.#seen.set(pool, { at: now, up });
		return up;
	}

	async scaleTo(pool: string, count: number, options: ScaleOptions): Promise<void> {
		const { signal } = options;
		this.#seen.delete(pool);
		const machines = await this.#list(pool, signal);
		const up = machines.filter(isUp);
		const idle = machines.filter(({ state }) => state === 'stopped' || state === 'suspended');
		for (let missing = count - up.length; missing > 0; missing--) {
			await this.#pace.turn(signal);
			const machine = idle.shift();
			if (machine === undefined) await this.#create(pool, signal);
			else await this.#start(pool, machine, signal);
		}
		for (const { id } of chooseSurplus(up, up.length - count, options, isAt)) await this.#stop(id, signal);
	}

	async close(): Promise<void> {}

	async #list(pool: string, signal?: AbortSignal): Promise<readonly Machine[]> {
		const query = new URLSearchParams({ [`metadata.${POOL_METADATA}`]: `${this.#options.cluster}/${pool}` });
		const answer = await this.#call({ method: 'GET', path: `?${query}`, signal });
		return Machines.parse(expectStatus(FLY, 'list machines', answer, 200).body).map((machine) => ({
			...machine,
			startedAt: Date.parse(machine.created_at),
		}));
	}

	async #create(pool: string, signal: AbortSignal): Promise<void> {
		const { region } = this.#options.config;
		const body = { ...(region === undefined ? {} : { region }), config: this.#spec(pool) };
		expectStatus(FLY, 'make a machine', await this.#call({ method: 'POST', path: '', body, signal }), 200, 201);
	}

	/** A machine of another image is brought up to date, which starts it as well. */
	async #start(pool: string, { id, config }: Machine, signal: AbortSignal): Promise<void> {
		const isCurrent = config?.image === this.#options.config.image;
		const answer = isCurrent
			? await this.#call({ method: 'POST', path: `/${id}/start`, signal })
			: await this.#call({ method: 'POST', path: `/${id}`, body: { config: this.#spec(pool) }, signal });
		expectStatus(FLY, `start the machine ${id}`, answer, 200);
	}

	async #stop(id: string, signal: AbortSignal): Promise<void> {
		const body = { signal: 'SIGTERM', timeout: `${Math.ceil(this.#options.config.drainMs / 1_000)}s` };
		const answer = await this.#call({ method: 'POST', path: `/${id}/stop`, body, signal });
		// 404: gone meanwhile.
		expectStatus(FLY, `stop the machine ${id}`, answer, 200, 404);
	}

	#spec(pool: string) {
		const { config, cluster, command, environment } = this.#options;
		return machineSpec({ config, pool, cluster, command: command(pool), environment });
	}

	#call(call: Pick<ApiCall, 'method' | 'body' | 'signal'> & { path: string }): Promise<ApiAnswer> {
		const { config, token } = this.#options;
		const url = new URL(`/v1/apps/${encodeURIComponent(config.app)}/machines${call.path}`, config.address);
		return callApi(FLY, { ...call, url, headers: { Authorization: `Bearer ${token}` } });
	}
}

const SEEN_FOR_MS = 5_000;

interface Machine extends z.infer<typeof MachineSchema> {
	readonly startedAt: number;
}

function isUp({ state }: Machine): boolean {
	return UP.includes(state);
}

/** A machine's host name is its id. */
function isAt({ id }: Machine, { host }: WorkerPlace): boolean {
	return id === host;
}

/** States of a machine that runs or is about to. */
const UP = ['created', 'starting', 'started', 'restarting', 'replacing', 'updating', 'stopping'];

const MachineSchema = z.object({
	id: z.string(),
	state: z.string(),
	created_at: z.string(),
	config: z.object({ image: z.string().optional() }).optional(),
});
const Machines = z.array(MachineSchema);

const FLY: Platform = {
	name: 'Fly',
	reachHint:
		'Look whether https://api.machines.dev can be reached from here, or set `backend.address` in ERRAND_SCALING.',
	statusHints: {
		400: 'Fly does not understand the machine that ERRAND_SCALING describes.',
		401: 'FLY_API_TOKEN is not accepted: make one with `fly tokens create deploy`.',
		403: 'FLY_API_TOKEN may not change machines of this app: make one with `fly tokens create deploy -a APP`.',
		404: 'Make the app first, or mend `backend.app` in ERRAND_SCALING.',
		409: 'The machine is being changed by something else (a deploy, another token); it is tried again.',
		412: 'The machine was in another state meanwhile; it is tried again.',
		422: 'Fly has no such machine size, image or region: mend ERRAND_SCALING.',
		429: 'Fly takes about one call a second of each kind; the rest follows by itself.',
	},
};
