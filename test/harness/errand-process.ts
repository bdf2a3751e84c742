import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../support/server-process.ts';
import { type ErrandCalls, errandCalls } from './errand-calls.ts';
import { type Program, startProgram } from './program.ts';

/** ErrandOptions say on which data directory a server runs, and what it is told by its environment. */
export interface ErrandOptions {
	/** Kept when given; otherwise a temporary folder, removed by `dispose`. */
	readonly dataDir?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Another entry than the gateway's own, e.g. one with a catalogue for tests. */
	readonly entry?: string;
}

/** ErrandProcess is a real server in a process group of its own, so that it can be killed whole. */
export interface ErrandProcess extends ErrandCalls {
	readonly url: string;
	/** Where each of its processes that frontends may run in listens: this address alone where all is one process. */
	readonly parts: readonly string[];
	readonly token: string;
	readonly dataDir: string;
	readonly pid: number;
	/** What it wrote to its outputs so far. */
	output(): string;
	/** Its exit code, once it is gone; `null` after a signal. */
	readonly exited: Promise<number | null>;
	/** SIGKILL to the server and all its children; resolves when it is gone. */
	kill(): Promise<void>;
	/** SIGTERM; resolves with the exit code. */
	stop(): Promise<number | null>;
	/** Stops it and removes the temporary data directory. */
	dispose(): Promise<void>;
}

/** CLUSTER_MODE: what tests start as a server is a cluster then: two gateways and two workers under one process that stands for all. */
export const CLUSTER_MODE = process.env['ERRAND_TEST_MODE'] === 'cluster';

/** A model that happens to run on the machine must not change what a test sees. */
const NOTHING_FOUND = { OLLAMA_HOST: '127.0.0.1:9' };
const REPOSITORY = resolve(import.meta.dirname, '../..');

/** startErrand starts a server and resolves once it is ready; rejects with its output if it exits instead. */
export async function startErrand(options: ErrandOptions = {}): Promise<ErrandProcess> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'errand-test-')));
	const entry = options.entry ?? join(REPOSITORY, 'apps/gateway/src/main.ts');
	const env = {
		...process.env,
		...NOTHING_FOUND,
		// Not one that any system gives away: a server comes back to it after it was killed.
		PORT: String(await freePort()),
		ERRAND_LOG_LEVEL: 'warn',
		...(CLUSTER_MODE ? await placeOf(dataDir) : {}),
		...options.env,
		ERRAND_DATA_DIR: dataDir,
	};
	const server = startProgram(CLUSTER_MODE ? { ...clusterOf(entry), env } : { entry, env });
	const { urls, parts } = await readyUrls(server, dataDir);
	const token = readFileSync(join(dataDir, 'token'), 'utf8').trim();
	let turn = 0;
	const { exited, kill, stop } = server;
	return {
		...errandCalls(() => urls[turn++ % urls.length] ?? '', token),
		url: urls[0] ?? '',
		parts,
		token,
		dataDir,
		pid: server.pid,
		output: server.output,
		exited,
		kill,
		stop,
		dispose: async () => {
			await stop();
			if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** What a server tells of itself in its folder. */
interface Found {
	readonly pid: number;
	readonly url?: string;
	readonly urls?: readonly string[];
	readonly parts?: readonly string[];
}

async function placeOf(dataDir: string): Promise<Readonly<Record<string, string>>> {
	mkdirSync(dataDir, { recursive: true });
	const { clusterPlace } = await import('./cluster-place.ts');
	return clusterPlace(dataDir);
}

function clusterOf(entry: string): { entry: string; args: readonly string[] } {
	const programs = basename(entry) === 'test-gateway.ts' ? 'with-test-capabilities' : 'shipped';
	return { entry: join(import.meta.dirname, 'cluster-main.ts'), args: [programs] };
}

/** Where calls go, in turn (a page or a client is given the first), and where all parts are. */
async function readyUrls(server: Program, dataDir: string): Promise<Required<Pick<Found, 'urls' | 'parts'>>> {
	const path = join(dataDir, 'gateway.json');
	const limitMs = 100_000;
	for (const until = Date.now() + limitMs; Date.now() < until; await wait(25)) {
		if (!server.running()) throw new Error(`Errand exited with ${await server.exited}: ${server.output()}`);
		if (!existsSync(path)) continue;
		// Written whole or not at all; one that a killed server left behind has another pid.
		const { pid, url, urls, parts } = JSON.parse(readFileSync(path, 'utf8')) as Found;
		if (pid === server.pid && url !== undefined) return { urls: urls ?? [url], parts: parts ?? [url] };
	}
	throw new Error(`Errand was not ready in ${limitMs / 1_000} s: ${server.output()}`);
}
