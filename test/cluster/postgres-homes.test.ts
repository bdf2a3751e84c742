import type { PostgresHistory } from '@errand/core/adapters/postgres/open-postgres-history.ts';
import { asPersonId, asStreamId } from '@errand/core/domain/ids.ts';
import type { Append } from '@errand/core/ports/event-store.ts';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { emptyHistory, newDatabase, openHistory, sql } from './support/open-new-history.ts';

let url = '';
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
	url = await newDatabase();
	await (await openHistory(url)).close();
});
beforeEach(() => emptyHistory(url));
afterEach(async () => {
	await Promise.all(opened.splice(0).map((each) => each.close()));
});

/** A process that remembers what it was told to drive. */
class Process {
	readonly adopted: string[] = [];
	lapses = 0;
	readonly history: PostgresHistory;

	constructor(history: PostgresHistory) {
		this.history = history;
		opened.push(history);
	}

	start(): Promise<void> {
		return this.history.homes.start({
			adopted: async (streams) => {
				this.adopted.push(...streams.map(({ stream }) => stream));
			},
			lapsed: () => {
				this.lapses += 1;
				this.adopted.push('lapsed');
			},
		});
	}

	append(stream: string, expectedSeq: number, over: Partial<Append> = {}) {
		const index = { person: asPersonId('ann'), dueAt: 0, summary: {} };
		const facts = [{ type: 'Said', v: 1, data: {} }];
		return this.history.events.append({
			stream: asStreamId(stream),
			expectedSeq,
			facts,
			at: 1_000,
			index,
			...over,
		});
	}
}

async function living(self: string, through = url): Promise<Process> {
	const process = new Process(await openHistory(through, { self }));
	await process.start();
	return process;
}

/** Its connections go without a word, as with a SIGKILL. */
async function mortal(self: string): Promise<{ process: Process; proxy: CutProxy }> {
	const proxy = await startCutProxy(url);
	const process = await living(self, proxy.url);
	opened.push({ close: async () => proxy.close() });
	return { process, proxy };
}

const closed = { person: asPersonId('ann'), dueAt: null, summary: {} };

