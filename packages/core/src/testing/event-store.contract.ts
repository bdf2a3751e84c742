import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asPersonId, asStreamId, type StreamId } from '../domain/ids.ts';
import type { Append, IEventStore, NewFact, StreamIndexEntry } from '../ports/event-store.ts';
import type { HistoryStores } from './history-stores.ts';

const said = (text: string): NewFact => ({ type: 'Said', v: 1, data: { text } });
const stream = asStreamId('task-1');
const entry = (over: Partial<StreamIndexEntry> = {}): StreamIndexEntry => ({
	person: asPersonId('ann'),
	dueAt: 0,
	summary: { goal: 'tea' },
	...over,
});

/** eventStoreContract is what every IEventStore does; `setup` opens an empty one. */
export function eventStoreContract(name: string, setup: () => Promise<HistoryStores>): void {
	describe(`${name} as an event store`, () => {
		let stores: HistoryStores;
		let events: IEventStore;
		beforeEach(async () => {
			stores = await setup();
			events = stores.events;
		});
		afterEach(() => stores.close());

		const append = (over: Partial<Append> = {}) =>
			events.append({ stream, expectedSeq: 0, facts: [said('hello')], at: 1_000, ...over });

		it('gives back what was appended, numbered from 1', async () => {
			expect(await append({ facts: [said('one'), said('two')] })).toEqual({ kind: 'appended', firstSeq: 1, at: 1_000 });
			expect(await append({ expectedSeq: 2, facts: [said('three')], at: 2_000 })).toMatchObject({ firstSeq: 3 });
			expect(await events.read(stream, 0)).toEqual([
				{ seq: 1, at: 1_000, ...said('one') },
				{ seq: 2, at: 1_000, ...said('two') },
				{ seq: 3, at: 2_000, ...said('three') },
			]);
		});

		it('keeps any text and any JSON as it is', async () => {
			const data = {
				text: 'a\u0000b\u2028 ö 漢字 🧭 \ud800 "\\',
				deep: [{ n: -0.5, big: 1e21, none: null, yes: true }],
			};
			await append({ facts: [{ type: 'Kept', v: 7, data }] });
			expect(await events.read(stream, 0)).toEqual([{ seq: 1, at: 1_000, type: 'Kept', v: 7, data }]);
		});

		it('has nothing under a name with a zero character in it', async () => {
			await append();
			for (const name of ['task-\0', 'task-1\0', '\0']) {
				expect(await events.read(asStreamId(name), 0)).toEqual([]);
				expect(await stores.snapshots.load(asStreamId(name), 'v1')).toBeUndefined();
			}
		});

		it('reads from a number on, also from the middle of an append', async () => {
			await append({ facts: [said('one'), said('two'), said('three')] });
			await append({ expectedSeq: 3, facts: [said('four')] });
			const seqs = async (after: number) => (await events.read(stream, after)).map((fact) => fact.seq);
			expect(await seqs(1)).toEqual([2, 3, 4]);
			expect(await seqs(3)).toEqual([4]);
			expect(await seqs(4)).toEqual([]);
			expect(await seqs(400)).toEqual([]);
		});

		it('reads whole appends, at least one, and about as many facts as asked for', async () => {
			for (let seq = 0; seq < 30; seq += 3)
				await append({ expectedSeq: seq, facts: [said('a'), said('b'), said('c')] });
			const first = await events.read(stream, 0, 1);
			expect(first.map((fact) => fact.seq)).toEqual([1, 2, 3]);
			const seen: number[] = [];
			for (
				let page = await events.read(stream, 0, 4);
				page.length > 0;
				page = await events.read(stream, seen.length, 4)
			) {
				seen.push(...page.map((fact) => fact.seq));
			}
			expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
		});

		it('knows nothing of a stream that was never written', async () => {
			expect(await events.read(asStreamId('task-none'), 0)).toEqual([]);
		});

		it('refuses an append whose writer does not know the end of the stream, and writes nothing of it', async () => {
			await append();
			expect(await append({ facts: [said('late')] })).toEqual({ kind: 'conflict', actualSeq: 1 });
			expect(await append({ expectedSeq: 5 })).toEqual({ kind: 'conflict', actualSeq: 1 });
			expect(await append({ stream: asStreamId('task-2'), expectedSeq: 1 })).toEqual({
				kind: 'conflict',
				actualSeq: 0,
			});
			expect(await events.read(stream, 0)).toHaveLength(1);
		});

		it('lets one of two simultaneous writers win', async () => {
			const results = await Promise.all([append({ facts: [said('a')] }), append({ facts: [said('b')] })]);
			expect(results).toEqual([
				{ kind: 'appended', firstSeq: 1, at: 1_000 },
				{ kind: 'conflict', actualSeq: 1 },
			]);
		});

		it('writes nothing for a key it has seen, whatever stream it comes with', async () => {
			await append();
			await append({ expectedSeq: 1, idempotencyKey: 'message-7' });
			const again = { kind: 'duplicate', stream, firstSeq: 2 };
			expect(await append({ idempotencyKey: 'message-7' })).toEqual(again);
			expect(await append({ stream: asStreamId('task-2'), idempotencyKey: 'message-7' })).toEqual(again);
			expect(await events.read(asStreamId('task-2'), 0)).toEqual([]);
		});

		it('sees a key given twice in one turn, and keeps the key of a refused append free', async () => {
			const [first, second] = await Promise.all([
				append({ idempotencyKey: 'k' }),
				append({ stream: asStreamId('task-2'), idempotencyKey: 'k' }),
			]);
			expect([first?.kind, second?.kind]).toEqual(['appended', 'duplicate']);
			expect(await append({ expectedSeq: 9, idempotencyKey: 'free' })).toMatchObject({ kind: 'conflict' });
			expect(await append({ expectedSeq: 1, idempotencyKey: 'free' })).toMatchObject({ kind: 'appended' });
		});

		it('lets a conflict and a duplicate of a turn spoil none of the other appends, and resolves in the order of the calls', async () => {
			await append({ idempotencyKey: 'seen' });
			const order: number[] = [];
			const appends: Partial<Append>[] = [
				{ stream: asStreamId('task-2') },
				{ expectedSeq: 0 },
				{ idempotencyKey: 'seen' },
				{ expectedSeq: 1 },
				{ expectedSeq: 2 },
			];
			const results = await Promise.all(
				appends.map(async (over, index) => {
					const result = await append(over);
					order.push(index);
					return result.kind;
				}),
			);
			expect(results).toEqual(['appended', 'conflict', 'duplicate', 'appended', 'appended']);
			expect(order).toEqual([0, 1, 2, 3, 4]);
			expect(await events.read(stream, 0)).toHaveLength(3);
		});

		it('raises a time that went back to the last of the stream', async () => {
			await append({ at: 5_000 });
			expect(await append({ expectedSeq: 1, at: 4_000 })).toEqual({ kind: 'appended', firstSeq: 2, at: 5_000 });
			expect((await events.read(stream, 0)).map((fact) => fact.at)).toEqual([5_000, 5_000]);
		});

		it.each<[string, Partial<Append>]>([
			['no facts', { facts: [] }],
			['a time that is no number', { at: Number.NaN }],
			['a due time that is no number', { index: entry({ dueAt: Number.NaN }) }],
			['a stream name of two lines', { stream: asStreamId('task-1\ntask-2') }],
			['an empty stream name', { stream: asStreamId('') }],
			['a fact type that is no word', { facts: [{ type: 'Said,Unsaid:', v: 1, data: {} }] }],
		])('refuses an append with %s and spoils nothing else of the turn', async (_, over) => {
			const [bad, good] = await Promise.allSettled([append(over), append({ stream: asStreamId('task-9') })]);
			expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'invalid-input' } });
			expect(good).toMatchObject({ status: 'fulfilled', value: { kind: 'appended' } });
		});

		it('refuses a payload that is far too large', async () => {
			const facts = [said('x'.repeat(17_000_000))];
			await expect(append({ facts })).rejects.toMatchObject({ code: 'too-large' });
		});

		it('pages through the streams that owe work, by name', async () => {
			const ids = ['task-c', 'task-a', 'task-e', 'task-b', 'task-d'].map(asStreamId);
			await Promise.all(ids.map((id, index) => append({ stream: id, index: entry({ dueAt: index }) })));
			await append({ stream: asStreamId('task-idle'), index: entry({ dueAt: null }) });
			await append({ stream: asStreamId('task-unlisted') });
			const seen: { stream: StreamId; dueAt: number }[] = [];
			for (;;) {
				const page = await events.openStreams({ after: seen.at(-1)?.stream ?? '', limit: 2 });
				if (page.length === 0) break;
				seen.push(...page);
			}
			expect(seen).toEqual([
				{ stream: 'task-a', dueAt: 1 },
				{ stream: 'task-b', dueAt: 3 },
				{ stream: 'task-c', dueAt: 0 },
				{ stream: 'task-d', dueAt: 4 },
				{ stream: 'task-e', dueAt: 2 },
			]);
		});

		it('changes the index entry with the append that brings one, and only then', async () => {
			await append({ index: entry({ dueAt: 5 }) });
			await append({ expectedSeq: 1 });
			await append({ expectedSeq: 9, index: entry({ dueAt: 99 }) });
			expect(await events.openStreams({ after: '', limit: 10 })).toEqual([{ stream, dueAt: 5 }]);
			await append({ expectedSeq: 2, index: entry({ dueAt: null, summary: { goal: 'done' } }) });
			expect(await events.openStreams({ after: '', limit: 10 })).toEqual([]);
			expect(await stores.index.list({ prefix: 'task-', limit: 10 })).toMatchObject([{ summary: { goal: 'done' } }]);
		});

		it('lists the newest streams first, of a kind and of a person, page by page', async () => {
			for (let number = 1; number <= 5; number++) {
				const person = asPersonId(number % 2 === 0 ? 'ann' : 'bob');
				await append({ stream: asStreamId(`task-${number}`), index: entry({ person, summary: { number } }) });
			}
			await append({ stream: asStreamId('conversation-1'), index: entry({ summary: { number: 9 } }) });
			await append({
				expectedSeq: 1,
				index: entry({ person: asPersonId('bob'), summary: { number: 1, again: true } }),
			});
			const numbers = async (query: Partial<Parameters<typeof stores.index.list>[0]>) =>
				(await stores.index.list({ prefix: 'task-', limit: 10, ...query })).map(({ summary }) => summary['number']);
			expect(await numbers({})).toEqual([5, 4, 3, 2, 1]);
			expect(await numbers({ person: asPersonId('ann') })).toEqual([4, 2]);
			expect(await numbers({ prefix: 'conversation-' })).toEqual([9]);
			expect(await numbers({ prefix: 'task_' })).toEqual([]);
			const [, second] = await stores.index.list({ prefix: 'task-', limit: 2 });
			expect(await numbers({ before: second?.position, limit: 2 })).toEqual([3, 2]);
		});

		it('numbers the streams of a kind and a person as they began, without those that are blank', async () => {
			const [ann, bob] = [asPersonId('ann'), asPersonId('bob')];
			const begin = (name: string, person = ann) =>
				append({ stream: asStreamId(name), index: entry({ person, summary: { name } }) });
			for (const name of ['task-a', 'schedule-a', 'task-b', 'tasks-c']) await begin(name);
			await begin('task-of-bob', bob);
			await begin('task-c');
			const { index, audit } = stores;
			const numberOf = (name: string) => index.count({ prefix: 'task-', person: ann, upTo: asStreamId(name) });
			expect(await Promise.all(['task-a', 'task-b', 'task-c'].map(numberOf))).toEqual([1, 2, 3]);
			expect(await index.nth({ prefix: 'task-', person: ann, number: 3 })).toBe('task-c');
			expect(await index.nth({ prefix: 'task-', person: ann, number: 4 })).toBeUndefined();
			expect(await index.count({ prefix: 'task', person: ann })).toBe(4);
			await audit.erase(ann);
			await begin('task-again');
			expect(await numberOf('task-again')).toBe(1);
			expect(await index.nth({ prefix: 'task-', person: ann, number: 1 })).toBe('task-again');
			expect(await index.count({ prefix: 'task-', person: bob })).toBe(1);
		});

		it('lists only streams with something that gave up, until nothing has any more', async () => {
			const [ann, bob] = [asPersonId('ann'), asPersonId('bob')];
			for (const number of [1, 2, 3, 4]) {
				const gaveUp = number % 2 === 0 ? { deadLetters: 1 } : {};
				const index = entry({ person: number < 4 ? ann : bob, summary: { number, ...gaveUp } });
				await append({ stream: asStreamId(`task-${number}`), index });
			}
			const numbers = async (query: Partial<Parameters<typeof stores.index.list>[0]>) => {
				const rows = await stores.index.list({ prefix: 'task-', having: 'deadLetters', limit: 10, ...query });
				return rows.map(({ summary }) => summary['number']);
			};
			expect(await numbers({})).toEqual([4, 2]);
			expect(await numbers({ limit: 1 })).toEqual([4]);
			expect(await numbers({ person: ann })).toEqual([2]);
			await append({
				stream: asStreamId('task-2'),
				expectedSeq: 1,
				index: entry({ person: ann, summary: { number: 2 } }),
			});
			expect(await numbers({ person: ann })).toEqual([]);
		});

		it('keeps the last snapshot of a stream for the version of the fold that made it', async () => {
			const { snapshots } = stores;
			expect(await snapshots.load(stream, 'v1')).toBeUndefined();
			await snapshots.save(stream, { version: 'v1', seq: 3, state: { a: 1 } });
			await snapshots.save(stream, { version: 'v1', seq: 6, state: { a: 2 } });
			expect(await snapshots.load(stream, 'v1')).toEqual({ seq: 6, state: { a: 2 } });
			expect(await snapshots.load(stream, 'v2')).toBeUndefined();
		});
	});
}
