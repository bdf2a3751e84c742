import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { soon } from '../harness/frontend-errand.ts';
import { eventually } from '../harness/process-tree.ts';
import { DiscordStandIn } from '../support/discord/discord-stand-in.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { ownPlace } from './support/own-place.ts';

/** Discord calls the public address; the balancer may lead it to any gateway, and one process holds the connection. */
describe('commands that Discord brings over HTTP', () => {
	let discord: DiscordStandIn;
	let cluster: ClusterErrand;
	beforeAll(async () => {
		const [place, standIn] = await Promise.all([ownPlace(), DiscordStandIn.start({ limitScale: 20 })]);
		discord = standIn;
		cluster = await startCluster({
			...{ postgresUrl: place.databaseUrl, redisUrl: place.redisUrl, cluster: place.cluster },
			...{ gateways: 2, frontends: 0, workers: 0 },
			env: {
				...discord.env,
				DISCORD_PUBLIC_KEY: discord.world.publicKey,
				ERRAND_OWNERS: discord.person('Dan').identity,
			},
		});
	});
	afterAll(async () => {
		await cluster?.dispose();
		await discord?.stop();
	});
	const checkAt = async (index: number) => {
		const answer = await cluster.gateway(index).call('GET', '/readyz');
		return ((await answer.json()) as { checks: Record<string, { status: string; message?: string }> }).checks[
			'discord'
		];
	};
	const checks = () => Promise.all([checkAt(0), checkAt(1)]);
	const shown = async (expected: string) => {
		const statuses = async () => (await checks()).map((check) => check?.status).toSorted();
		await eventually(async () => (await statuses()).join() === expected, { describe: checks });
	};

	it('are answered through every gateway, and refused by the holder where the signature does not fit', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await shown('ready,standby');
		for (const index of [0, 1]) {
			discord.world.interactionsUrl = `${cluster.gateway(index).url}/discord/interactions`;
			const dan = discord.person(`Dan ${index}`);
			const used = await dan.command(dan.dm, 'help');
			await soon(() => used.response !== undefined, `gateway ${index} answers`);
			const forged = await fetch(discord.world.interactionsUrl, { method: 'POST', body: '{"type":1}' });
			expect(forged.status).toBe(401);
		}
	});

	it('show at every gateway what troubles them at the one that has the connection', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const { world } = discord;
		const guild = world.addGuild('Office');
		guild.botPermissions = 0n;
		world.dispatch('GUILD_CREATE', world.guildPayload(guild));
		await shown('degraded,standby');
		const told = async () => (await checks()).every((check) => check?.message?.includes('"Office"') === true);
		await eventually(told, { describe: checks });
	});
});
