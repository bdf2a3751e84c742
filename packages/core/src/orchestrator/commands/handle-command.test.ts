import { afterEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import type { StoredFact } from '../../ports/event-store.ts';
import type { Decider } from './decide-batch.ts';
import { CommandHandler } from './handle-command.ts';

interface Count {
	readonly total: number;
	readonly seq: number;
}
type Add = { readonly at: number; readonly amount: number };
type Added = StoredFact & { readonly data: { readonly amount: number } };

/** The smallest decider there is: a running total that refuses to go below zero. */
const counting: Decider<Count, Add, Added> = {
	version: 'count-1',
	decide(state, { amount, at }) {
		const total = (state?.total ?? 0) + amount;
		if (total < 0) return { ok: false, error: new CoreError('not-possible', 'Too little.', { hint: 'Add first.' }) };
		if (amount === 0) return { ok: true, facts: [], state };
		const seq = (state?.seq ?? 0) + 1;
		return { ok: true, facts: [{ type: 'Added', v: 1, data: { amount }, seq, at }], state: { total, seq } };
	},
	evolve: (state, { data, seq }) => ({ total: (state?.total ?? 0) + data.amount, seq }),
	index: ({ total }) => ({ person: asPersonId('ann'), dueAt: null, summary: { total } }),
};

const stream = asStreamId('count-1');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
let store: SqliteStore;
afterEach(() => store.close());

function open() {
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	const appends: number[] = [];
	const handler = () =>
		new CommandHandler({
			decider: counting,
			store: store.events,
			snapshots: store.snapshots,
			log: silent,
			alone: true,
			appended: (_stream, facts) => appends.push(facts.length),
		});
	return { appends, handler };
}

const add = (amount: number): Add => ({ at: 1, amount });

describe('handling commands', () => {
	it('decides those that arrive together one after the other, and appends them together', async () => {
		const { appends, handler } = open();
		const one = handler();
		const results = await Promise.allSettled([-1, 5, -3, -3, 2].map((amount) => one.handle(stream, add(amount))));
		expect(results.map(({ status }) => status)).toEqual([
			'rejected',
			'fulfilled',
			'fulfilled',
			'rejected',
			'fulfilled',
		]);
		expect(appends).toEqual([3]);
		expect((await one.state(stream))?.total).toBe(4);
		expect((await store.events.read(stream, 0)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
	});

	it('gives each caller its own facts', async () => {
		const { handler } = open();
		const one = handler();
		const [first, second] = await Promise.all([one.handle(stream, add(1)), one.handle(stream, add(2))]);
		expect([first.facts.map(({ seq }) => seq), second.facts.map(({ seq }) => seq)]).toEqual([[1], [2]]);
	});

	it('folds what another process appended in between, and decides again', async () => {
		const { handler } = open();
		const [here, there] = [handler(), handler()];
		await here.handle(stream, add(5));
		await there.handle(stream, add(-5));
		await expect(here.handle(stream, add(-1))).rejects.toMatchObject({ code: 'not-possible' });
		await there.handle(stream, add(7));
		expect((await here.handle(stream, add(-1))).state?.total).toBe(6);
		expect(await store.events.read(stream, 0)).toHaveLength(4);
	});

	it('carries out a command with the same key once, and says where it went', async () => {
		const { handler } = open();
		const one = handler();
		await one.handle(stream, add(1), 'key');
		const again = await one.begin(asStreamId('count-2'), add(1), 'key');
		expect(again).toMatchObject({ facts: [], duplicateOf: stream });
		expect((await one.state(stream))?.total).toBe(1);
	});

	it('appends nothing for a command that changes nothing', async () => {
		const { appends, handler } = open();
		expect((await handler().handle(stream, add(0))).facts).toEqual([]);
		expect(appends).toEqual([]);
	});

	it('begins from a snapshot and folds only the rest', async () => {
		const { handler } = open();
		await Promise.all(
			Array.from({ length: 600 }, () =>
				handler()
					.handle(stream, add(1))
					.catch(() => undefined),
			),
		);
		const one = handler();
		while (((await one.state(stream))?.total ?? 0) < 600) await one.handle(stream, add(1));
		const kept = () => store.snapshots.load(stream, 'count-1');
		await expect.poll(kept).toMatchObject({ seq: expect.any(Number) });
		expect((await handler().state(stream))?.total).toBe(600);
		expect(await store.snapshots.load(stream, 'count-2')).toBeUndefined();
	});

	it('loses nothing when the store refuses, and goes on after', async () => {
		store = openSqliteStore({ path: ':memory:', signer: newHistorySigner(), maxPages: 40, probeEveryMs: 60_000 });
		const one = new CommandHandler({
			decider: counting,
			store: store.events,
			snapshots: store.snapshots,
			log: silent,
			alone: true,
			appended: () => {},
		});
		let done = 0;
		await expect(
			(async () => {
				for (;;) done += (await one.handle(stream, add(1))).facts.length;
			})(),
		).rejects.toMatchObject({ code: 'disk-full' });
		expect((await one.state(stream))?.total).toBe(done);
	});
});
