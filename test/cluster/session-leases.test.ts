import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisSessionLeases } from '@errand/core/adapters/redis/redis-session-leases.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import type { SessionEvents } from '@errand/core/ports/session-leases.ts';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { startCutProxy } from '../support/cut-proxy.ts';
import { MAY_STARVE } from './support/may-starve.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const TTL_MS = 1_000;
const never = new AbortController().signal;
const task = asTaskId('t1');
const cleanUps: (() => unknown)[] = [];

let cluster: string;
beforeEach(() => {
	cluster = `sessions-${randomUUID().slice(0, 8)}`;
});
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function openLine(self: string, url = inject('redisUrl')): Promise<RedisLine> {
	const line = await openRedisLine({ url, cluster, self, log });
	cleanUps.push(() => line.close());
	return line;
}

/** One worker's leases; `kill` stops their renewal as a SIGKILL does. */
async function openWorker(worker: string, events: Partial<SessionEvents> = {}, url?: string) {
	const line = await openLine(worker, url);
	const seal = { seal: (_: string, text: string) => text, open: (_: string, sealed: string) => sealed };
	const leases = new RedisSessionLeases({ line, worker, seal, log, ttlMs: TTL_MS });
	cleanUps.push(() => leases.stop());
	leases.start({ closing: async () => {}, lapsed: () => {}, ...events });
	return { leases, line, kill: () => line.close() };
}

async function keysLeft(line: RedisLine): Promise<string[]> {
	return await line.commands.keys(`*${cluster}:sessions*`);
}

async function held(leases: RedisSessionLeases, id: TaskId = task) {
	const claimed = await leases.claim(id, never);
	if (claimed.kind !== 'held') throw new Error(`The sessions of ${id} are with ${claimed.worker}.`);
	return claimed.lease;
}

test('gives the sessions of a task to one worker, for as long as that lives', MAY_STARVE, async () => {
	const [one, other] = await Promise.all([openWorker('one'), openWorker('other')]);
	const pool = new RedisSessionPool(one.line);
	expect(await pool.workerOf(task)).toBeUndefined();
	const lease = await held(one.leases);
	expect(await held(one.leases)).toBe(lease);
	expect(await pool.workerOf(task)).toBe('one');
	await wait(2 * TTL_MS);
	expect(await other.leases.claim(task, never)).toMatchObject({ kind: 'elsewhere', worker: 'one' });
	expect(lease.lost.aborted).toBe(false);
	expect([one.leases.held(), other.leases.held()]).toEqual([[task], []]);
});

test('of two that ask at once, one gets it', MAY_STARVE, async () => {
	const workers = await Promise.all(['a', 'b', 'c'].map((name) => openWorker(name)));
	const claims = await Promise.all(workers.map(({ leases }) => leases.claim(task, never)));
	expect(claims.filter(({ kind }) => kind === 'held')).toHaveLength(1);
});

test('gives them on once their worker is dead, with what was saved', MAY_STARVE, async () => {
	const [one, other] = await Promise.all([openWorker('one'), openWorker('other')]);
	await held(one.leases);
	await one.leases.save(task, 'main', 'cookies');
	await one.kill();
	await held(other.leases);
	expect(await other.leases.load(task, 'main')).toBe('cookies');
});

test('gives them on at once when a worker leaves', MAY_STARVE, async () => {
	const [one, other] = await Promise.all([openWorker('one'), openWorker('other')]);
	const lease = await held(one.leases);
	await one.leases.save(task, 'main', 'cookies');
	await one.leases.stop();
	expect(lease.lost.aborted).toBe(true);
	expect(await other.leases.claim(task, never)).toMatchObject({ kind: 'held' });
	expect(await other.leases.load(task, 'main')).toBe('cookies');
	await expect(one.leases.claim(task, never)).rejects.toMatchObject({ code: 'shutting-down' });
});

