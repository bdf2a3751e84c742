import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { SqliteMemoryIndex } from '../../adapters/sqlite/sqlite-memory-index.ts';
import { asPersonId, asTaskId, memoryStream } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IEmbedder } from '../../ports/memory.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { complete, given, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import type { Principal } from '../desks/desk.ts';
import { MemoryStreams } from './memory-streams.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const GUEST: Principal = { person: asPersonId('guest'), role: 'guest' };

/** An embedder that knows what the test tells it: texts with the same sign are alike. */
class Signs implements IEmbedder {
	name = 'test/signs';
	readonly asked: string[] = [];
	readonly forgotten: (string | undefined)[] = [];
	down = false;

	async embed(texts: readonly string[]): Promise<Float32Array[]> {
		if (this.down) throw new Error('It is down.');
		this.asked.push(...texts);
		return texts.map((text) => Float32Array.from(SIGNS.map((sign) => (sign.test(text) ? 1 : 0))));
	}

	async forget(texts?: readonly string[]): Promise<void> {
		this.forgotten.push(...(texts ?? [undefined]));
	}

	async stop(): Promise<void> {
		// Nothing was started.
	}
}
const SIGNS = [/peanut|food|\beat\b/i, /seat|plane|fly/i, /pump|heating/i];

let store: SqliteStore;
let index: SqliteMemoryIndex;
let clock: FakeClock;
let embedder: Signs;
let opened: MemoryStreams[];

beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	index = new SqliteMemoryIndex(':memory:');
	clock = new FakeClock();
	embedder = new Signs();
	opened = [];
});
afterEach(() => {
	for (const streams of opened) streams.stop();
	index.close();
	store.close();
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const ROLES = new Map([ANN, BOB, GUEST].map(({ person, role }) => [person, role]));

/** Another one over the same store is what a start after a crash finds. */
async function open(): Promise<MemoryStreams> {
	const { events, snapshots, audit } = store;
	const homes = new OnlyHome('test', events);
	const bus = new InProcessEventBus(silent);
	const streams = new MemoryStreams({
		...{ store: events, snapshots, audit, bus, homes, clock, log: silent, index, embedder },
		roleOf: async (person) => ROLES.get(person),
	});
	opened.push(streams);
	for (const { stream, dueAt } of await events.openStreams({ after: '', limit: 100 }))
		await streams.driven.adopt(stream, dueAt);
	return streams;
}

async function settle(ms = 0): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await clock.advance(turn === 0 ? ms : 0);
}

function doneTask(over: { id?: string; planBy?: string; text?: string; origins?: string[]; goal?: string } = {}): {
	task: Task;
	report: Report;
} {
	const { id = 't1', planBy = 'rules:research', text = 'Heat pumps are quiet and cheap to run.' } = over;
	const request = { person: ANN.person, taskId: asTaskId(id), goal: over.goal ?? 'Research heat pumps' };
	const task = given(submitTask([plannedStep('a')], request), start('a'), complete('a', text)).task();
	const steps = Object.fromEntries(
		Object.entries(task.steps).map(([name, step]) => [
			name,
			{ ...step, origins: over.origins ?? ['web:pumps.example'] },
		]),
	);
	const report = { seq: task.seq, about: { kind: 'end' } } as const;
	return { task: { ...task, planBy, steps }, report };
}

const texts = async (streams: MemoryStreams, who = ANN) =>
	(await streams.desk.list(who, { limit: 50 })).entries.map(({ text }) => text);
const found = async (streams: MemoryStreams, text: string, who = ANN) =>
	(await streams.desk.find(who, { text, limit: 5 })).map(({ entry }) => entry.id);
const history = async () => JSON.stringify(await store.events.read(memoryStream(ANN.person), 0));

describe('what is remembered', () => {
	it('is found again by words and by meaning, by its person only', async () => {
		const streams = await open();
		await streams.desk.remember(ANN, 'Peanuts make me ill');
		await streams.desk.remember(ANN, 'I like the aisle seat');
		await streams.desk.remember(BOB, 'Peanuts are my favourite');
		await settle();
		expect(await found(streams, 'ill')).toEqual(['1']);
		expect(await found(streams, 'what can she eat')).toEqual(['1']);
		expect(await found(streams, 'which food', BOB)).toEqual(['1']);
		expect(await texts(streams, BOB)).toEqual(['Peanuts are my favourite']);
		for (const tried of [streams.desk.edit(BOB, '2', 'mine now'), streams.desk.forget(BOB, '2')])
			await expect(tried).rejects.toMatchObject({ code: 'not-found' });
		expect(await texts(streams)).toEqual(['I like the aisle seat', 'Peanuts make me ill']);
	});

	it('is listed newest first, page by page', async () => {
		const streams = await open();
		for (const text of ['one', 'two', 'three', 'four', 'five']) await streams.desk.remember(ANN, text);
		const first = await streams.desk.list(ANN, { limit: 2 });
		expect([first.entries.map(({ text }) => text), first.next]).toEqual([['five', 'four'], '4']);
		const second = await streams.desk.list(ANN, { limit: 3, before: first.next });
		expect([second.entries.map(({ text }) => text), second.next]).toEqual([['three', 'two', 'one'], undefined]);
	});

	it('is noted once under the same key, and never of guests', async () => {
		const streams = await open();
		const [one, again] = [await streams.desk.remember(ANN, 'tea', 'm1'), await streams.desk.remember(ANN, 'tea', 'm1')];
		expect(again).toEqual(one);
		expect(await texts(streams)).toEqual(['tea']);
		await expect(streams.desk.remember(GUEST, 'tea')).rejects.toMatchObject({ code: 'forbidden' });
		const { task, report } = doneTask();
		await streams.noteResult({ ...task, person: GUEST.person }, report);
		expect(await texts(streams, GUEST)).toEqual([]);
	});

	it('leaves no word in history, index or embedder once it is forgotten, and nothing else goes', async () => {
		const streams = await open();
		await Promise.all(
			['The xylophone is hidden', 'Peanuts make me ill'].map((text) => streams.desk.remember(ANN, text)),
		);
		await settle();
		await streams.desk.forget(ANN, '1');
		await settle();
		expect(await history()).not.toContain('xylophone');
		expect(await index.find(ANN.person, { text: 'xylophone hidden', embedder: embedder.name, limit: 5 })).toEqual([]);
		expect(embedder.forgotten).toEqual(['The xylophone is hidden']);
		expect(await texts(streams)).toEqual(['Peanuts make me ill']);
		expect(await store.audit.verify()).toMatchObject({ ok: true });
		expect(await texts(await open())).toEqual(['Peanuts make me ill']);
		expect((await streams.desk.remember(ANN, 'tea')).id).toBe('3');
	});

	it('leaves no replaced word either when it is edited', async () => {
		const streams = await open();
		await streams.desk.remember(ANN, 'My xylophone is red');
		await settle();
		expect(await streams.desk.edit(ANN, '1', 'My plane leaves at nine')).toMatchObject({ id: '1', kind: 'fact' });
		await settle();
		expect(await history()).not.toContain('xylophone');
		expect([await found(streams, 'xylophone'), await found(streams, 'nine')]).toEqual([[], ['1']]);
		expect(await texts(await open())).toEqual(['My plane leaves at nine']);
	});

	it('is forgotten altogether when that is wanted', async () => {
		const streams = await open();
		for (const text of ['one thing', 'another thing']) await streams.desk.remember(ANN, text);
		expect(await streams.desk.forgetAll(ANN)).toBe(2);
		await settle();
		expect([await texts(streams), await found(streams, 'thing')]).toEqual([[], []]);
		expect(await history()).not.toContain('thing');
		expect(await streams.desk.forgetAll(ANN)).toBe(0);
		expect(await store.events.openStreams({ after: '', limit: 10 })).toEqual([]);
	});

	it('goes with its person, from the index too', async () => {
		const streams = await open();
		await streams.desk.remember(ANN, 'Peanuts make me ill');
		await settle();
		await store.audit.erase(ANN.person);
		await streams.eraseOf(ANN.person);
		expect([await texts(streams), await found(streams, 'peanuts')]).toEqual([[], []]);
		expect(await index.find(ANN.person, { text: 'peanuts', embedder: embedder.name, limit: 5 })).toEqual([]);
		expect(embedder.forgotten).toEqual([undefined]);
		// As another process does that hears of it.
		await streams.forgetAll();
		expect(embedder.forgotten).toEqual([undefined, undefined]);
		await streams.desk.remember(ANN, 'Back again');
		await settle();
		expect(await found(streams, 'again')).toHaveLength(1);
	});
});

describe('the index', () => {
	it('is brought up to date after a crash', async () => {
		const first = await open();
		await first.desk.remember(ANN, 'Peanuts make me ill');
		first.stop();
		expect(await index.standing(ANN.person)).toBeUndefined();
		await open();
		await settle();
		expect(await index.standing(ANN.person)).toEqual({ through: 1, embedder: 'test/signs' });
	});

	it('is built again when it was lost, and when the embedder is another one', async () => {
		const first = await open();
		for (const text of ['Peanuts make me ill', 'I like the aisle seat']) await first.desk.remember(ANN, text);
		await settle();
		index.close();
		index = new SqliteMemoryIndex(':memory:');
		expect(await found(await open(), 'what to eat')).toEqual(['1']);
		embedder.name = 'test/others';
		expect(await found(await open(), 'something to eat')).toEqual(['1']);
		expect(await index.standing(ANN.person)).toMatchObject({ embedder: 'test/others' });
	});

	it('has words while there are no vectors, and gets those later', async () => {
		embedder.down = true;
		const streams = await open();
		await streams.desk.remember(ANN, 'Peanuts make me ill');
		await settle();
		expect([await found(streams, 'peanut'), await found(streams, 'something to eat')]).toEqual([['1'], []]);
		embedder.down = false;
		await settle(60_000);
		expect(await found(streams, 'something to eat')).toEqual(['1']);
	});

	it('is asked for nothing, nor is the embedder, while nothing is remembered', async () => {
		const streams = await open();
		index.close();
		expect(await streams.recall(ANN.person, 'Which seat do I like?', 5)).toEqual([]);
		expect(await found(streams, 'anything')).toEqual([]);
		expect(embedder.asked).toEqual([]);
	});
});

describe('results of tasks', () => {
	it('are noted once with what they come from, and found', async () => {
		const streams = await open();
		const { task, report } = doneTask();
		await Promise.all([streams.noteResult(task, report), streams.noteResult(task, report)]);
		await streams.noteResult(task, report);
		await settle(10_000);
		expect((await streams.desk.list(ANN, { limit: 5 })).entries).toMatchObject([
			{
				id: '1',
				kind: 'result',
				text: 'Research heat pumps\n\nHeat pumps are quiet and cheap to run.',
				source: 't1',
				origins: ['web:pumps.example'],
			},
		]);
		expect(await streams.recall(ANN.person, 'heating for my house', 5)).toMatchObject([{ entry: { source: 't1' } }]);
	});

	it('are not noted of small talk, of plans that came along, of failures, nor before the end', async () => {
		const streams = await open();
		const { task, report } = doneTask();
		await streams.noteResult(task, { seq: 2, about: { kind: 'plan' } });
		await streams.noteResult({ ...task, steps: {} }, report);
		await streams.noteResult({ ...task, planBy: 'person' }, report);
		await streams.noteResult({ ...task, answerOnly: [] }, report);
		await streams.noteResult({ ...task, end: { status: 'cancelled', by: 'ann', reason: '', at: 1 } }, report);
		const short = doneTask({ text: 'Ok.' });
		await streams.noteResult(short.task, short.report);
		expect(await texts(streams)).toEqual([]);
	});

	it('are cut where they are long', async () => {
		const streams = await open();
		const { task, report } = doneTask({ text: 'long '.repeat(5_000), goal: 'g'.repeat(3_000) });
		await streams.noteResult(task, report);
		const [text = ''] = await texts(streams);
		expect(text.length).toBe(2_000);
	});

	it('stay forgotten when the task is reported again', async () => {
		const streams = await open();
		const { task, report } = doneTask();
		await streams.noteResult(task, report);
		await streams.desk.forget(ANN, '1');
		await settle();
		await streams.noteResult(task, report);
		await streams.noteResult(task, { ...report, seq: report.seq + 1 });
		expect(await texts(streams)).toEqual([]);
	});
});
