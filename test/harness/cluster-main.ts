import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { claimDataDir } from '@errand/core/adapters/files/data-dir-claim.ts';
import { startCluster } from '../cluster/support/cluster-errand.ts';

// A cluster in the place of one server: its processes belong to this one's group, and it is found as a server is, by gateway.json.
const { DATABASE_URL, REDIS_URL, ERRAND_CLUSTER, ERRAND_SECRET_KEY, ERRAND_TOKEN, ERRAND_DATA_DIR, PORT, ...env } =
	process.env as Record<string, string>;
const dataDir = ERRAND_DATA_DIR ?? '';
const FRONTENDS_MS = 10_000;
const holdsConnection = ['DISCORD_TOKEN', 'TELEGRAM_BOT_TOKEN'].some((name) => (env[name] ?? '') !== '');

const starting = startCluster({
	postgresUrl: DATABASE_URL ?? '',
	redisUrl: REDIS_URL ?? '',
	cluster: ERRAND_CLUSTER ?? '',
	secretKey: ERRAND_SECRET_KEY ?? '',
	token: ERRAND_TOKEN ?? '',
	dataDir,
	env,
	programs: process.argv[2] === 'with-test-capabilities' ? 'with-test-capabilities' : 'shipped',
	gateways: 2,
	frontends: holdsConnection ? 1 : 0,
	workers: 2,
	ports: PORT === undefined || PORT === '0' ? [] : [Number(PORT)],
	inGroup: true,
});
process.on('SIGTERM', () => {
	starting
		.then((cluster) => cluster.stopAll())
		.then(
			(code) => process.exit(code ?? 1),
			() => process.exit(1),
		);
});
try {
	const cluster = await starting;
	const urls = cluster.members('gateway').map(({ url }) => url);
	const parts = [...urls, ...cluster.members('frontends').map(({ url }) => url)];
	await frontendsRun(parts);
	const path = join(dataDir, 'gateway.json');
	// Clients believe the file only while its writer holds the folder.
	const { release } = await claimDataDir(dataDir, { pid: process.pid, startedAt: Date.now() });
	process.once('exit', release);
	// Written whole or not at all.
	const found = { pid: process.pid, startedAt: Date.now(), url: urls[0], urls, parts };
	writeFileSync(`${path}.making`, JSON.stringify(found));
	renameSync(`${path}.making`, path);
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
}

/** Resolves once each frontend runs in one process and is up or stands by in the others, or after a while: its platform may be down. */
async function frontendsRun(all: readonly string[]): Promise<void> {
	for (const until = Date.now() + FRONTENDS_MS; Date.now() < until; await wait(50)) {
		const shown = await Promise.all(all.map(statusesAt));
		const of = Map.groupBy(shown.flat(), ([name]) => name);
		const isUp = (statuses: readonly string[]) =>
			statuses.includes('ready') && statuses.every((status) => status === 'ready' || status === 'standby');
		if ([...of.values()].every((each) => isUp(each.map(([, status]) => status)))) return;
	}
}

async function statusesAt(url: string): Promise<[name: string, status: string][]> {
	const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: Record<string, { status: string }> };
	return Object.entries(checks).map(([name, { status }]) => [name, status]);
}
