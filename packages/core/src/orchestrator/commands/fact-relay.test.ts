import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { SystemClock } from '../../adapters/in-process/system-clock.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { asStreamId } from '../../domain/ids.ts';
import type { StoredFact } from '../../ports/event-store.ts';
import { FactRelay } from './fact-relay.ts';

const stream = asStreamId('task-1');
let store: SqliteStore;
let bus: InProcessEventBus;
let relay: FactRelay;
beforeEach(() => {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	bus = new InProcessEventBus({ debug() {}, info() {}, warn() {}, error() {} });
	relay = new FactRelay({ store: store.events, bus, clock: new SystemClock() });
});
afterEach(() => {
	relay.stop();
	store.close();
});

/** Appends facts; `hint: false` loses the hint on the bus, as any bus may. */
async function append(count: number, { hint = true } = {}): Promise<void> {
	const last = (await store.events.read(stream, 0)).at(-1)?.seq ?? 0;
	const facts = Array.from({ length: count }, (_, index) => ({
		type: 'Noted',
		v: 1,
		data: {},
		seq: last + index + 1,
		at: 1,
	}));
	await store.events.append({ stream, expectedSeq: last, facts, at: 1 });
	if (hint) bus.publish('facts', { stream, facts });
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('following a stream', () => {
	it('tells all of history and then what happens, each fact once', async () => {
		await append(3);
		const heard: number[] = [];
		await relay.follow(stream, 0, ({ seq }) => heard.push(seq));
		await append(2);
		expect(heard).toEqual(upTo(5));
	});

	it('begins after what is known already', async () => {
		await append(3);
		const heard: number[] = [];
		await relay.follow(stream, 2, ({ seq }) => heard.push(seq));
		await append(1);
		expect(heard).toEqual([3, 4]);
	});

	it('misses nothing that happens while it catches up', async () => {
		await append(3);
		const heard: number[] = [];
		const following = relay.follow(stream, 0, ({ seq }) => heard.push(seq));
		await append(1);
		await following;
		await append(1);
		await settle();
		expect(heard).toEqual(upTo(5));
	});

	it('reads from history what a lost hint would have told', async () => {
		const heard: number[] = [];
		await relay.follow(stream, 0, ({ seq }) => heard.push(seq));
		await append(2, { hint: false });
		await append(1);
		await settle();
		expect(heard).toEqual(upTo(3));
	});

	it('hears a repeated hint once', async () => {
		const heard: number[] = [];
		await relay.follow(stream, 0, ({ seq }) => heard.push(seq));
		await append(2);
		const facts = (await store.events.read(stream, 0)) as StoredFact[];
		bus.publish('facts', { stream, facts });
		expect(heard).toEqual(upTo(2));
	});

	it('stops when told to, also while it tells', async () => {
		await append(3);
		const heard: number[] = [];
		const stop = await relay.follow(stream, 0, ({ seq }) => heard.push(seq));
		stop();
		await append(1);
		await settle();
		expect(heard).toEqual(upTo(3));
	});
});
