import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';

/** ErrandOptions say on which data directory a server runs, and what it is told by its environment. */
export interface ErrandOptions {
	/** Kept when given; otherwise a temporary folder, removed by `dispose`. */
	readonly dataDir?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Another entry than the gateway's own, e.g. one with a catalogue for tests. */
	readonly entry?: string;
}

/** ErrandProcess is a real server in a process group of its own, so that it can be killed whole. */
export interface ErrandProcess {
	readonly url: string;
	readonly token: string;
	readonly dataDir: string;
	readonly pid: number;
	/** What it wrote to its outputs so far. */
	output(): string;
	/** SIGKILL to the server and all its children; resolves when it is gone. */
	kill(): Promise<void>;
	/** SIGTERM; resolves with the exit code. */
	stop(): Promise<number | null>;
	/** Stops it and removes the temporary data directory. */
	dispose(): Promise<void>;
	call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
	submit(request: Record<string, unknown>): Promise<string>;
	task(id: string): Promise<TaskView>;
	/** Resolves once the task has ended or waits for an answer. */
	settled(id: string, limitMs?: number): Promise<TaskView>;
	facts(id: string): Promise<RecordedTaskFact[]>;
}

/** A model that happens to run on the machine must not change what a test sees. */
const NOTHING_FOUND = { OLLAMA_HOST: '127.0.0.1:9' };
const REPOSITORY = resolve(import.meta.dirname, '../..');

/** startErrand starts a server and resolves once it is ready; rejects with its output if it exits instead. */
export async function startErrand(options: ErrandOptions = {}): Promise<ErrandProcess> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'errand-test-')));
	const entry = options.entry ?? join(REPOSITORY, 'apps/gateway/src/main.ts');
	const child = spawn(process.execPath, [entry], {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			...NOTHING_FOUND,
			PORT: '0',
			ERRAND_LOG_LEVEL: 'warn',
			...options.env,
			ERRAND_DATA_DIR: dataDir,
		},
	});
	const lines: string[] = [];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
	const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
	const url = await readyUrl(child, dataDir, () => lines.join(''));
	const token = readFileSync(join(dataDir, 'token'), 'utf8').trim();
	const call: ErrandProcess['call'] = (method, path, body, headers = {}) =>
		fetch(url + path, {
			method,
			headers: {
				Authorization: `Bearer ${token}`,
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		});
	const json = async (response: Response): Promise<unknown> => {
		if (response.ok) return response.json();
		throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
	};
	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		return exited;
	};
	const task = async (id: string) => (await json(await call('GET', `/v1/tasks/${id}`))) as TaskView;
	return {
		url,
		token,
		dataDir,
		pid: child.pid ?? 0,
		output: () => lines.join(''),
		kill: async () => {
			if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
			await exited;
		},
		stop,
		dispose: async () => {
			await stop();
			if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
		},
		call,
		submit: async (request) => ((await json(await call('POST', '/v1/tasks', request))) as { id: string }).id,
		task,
		settled: async (id, limitMs = 60_000) => {
			const until = Date.now() + limitMs;
			for (;;) {
				const view = await task(id);
				if (['done', 'failed', 'cancelled', 'waiting'].includes(view.status)) return view;
				if (Date.now() > until)
					throw new Error(`Task ${id} is still ${view.status}: ${JSON.stringify(view.plan.steps)}`);
				await wait(25);
			}
		},
		facts: async (id) => {
			const facts: RecordedTaskFact[] = [];
			for (;;) {
				const page = (await json(await call('GET', `/v1/tasks/${id}/events?after=${facts.length}`))) as {
					events: RecordedTaskFact[];
				};
				if (page.events.length === 0) return facts;
				facts.push(...page.events);
			}
		},
	};
}

async function readyUrl(child: ChildProcess, dataDir: string, output: () => string): Promise<string> {
	const path = join(dataDir, 'gateway.json');
	for (let tries = 0; tries < 400; tries++) {
		if (child.exitCode !== null || child.signalCode !== null)
			throw new Error(`Errand exited with ${child.exitCode}: ${output()}`);
		if (existsSync(path)) {
			// Written whole or not at all; one that a killed server left behind has another pid.
			const owner = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; url?: string };
			if (owner.pid === child.pid && owner.url !== undefined) return owner.url;
		}
		await wait(25);
	}
	throw new Error(`Errand was not ready in 10 s: ${output()}`);
}
