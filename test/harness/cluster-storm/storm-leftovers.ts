import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { type ProcessEntry, stillThere } from '../process-tree.ts';

/** Place is where the storm was. */
interface Place {
	readonly redisUrl: string;
	readonly databaseUrl: string;
	readonly cluster: string;
	readonly dataDir: string;
}

/** owedStill lists what should be gone once all tasks are over, while everything still runs: open streams, jobs, sessions, workspaces. */
export async function owedStill({ redisUrl, databaseUrl, cluster, dataDir }: Place): Promise<readonly string[]> {
	const open = await ask<{ name: string }>(databaseUrl, 'SELECT name FROM errand.streams WHERE open LIMIT 20');
	const keys = await keysOf(redisUrl, `*${cluster}*`);
	const sessions = keys.filter((key) => key.startsWith(`{${cluster}:sessions}`));
	const jobs = keys.filter((key) => JOB.test(key));
	const roots = ['workspaces', 'workspaces-of-failed'].map((name) => join(dataDir, name));
	const workspaces = (await Promise.all(roots.map(namesIn))).flat();
	return [
		...open.map(({ name }) => `stream ${name} owes work`),
		...sessions.map((key) => `key ${key}`),
		...jobs.slice(0, 20).map((key) => `job ${key}`),
		...workspaces.map((name) => `workspace ${name}`),
	];
}

/** leftBehind lists what should be gone once all processes have stopped: processes, their folders, leases. */
export async function leftBehind(place: Place, started: readonly ProcessEntry[]): Promise<readonly string[]> {
	const { redisUrl, databaseUrl, cluster, dataDir } = place;
	const living = await ask<{ self: string }>(
		databaseUrl,
		'SELECT self FROM errand.processes WHERE alive_until > clock_timestamp()',
	);
	const leases = await keysOf(redisUrl, `{${cluster}:leases}:held:*`);
	const processes = await stillThere(started);
	const folders: string[] = [];
	for (const name of await namesIn(dataDir)) {
		if (!name.startsWith('worker-')) continue;
		folders.push(...(await namesIn(join(dataDir, name, 'workers'))).map((one) => `${name}/workers/${one}`));
	}
	return [
		...(await owedStill(place)),
		...living.map(({ self }) => `process ${self} in the database`),
		...leases.map((key) => `lease ${key}`),
		...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
		...folders.map((name) => `folder ${name}`),
	];
}

/** A key of BullMQ's that holds one job: `<task>.<step>.<attempt>` after the queue. */
const JOB = /:[^:]+\.[^:]+\.\d+(?:-\d+)?(?::lock)?$/;

async function keysOf(redisUrl: string, pattern: string): Promise<string[]> {
	const redis = new Redis(redisUrl);
	try {
		return await redis.keys(pattern);
	} finally {
		redis.disconnect();
	}
}

async function ask<Row extends object>(databaseUrl: string, query: string): Promise<readonly Row[]> {
	const client = new Client({ connectionString: databaseUrl });
	await client.connect();
	try {
		return (await client.query<Row>(query)).rows;
	} finally {
		await client.end();
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return await readdir(folder).catch(() => []);
}