test(
	'ends on the side that is cut off before anybody else can begin, and keeps nothing that is said late',
	MAY_STARVE,
	async () => {
		const proxy = await startCutProxy(inject('redisUrl'));
		cleanUps.push(() => proxy.close());
		const order: string[] = [];
		const one = await openWorker('one', { lapsed: () => order.push('one has ended') }, proxy.url);
		const other = await openWorker('other');
		const lease = await held(one.leases);
		await one.leases.save(task, 'main', 'old');
		proxy.halfOpen();
		const late = one.leases.save(task, 'main', 'late').catch(() => undefined);
		await held(other.leases);
		order.push('other has begun');
		expect(order).toEqual(['one has ended', 'other has begun']);
		expect([lease.lost.aborted, one.leases.held()]).toEqual([true, []]);
		await other.leases.save(task, 'main', 'new');
		proxy.heal();
		await late;
		await vi.waitFor(async () => {
			expect(await one.leases.claim(task, never)).toMatchObject({ kind: 'elsewhere', worker: 'other' });
		}, 10_000);
		expect(await other.leases.load(task, 'main')).toBe('new');
	},
);

test('notices that everything in Redis was lost, and begins anew', MAY_STARVE, async () => {
	const lapsed = vi.fn();
	const one = await openWorker('one', { lapsed });
	const lease = await held(one.leases);
	await one.line.commands.del(...(await keysLeft(one.line)));
	await vi.waitFor(() => expect(lapsed).toHaveBeenCalledOnce(), 5_000);
	expect(lease.lost.aborted).toBe(true);
	expect((await held(one.leases)).lost.aborted).toBe(false);
});

test('has the worker close what belongs to a task that is over, and leaves nothing of it', MAY_STARVE, async () => {
	const closing = vi.fn(async () => wait(50));
	const one = await openWorker('one', { closing });
	const pool = new RedisSessionPool(await openLine('gateway'));
	const lease = await held(one.leases);
	await one.leases.save(task, 'main', 'cookies');
	await Promise.all([pool.closeAll(task), pool.closeAll(task)]);
	await pool.closeAll(task);
	expect(closing).toHaveBeenCalledExactlyOnceWith(task);
	expect(lease.lost.aborted).toBe(true);
	await one.leases.save(task, 'main', 'late');
	await vi.waitFor(async () => expect(await keysLeft(one.line)).toEqual([]), 5_000);
});

test('forgets what a dead worker had when the task is over', async () => {
	const one = await openWorker('one');
	const line = await openLine('gateway');
	await held(one.leases);
	await one.leases.save(task, 'main', 'cookies');
	await one.kill();
	await new RedisSessionPool(line).closeAll(task);
	expect(await keysLeft(line)).toEqual([]);
});

test.each([
	['with its worker', false],
	['after the death of its worker', true],
])(
	'keeps what a task that failed remembers for a day, until it begins again (closed %s)',
	MAY_STARVE,
	async (_how, dies) => {
		const one = await openWorker('one');
		const other = await openWorker('other');
		const pool = new RedisSessionPool(await openLine('gateway'));
		await held(one.leases);
		await one.leases.save(task, 'main', 'cookies');
		if (dies) await one.kill();
		await pool.closeAll(task, { keepState: true });
		const state = other.line.keys.sessionState(task);
		await vi.waitFor(async () => expect(await keysLeft(other.line)).toEqual([state]), 5_000);
		expect(await other.line.commands.pttl(state)).toSatisfy((ms: number) => ms > 86_000_000 && ms <= 86_400_000);
		await held(other.leases);
		expect(await other.line.commands.pttl(state)).toBe(-1);
		expect(await other.leases.load(task, 'main')).toBe('cookies');
		await pool.closeAll(task);
		await vi.waitFor(async () => expect(await keysLeft(other.line)).toEqual([]), 5_000);
	},
);

test('lets a task begin again that was just closed', MAY_STARVE, async () => {
	const one = await openWorker('one', { closing: async () => wait(100) });
	const pool = new RedisSessionPool(await openLine('gateway'));
	const first = await held(one.leases);
	const closed = pool.closeAll(task);
	await vi.waitFor(() => expect(first.lost.aborted).toBe(true), 5_000);
	const second = await held(one.leases);
	await closed;
	await wait(TTL_MS);
	expect([first.lost.aborted, second.lost.aborted]).toEqual([true, false]);
	expect(await pool.workerOf(task)).toBe('one');
});