describe('homes of streams', MAY_STARVE, () => {
	it('are the first that appends, who goes on while they live, whoever else appends', async () => {
		const [a, b] = [await living('a'), await living('b')];
		expect(await a.append('task-1', 0)).toEqual({ kind: 'appended', firstSeq: 1, at: 1_000 });
		expect(await b.append('task-1', 1)).toMatchObject({ kind: 'appended', home: 'a' });
		expect(await a.append('task-1', 2)).not.toHaveProperty('home');
	});

	it('are named by an append, if the one named lives', async () => {
		const [a, b] = [await living('a'), await living('b')];
		expect(await a.append('task-1', 0, { home: 'b' })).toMatchObject({ home: 'b' });
		expect(await b.append('task-1', 1, { home: 'a' })).toMatchObject({ home: 'a' });
		expect(await a.append('task-1', 2, { home: 'nobody' })).not.toHaveProperty('home');
		expect(await b.append('task-1', 3, { home: 'nobody' })).toMatchObject({ home: 'a' });
	});

	it('are whoever appends once nothing is owed any more', async () => {
		const [a, b] = [await living('a'), await living('b')];
		await a.append('task-1', 0);
		expect(await b.append('task-1', 1, { index: closed })).toMatchObject({ home: 'a' });
		expect(await b.append('task-1', 2)).not.toHaveProperty('home');
		expect(await a.append('task-1', 3)).toMatchObject({ home: 'b' });
	});

	it('give everything over at a stop, at once', async () => {
		const a = await living('a');
		await a.append('task-1', 0);
		await a.append('task-done', 0, { index: closed });
		await a.history.close();
		const b = await living('b');
		expect(b.adopted).toEqual(['task-1']);
		expect(await b.append('task-1', 1)).not.toHaveProperty('home');
	});

	it('die, and each of their open streams is adopted by one of the living, once, however many there are', async () => {
		const { process: a, proxy } = await mortal('a');
		const [b, c] = [await living('b'), await living('c')];
		const names = Array.from({ length: 450 }, (_, n) => `task-${n}`);
		await Promise.all(names.map((name) => a.append(name, 0)));
		await expect.poll(() => unbroken('b', 'c')).toBe(true);
		proxy.cut();
		await expect.poll(() => b.adopted.length + c.adopted.length).toBe(450);
		expect([...b.adopted, ...c.adopted].toSorted()).toEqual(names.toSorted());
		expect([a.lapses, b.lapses, c.lapses]).toEqual([0, 0, 0]);
	});

	it('let go of everything when they were away for so long that others took over', async () => {
		const { process: a, proxy } = await mortal('a');
		const b = await living('b');
		await a.append('task-1', 0);
		await expect.poll(() => unbroken('b')).toBe(true);
		proxy.cut();
		await expect.poll(() => b.adopted).toEqual(['task-1']);
		proxy.heal();
		await expect.poll(() => a.lapses).toBe(1);
		expect(await a.append('task-1', 1)).toMatchObject({ home: 'b' });
		expect(a.adopted).toEqual(['lapsed']);
	});

	it('begin to be homes however long the database takes to answer at their start', async () => {
		const proxy = await startCutProxy(url);
		opened.push({ close: async () => proxy.close() });
		const a = new Process(await openHistory(proxy.url, { self: 'a' }));
		proxy.cut();
		const started = a.start();
		await new Promise((resolve) => setTimeout(resolve, 2_500));
		proxy.heal();
		await started;
		await expect.poll(() => unbroken('a')).toBe(true);
	});

	it('all keep what is theirs when nobody could reach the database for a while', async () => {
		const { process: a, proxy } = await mortal('a');
		const { process: b, proxy: other } = await mortal('b');
		await a.append('task-a', 0);
		await b.append('task-b', 0);
		await expect.poll(() => unbroken('a', 'b')).toBe(true);
		// One lease lasts a little longer than the other, whose process is the first to be back.
		other.cut();
		await new Promise((resolve) => setTimeout(resolve, 500));
		proxy.cut();
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		other.heal();
		await expect.poll(() => hasLease('b')).toBe(true);
		proxy.heal();
		await expect.poll(() => unbroken('a', 'b')).toBe(true);
		await new Promise((resolve) => setTimeout(resolve, 700));
		expect([a.adopted, b.adopted]).toEqual([[], []]);
		expect(await b.append('task-a', 1)).toMatchObject({ home: 'a' });
	});

	it('hear of what others appended for them though the hint was lost, also of the end of all work', async () => {
		const [a, b] = [await living('a'), await living('b')];
		await a.append('task-1', 0);
		await a.append('task-2', 0);
		await b.append('task-1', 1);
		await b.append('task-2', 1, { index: closed });
		await b.append('task-3', 0, { home: 'a' });
		await expect.poll(() => a.adopted.toSorted()).toEqual(['task-1', 'task-2', 'task-3']);
		await expect.poll(() => sql(url, 'SELECT * FROM errand.nudges')).toEqual([]);
		expect(b.adopted).toEqual([]);
	});

	it('claim what they alone can drive', async () => {
		const [a, b] = [await living('a'), await living('b')];
		await a.append('conversation-discord-1', 0);
		await a.append('conversation-web-1', 0);
		await b.history.homes.claim('conversation-discord-');
		expect(b.adopted).toEqual(['conversation-discord-1']);
		expect(await a.append('conversation-discord-1', 1)).toMatchObject({ home: 'b' });
	});

	it('leave others what those can drive as well', async () => {
		const [a, b, c] = [await living('a'), await living('b'), await living('c')];
		await a.history.homes.offer(['frontend:sms']);
		await a.append('conversation-sms-1', 0);
		await c.append('conversation-sms-2', 0);
		await b.history.homes.offer(['frontend:sms']);
		await b.history.homes.claim('conversation-sms-', 'frontend:sms');
		expect(b.adopted).toEqual(['conversation-sms-2']);
	});

	it('are known by what they offer, oneself first', async () => {
		const [a, b] = [await living('a'), await living('b')];
		await b.history.homes.offer(['frontend:discord']);
		await expect.poll(() => a.history.homes.offering('frontend:discord')).toBe('b');
		expect(a.history.homes.offering('frontend:telegram')).toBeUndefined();
		await a.history.homes.offer(['frontend:discord']);
		expect(a.history.homes.offering('frontend:discord')).toBe('a');
		await a.history.homes.offer([]);
		await b.history.homes.stop();
		await b.history.homes.stop();
		await expect.poll(() => a.history.homes.offering('frontend:discord')).toBeUndefined();
	});

	it('come back from a crash of the database with everything they drove', async () => {
		const a = await living('a');
		await a.append('task-1', 0);
		// What a crash does to the table of the living.
		await sql(url, 'TRUNCATE errand.processes');
		await expect.poll(() => a.adopted).toEqual(['lapsed', 'task-1']);
	});
});

/** Whether this one has a lease. */
async function hasLease(name: string): Promise<boolean> {
	return (await sql(url, `SELECT FROM errand.processes WHERE self = '${name}' AND alive_until > now()`)).length > 0;
}

/** Whether these have lived for longer than a lease without a gap. */
async function unbroken(...names: readonly string[]): Promise<boolean> {
	const rows = await sql<{ self: string }>(
		url,
		`SELECT self FROM errand.processes WHERE alive_until > now() AND since < now() - interval '1.3 s'`,
	);
	return names.every((name) => rows.some(({ self }) => self === name));
}
