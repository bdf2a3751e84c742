import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import type { IEventStore, StoredFact } from '../../ports/event-store.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Decider } from './decide-batch.ts';
import { DrivenStreams } from './driven-streams.ts';

interface Counted {
	readonly asked: number;
	readonly done: number;
	readonly seq: number;
}
type Command = { readonly at: number; readonly type: 'Asked' | 'Done' };
type Fact = StoredFact & { readonly type: 'Asked' | 'Done' };

/** What was asked for and is not done yet is owed. */
const counting: Decider<Counted, Command, Fact> = {
	version: 'counted-1',
	decide(state = { asked: 0, done: 0, seq: 0 }, { type, at }) {
		const fact: Fact = { type, v: 1, data: {}, seq: state.seq + 1, at };
		return { ok: true, facts: [fact], state: this.evolve(state, fact) };
	},
	evolve(state = { asked: 0, done: 0, seq: 0 }, { type, seq }) {
		return { asked: state.asked + Number(type === 'Asked'), done: state.done + Number(type === 'Done'), seq };
	},
	index: ({ asked, done }) => ({ person: asPersonId('ann'), dueAt: asked > done ? 0 : null, summary: {} }),
};

const stream = asStreamId('count-1');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = new FakeClock();
let store: SqliteStore;
let home: string;
let outage: boolean;
let processes: Process[];
beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	home = 'a';
	outage = false;
	processes = [];
});
afterEach(() => {
	for (const { streams } of processes) streams.stop();
	store.close();
});

interface Process {
	readonly self: string;
	readonly streams: DrivenStreams<Counted, Command, Fact, { key: string; kind: string }>;
	readonly carried: string[];
	readonly bus: InProcessEventBus;
	deaf: boolean;
}

/** One of several processes over one store; a stream belongs to `home`, and the bus carries facts there. */
function open(self: string, way?: 'failing'): Process {
	const bus = new InProcessEventBus(silent);
	const carried: string[] = [];
	const events: IEventStore = {
		...store.events,
		append: async (append) => {
			const result = await store.events.append(append);
			return result.kind === 'appended' && home !== self ? { ...result, home } : result;
		},
		read: async (...query) => {
			if (outage) throw new CoreError('store-unreachable', 'Gone.', { hint: 'Wait.' });
			return store.events.read(...query);
		},
		openStreams: (page) => store.events.openStreams(page),
	};
	const homes = Object.assign(new OnlyHome(self, events), { alone: false });
	const streams = new DrivenStreams<Counted, Command, Fact, { key: string; kind: string }>(
		{ store: events, snapshots: store.snapshots, bus, homes, clock, log: silent },
		{
			prefix: 'count-',
			decider: counting,
			pending: (state) => (state && state.asked > state.done ? [{ key: `do/${state.done}`, kind: 'do' }] : []),
			carryOut: async (_stream, { key }) => {
				carried.push(key);
				if (way === 'failing') throw new CoreError('frontend-down', 'Gone.', { hint: 'Wait.' });
			},
		},
	);
	const process: Process = { self, streams, carried, bus, deaf: false };
	bus.subscribe('facts', (message) => {
		if (message.elsewhere === true) return;
		for (const other of processes) {
			if (other !== process && !other.deaf && other.self === message.home)
				other.bus.publish('facts', { ...message, elsewhere: true });
		}
	});
	processes.push(process);
	return process;
}

const say = (process: Process, type: Command['type']) =>
	process.streams.handler.handle(stream, { at: clock.now(), type });

describe('streams of several processes', () => {
	it('are driven by their home alone, also when another process appends to them', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		await say(b, 'Done');
		await say(b, 'Asked');
		await vi.waitFor(() => expect(a.carried).toEqual(['do/0', 'do/1']));
		expect(b.carried).toEqual([]);
	});

	it('are read anew where they are not driven, and trusted where they are', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		expect((await b.streams.handler.state(stream))?.asked).toBe(1);
		await say(a, 'Asked');
		expect((await b.streams.handler.state(stream))?.asked).toBe(2);
		outage = true;
		expect((await a.streams.handler.state(stream))?.asked).toBe(2);
	});

	it('are read anew where they owe nothing, since whoever goes on with them tells nobody', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		await say(a, 'Done');
		home = 'b';
		await say(b, 'Asked');
		expect(await a.streams.handler.state(stream)).toMatchObject({ asked: 2, done: 1 });
	});

	it('are let go by a home that another process took them from, the next time it looks', async () => {
		const [a, b] = [open('a', 'failing'), open('b')];
		await say(a, 'Asked');
		home = 'b';
		await b.streams.adopt(stream, 0);
		await say(b, 'Done');
		for (let again = 0; again < 3; again++) await clock.advance(30_000);
		expect(a.carried).toEqual(['do/0']);
	});

	it('show what was known last while the store is out of reach', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		await b.streams.handler.state(stream);
		outage = true;
		expect((await b.streams.handler.state(stream))?.asked).toBe(1);
		await expect(b.streams.handler.state(asStreamId('count-2'))).rejects.toMatchObject({ code: 'store-unreachable' });
	});

	it('are let go by a home that no longer is one, and taken up by the next', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		home = 'b';
		a.streams.letGo();
		await b.streams.adopt(stream, 0);
		expect(b.carried).toEqual(['do/0']);
		await say(a, 'Done');
		await say(a, 'Asked');
		await vi.waitFor(() => expect(b.carried).toEqual(['do/0', 'do/1']));
		expect(a.carried).toEqual(['do/0']);
	});

	it('are taken up again by a home that did not hear what others appended', async () => {
		const [a, b] = [open('a'), open('b')];
		await say(a, 'Asked');
		a.deaf = true;
		await say(b, 'Done');
		await say(b, 'Asked');
		expect(a.carried).toEqual(['do/0']);
		a.bus.publish('missed', {});
		await a.streams.adopt(stream, 0);
		expect(a.carried).toEqual(['do/0', 'do/1']);
	});

	it('have an item carried out again when what was done for it may be lost', async () => {
		const a = open('a');
		await say(a, 'Asked');
		a.streams.again(stream, 'do/0');
		await vi.waitFor(() => expect(a.carried).toEqual(['do/0', 'do/0']));
	});
});
