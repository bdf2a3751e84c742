import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it, onTestFailed, vi } from 'vitest';
import type { ErrandCalls } from '../harness/errand-calls.ts';
import { startErrand } from '../harness/errand-process.ts';
import { startCluster } from './support/cluster-errand.ts';
import { ownPlace } from './support/own-place.ts';

const MAIN = resolve(import.meta.dirname, '../../apps/gateway/src/migrate/main.ts');
const SECRET_KEY = randomBytes(32).toString('hex');
const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
	for (const act of cleanUps.reverse()) await act();
});

const WORKFLOW = `name: greeting
description: Says hello.
input:
  type: object
  properties:
    who: { type: string, default: you }
steps:
  - let: { text: "Hello \${input.who}" }
`;

it('a server at home moves to a cluster with everything that its person has', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-moving-'));
	cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
	const home = await startErrand({ dataDir });
	cleanUps.push(() => home.dispose());
	const made = [
		await home.call('PUT', '/v1/workflows/greeting', { text: WORKFLOW }),
		await home.call('POST', '/v1/schedules', {
			when: 'every day at 9:00',
			what: { do: { kind: 'remind', text: 'Water the plants.' } },
		}),
		await home.call('POST', '/v1/memory', { text: 'I prefer aisle seats on trains.' }),
		await home.call('POST', '/v1/agents', { name: 'helper' }),
		await home.call('POST', '/v1/conversations/web-owner/messages', { text: 'Hello', clientId: 'c1' }),
	];
	expect(made.map(({ ok }) => ok)).toEqual(made.map(() => true));
	await vi.waitFor(async () => expect(JSON.stringify(await shown(home))).toContain('"answer"'), { timeout: 20_000 });
	const before = await shown(home);
	expect(await home.stop()).toBe(0);

	const { databaseUrl, redisUrl, cluster: name } = await ownPlace();
	const env = { ...process.env, ERRAND_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ERRAND_SECRET_KEY: SECRET_KEY };
	const migrating = spawn(process.execPath, [MAIN, '--to', 'postgres'], { env, stdio: 'inherit' });
	expect(await once(migrating, 'exit')).toEqual([0, null]);

	const cluster = await startCluster({
		...{ postgresUrl: databaseUrl, redisUrl, cluster: name, dataDir, secretKey: SECRET_KEY, token: home.token },
		...{ gateways: 1, workers: 0 },
	});
	cleanUps.push(() => cluster.dispose());
	onTestFailed(() => console.error(cluster.outputs()));
	expect(await shown(cluster.gateway(0))).toEqual(before);
	// It can be worked with as before.
	const run = await cluster.gateway(0).submit({ goal: 'Greet', workflow: 'greeting', input: { who: 'Ann' } });
	expect(await cluster.gateway(0).settled(run)).toMatchObject({ status: 'done' });
});

async function shown(errand: ErrandCalls) {
	const paths = ['workflows/greeting', 'schedules', 'memory', 'agents', 'conversations/web-owner/messages', 'tasks'];
	return await Promise.all(
		paths.map(async (path) => {
			const response = await errand.call('GET', `/v1/${path}`);
			const text = await response.text();
			if (!response.ok) throw new Error(`GET /v1/${path} answered ${response.status}: ${text}`);
			return [path, JSON.parse(text)];
		}),
	);
}
