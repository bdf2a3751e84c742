import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalBackend } from './local-backend.ts';

const FIXTURE = join(import.meta.dirname, '../fixture');
const WORKER = join(FIXTURE, 'stand-in-worker.ts');
const silent = () => {};
const LOG = { debug: silent, info: silent, warn: silent, error: silent };

let folder: string;
let journal: string;
let backends: LocalBackend[];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-local-'));
	journal = join(folder, 'journal');
	backends = [];
});

afterEach(async () => {
	await Promise.all(backends.map((backend) => backend.close()));
	await rm(folder, { recursive: true, force: true });
});

function open(args: readonly string[] = [], drainMs = 30_000): LocalBackend {
	const backend = new LocalBackend({
		command: (pool) => ({ file: WORKER, arguments: [journal, '--pool', pool, ...args] }),
		environment: { PATH: process.env['PATH'], MARK: 'given' },
		...{ drainMs, clock: new SystemClock(), log: LOG },
	});
	backends.push(backend);
	return backend;
}

const freely = { leaving: [], keep: [], signal: new AbortController().signal };
const at = (pid: number) => ({ worker: `w${pid}`, host: hostname(), pid });

function said(what: string): readonly { pid: number; args: readonly string[] }[] {
	if (!existsSync(journal)) return [];
	const lines = readFileSync(journal, 'utf8').trim().split('\n').filter(Boolean);
	const entries = lines.map((line) => JSON.parse(line) as { pid: number; what: string; args: string[] });
	return entries.filter((entry) => entry.what === what);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
	const end = Date.now() + 30_000;
	while (!(await isSo())) {
		if (Date.now() > end) throw new Error('It did not come to that in time.');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		// A zombie counts as gone.
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

describe('workers as local processes', () => {
	it('are started as many as are asked for, each for its pool, and no more when asked again', async () => {
		const backend = open();
		await backend.scaleTo('readers', 2, freely);
		await backend.scaleTo('readers', 2, freely);
		await backend.scaleTo('writers', 1, freely);
		await until(() => said('started').length === 3);
		expect(await backend.current('readers')).toBe(2);
		expect(
			said('started')
				.map(({ args }) => args[1])
				.toSorted(),
		).toEqual(['readers', 'readers', 'writers']);
	});

	it('end by draining: whoever leaves first, whoever is kept never', async () => {
		const backend = open();
		await backend.scaleTo('readers', 3, freely);
		await until(() => said('started').length === 3);
		const [first, second, third] = said('started').map(({ pid }) => pid);
		if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
		expect(backend.runs(at(first))).toBe(true);
		expect(backend.runs({ ...at(first), host: 'elsewhere' })).toBe(false);

		await backend.scaleTo('readers', 0, { ...freely, leaving: [at(second)], keep: [at(first), at(third)] });
		await until(async () => (await backend.current('readers')) === 2);
		expect(said('drained').map(({ pid }) => pid)).toEqual([second]);
		expect([first, third].every(isAlive)).toBe(true);
	});

	it('are killed when they are told to end and do not', async () => {
		const backend = open(['--deaf'], 1_500);
		await backend.scaleTo('readers', 1, freely);
		await until(() => said('started').length === 1);
		await backend.scaleTo('readers', 0, freely);
		await until(async () => (await backend.current('readers')) === 0);
		expect(said('told')).toHaveLength(1);
		expect(said('drained')).toEqual([]);
	});

	it('are not started again by themselves when they crash', async () => {
		const backend = open(['--crash']);
		await backend.scaleTo('readers', 1, freely);
		await until(async () => (await backend.current('readers')) === 0);
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(said('started')).toHaveLength(1);
	});

	it('are not started once whoever asks may not ask any longer', async () => {
		const backend = open();
		await backend.scaleTo('readers', 2, { ...freely, signal: AbortSignal.abort() });
		expect(await backend.current('readers')).toBe(0);
	});

	it('leave none behind when their gateway is killed', async () => {
		const gateway: ChildProcess = spawn(process.execPath, [join(FIXTURE, 'stand-in-gateway.ts'), WORKER, journal], {
			stdio: 'ignore',
		});
		try {
			await until(() => said('started').length === 2);
			const pids = said('started').map(({ pid }) => pid);
			expect(pids.every(isAlive)).toBe(true);
			gateway.kill('SIGKILL');
			await until(() => !pids.some(isAlive));
			expect(said('drained')).toHaveLength(2);
		} finally {
			gateway.kill('SIGKILL');
		}
	});
});
