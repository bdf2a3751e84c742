import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asPersonId, asStepId, asTaskId } from '../domain/ids.ts';
import type { IModelLedger, ModelCall, SpendingBy } from '../ports/model-ledger.ts';
import { FakeClock } from './fake-clock.ts';

const DAY_MS = 86_400_000;
/** Noon of a day. */
const NOON = Date.UTC(2026, 10, 21, 12);
const TODAY = { from: NOON - DAY_MS / 2, to: NOON + DAY_MS / 2 };
const ann = asPersonId('ann');
const bob = asPersonId('bob');

/** modelLedgerContract declares what every IModelLedger promises; `setup` gives one on an empty book, and `reopen` another on the same book. */
export function modelLedgerContract(
	name: string,
	setup: (clock: FakeClock) => Promise<{ readonly ledger: IModelLedger; reopen(): Promise<IModelLedger> }>,
	teardown: () => Promise<void>,
): void {
	describe(`${name} keeps the contract of the book of models`, () => {
		let clock: FakeClock;
		let ledger: IModelLedger;
		let reopen: () => Promise<IModelLedger>;
		let count = 0;
		beforeEach(async () => {
			clock = new FakeClock(NOON);
			({ ledger, reopen } = await setup(clock));
		});
		afterEach(teardown);

		const aCall = (some: Partial<ModelCall> = {}): ModelCall => {
			count += 1;
			return {
				...{ id: `call-${count}`, at: NOON, person: ann, taskId: asTaskId('t1'), stepId: asStepId('s1') },
				...{ purpose: 'plan', complexity: 'medium', provider: 'openai', model: 'small', reason: 'cheapest' },
				...{ inputTokens: 10, cachedTokens: 2, outputTokens: 5, microUsd: 30, ms: 120, firstMs: 40, outcome: 'ok' },
				...some,
			};
		};

		test('counts at once what is not written yet, and still after it was', async () => {
			expect(await ledger.spent(TODAY)).toBe(0);
			ledger.record(aCall());
			ledger.record(aCall({ person: bob, microUsd: 12 }));
			ledger.record(aCall({ person: undefined, microUsd: 0.5 }));
			const soFar = { from: TODAY.from, to: NOON + 1 };
			expect(await ledger.spent(soFar)).toBe(42.5);
			expect(await ledger.spent({ ...soFar, person: bob })).toBe(12);
			expect(await ledger.spent({ ...soFar, taskId: asTaskId('t1') })).toBe(42.5);
			expect(await ledger.spent({ ...soFar, person: asPersonId('nobody') })).toBe(0);
			await clock.advance(1_000);
			expect(await (await reopen()).spent({ ...TODAY, person: ann })).toBe(30);
		});

		test('writes within a second, and gives each call back as it was', async () => {
			const calls = [
				aCall(),
				aCall({ outcome: 'failed', error: 'model-unavailable', firstMs: undefined, reason: 'a \u0000 b' }),
				aCall({ person: undefined, taskId: undefined, stepId: undefined, at: NOON + 3, outcome: 'cached' }),
			];
			for (const call of calls) ledger.record(call);
			await clock.advance(1_000);
			const found = await (await reopen()).calls({ ...TODAY, limit: 10 });
			// What is undefined is left out, and a NUL is no text everywhere.
			const plain = (call: ModelCall | undefined) => {
				const known = Object.entries(call ?? {}).filter(([, value]) => value !== undefined);
				return { ...Object.fromEntries(known), reason: expect.stringMatching(/^cheapest$|^a . b$/) };
			};
			expect(found).toEqual([calls[2], calls[1], calls[0]].map(plain));
		});

		test('adds up by day, model, purpose, person, task and step', async () => {
			ledger.record(aCall({ at: NOON - DAY_MS }));
			ledger.record(aCall({ model: 'large', microUsd: 100, person: bob, taskId: asTaskId('t2') }));
			ledger.record(aCall({ purpose: 'chat', taskId: undefined, stepId: undefined }));
			const all = { from: NOON - 2 * DAY_MS, to: NOON + DAY_MS };
			const keys = async (by: SpendingBy) =>
				(await ledger.sums({ ...all, by })).map(({ key, calls, microUsd }) => [key, calls, microUsd]);
			expect(await keys('day')).toEqual([
				['2026-11-20', 1, 30],
				['2026-11-21', 2, 130],
			]);
			expect(await keys('model')).toEqual([
				['openai/large', 1, 100],
				['openai/small', 2, 60],
			]);
			expect(await keys('purpose')).toEqual([
				['plan', 2, 130],
				['chat', 1, 30],
			]);
			expect(await keys('person')).toEqual([
				['bob', 1, 100],
				['ann', 2, 60],
			]);
			expect(await keys('task')).toEqual([
				['t2', 1, 100],
				['', 1, 30],
				['t1', 1, 30],
			]);
			expect((await keys('step')).map(([key]) => key)).toEqual(['t2.s1', '', 't1.s1']);
			expect(await ledger.sums({ ...all, by: 'model', person: bob })).toEqual([
				{ key: 'openai/large', calls: 1, inputTokens: 10, cachedTokens: 2, outputTokens: 5, microUsd: 100 },
			]);
			expect(await ledger.sums({ ...all, by: 'task', taskId: asTaskId('t2') })).toHaveLength(1);
			expect(await ledger.spent(all)).toBe(160);
			await clock.advance(10);
			expect(await ledger.spent({ from: NOON - DAY_MS, to: NOON })).toBe(30);
			expect(await ledger.spent({ from: NOON - DAY_MS + 1, to: NOON + 1, person: ann })).toBe(30);
		});

		test('counts a call once that is recorded twice', async () => {
			const call = aCall();
			ledger.record(call);
			await clock.advance(1_000);
			const again = await reopen();
			again.record(call);
			await again.calls({ ...TODAY, limit: 1 });
			expect(await (await reopen()).spent(TODAY)).toBe(30);
		});

		test('shows calls in pages, newest first', async () => {
			const calls = Array.from({ length: 7 }, (_, n) =>
				aCall({ at: NOON + Math.floor(n / 3), person: n === 6 ? bob : ann }),
			);
			for (const call of calls) ledger.record(call);
			const seen: string[] = [];
			for (let before: string | undefined; ; before = seen.at(-1)) {
				const page = await ledger.calls({ ...TODAY, person: ann, before, limit: 2 });
				if (page.length === 0) break;
				expect(page.length).toBeLessThanOrEqual(2);
				seen.push(...page.map(({ id }) => id));
			}
			expect(seen).toEqual(
				calls
					.slice(0, 6)
					.map(({ id }) => id)
					.reverse(),
			);
		});

		test('keeps what was said until its time is over', async () => {
			const call = aCall();
			const transcript = { request: 'Plan ü', reply: '{"a":1}', until: NOON + 60_000 };
			ledger.record(call, transcript);
			ledger.record(aCall());
			expect(await ledger.transcript(call.id)).toEqual(transcript);
			expect(await ledger.transcript('call-unknown')).toBeUndefined();
			expect(await ledger.transcript(call.id, ann)).toEqual(transcript);
			expect(await ledger.transcript(call.id, bob)).toBeUndefined();
			await clock.advance(60_000);
			expect(await ledger.transcript(call.id)).toBeUndefined();
			expect(await ledger.spent(TODAY)).toBe(60);
		});

		test('forgets whose calls they were and what was said, and keeps the sums', async () => {
			const transcript = { request: 'secret', reply: 'words', until: NOON + DAY_MS };
			const written = aCall();
			ledger.record(written, transcript);
			await clock.advance(1_000);
			const unwritten = aCall();
			ledger.record(unwritten, transcript);
			ledger.record(aCall({ person: bob }), transcript);
			await ledger.eraseOf(ann);
			// It had begun before that.
			ledger.record(aCall(), transcript);
			const all = { from: 0, to: NOON + DAY_MS };
			expect(await ledger.spent({ ...TODAY, person: ann })).toBe(0);
			expect(await ledger.spent(TODAY)).toBe(120);
			await clock.advance(1_000);
			const other = await reopen();
			expect(await other.spent({ ...TODAY, person: ann })).toBe(0);
			expect(await other.spent(TODAY)).toBe(120);
			expect(await other.calls({ ...all, person: ann, limit: 10 })).toEqual([]);
			expect(await other.calls({ ...all, limit: 10 })).toHaveLength(4);
			expect(await other.transcript(written.id)).toBeUndefined();
			expect(await other.transcript(unwritten.id)).toBeUndefined();
			const sums = await other.sums({ ...all, by: 'person' });
			expect(sums.map(({ key, calls }) => [key, calls])).toEqual([
				['', 3],
				['bob', 1],
			]);
		});

		test('begins each day with nothing spent', async () => {
			ledger.record(aCall());
			await clock.advance(DAY_MS);
			const tomorrow = { from: TODAY.to, to: NOON + DAY_MS + 1 };
			expect(await ledger.spent(tomorrow)).toBe(0);
			ledger.record(aCall({ at: NOON + DAY_MS, microUsd: 7 }));
			expect(await ledger.spent(tomorrow)).toBe(7);
			expect(await ledger.spent({ ...TODAY, to: NOON + DAY_MS + 1 })).toBe(37);
		});
	});
}
