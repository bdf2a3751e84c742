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
	const statusAt = async (index: number) => {
		const answer = await cluster.gateway(index).call('GET', '/readyz');
		return ((await answer.json()) as { checks: Record<string, { status: string }> }).checks['discord']?.status;
	};

	it('are answered through every gateway, and refused by the holder where the signature does not fit', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const statuses = () => Promise.all([statusAt(0), statusAt(1)]);
		await eventually(async () => (await statuses()).toSorted().join() === 'ready,standby');
		for (const index of (await statuses()).keys()) {
			discord.world.interactionsUrl = `${cluster.gateway(index).url}/discord/interactions`;
			const dan = discord.person(`Dan ${index}`);
			const used = await dan.command(dan.dm, 'help');
			await soon(() => used.response !== undefined, `gateway ${index} answers`);
			const forged = await fetch(discord.world.interactionsUrl, { method: 'POST', body: '{"type":1}' });
			expect(forged.status).toBe(401);
		}
	});
});
