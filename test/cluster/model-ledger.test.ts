import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { PostgresHistory } from '@errand/core/adapters/postgres/open-postgres-history.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ModelCall } from '@errand/core/ports/model-ledger.ts';
import { modelLedgerContract } from '@errand/core/testing/model-ledger.contract.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { newDatabase, openHistory, sql } from './support/open-new-history.ts';

let url: string;
let history: PostgresHistory;
const cleanUps: (() => unknown)[] = [];
const cleanUp = async () => {
	for (const act of cleanUps.splice(0).reverse()) await act();
	const tables = ['model_calls', 'model_totals', 'model_transcripts', 'model_forgotten'];
	await sql(url, tables.map((table) => `DELETE FROM errand.${table}`).join(';'));
};

beforeAll(async () => {
	url = await newDatabase();
	history = await openHistory(url);
});
afterAll(() => history.close());

function open(clock: IClock) {
	const ledger = history.modelLedger(clock);
	cleanUps.push(() => ledger.close());
	return ledger;
}

modelLedgerContract(
	'PostgresModelLedger',
	async (clock) => {
		const ledger = open(clock);
		return {
			ledger,
			reopen: async () => {
				await ledger.close();
				return open(clock);
			},
		};
	},
	cleanUp,
);

beforeEach(() => cleanUp());
afterEach(cleanUp);

test('lets all processes keep to one budget: what another one spent counts', async () => {
	const clock = new SystemClock();
	const [one, other] = [open(clock), open(clock)];
	const person = asPersonId('ann');
	const today = () => ({ from: Math.floor(Date.now() / 86_400_000) * 86_400_000, to: Date.now() + 1, person });
	expect(await other.spent(today())).toBe(0);
	for (let n = 0; n < 50; n++) one.record(aCall(`one-${n}`, Date.now()));
	other.record(aCall('other', Date.now()));
	expect(await one.spent(today())).toBe(500);
	await expect.poll(async () => other.spent(today()), { interval: 50 }).toBe(510);
	await expect.poll(async () => one.spent(today()), { interval: 50 }).toBe(510);
});

test('charges nobody with a call that another process writes after its person was forgotten', async () => {
	const clock = new SystemClock();
	const [one, other] = [open(clock), open(clock)];
	const person = asPersonId('ann');
	one.record(aCall('late', Date.now() - 5), { request: 'secret', reply: 'words', until: Date.now() + 60_000 });
	await other.eraseOf(person);
	await one.close();
	const all = { from: 0, to: Date.now() + 1_000 };
	expect(await other.calls({ ...all, person, limit: 10 })).toEqual([]);
	expect(await other.calls({ ...all, limit: 10 })).toHaveLength(1);
	expect(await other.transcript('late')).toBeUndefined();
	expect(await other.spent({ ...all, person })).toBe(0);
});

function aCall(id: string, at: number): ModelCall {
	return {
		...{ id, at, person: asPersonId('ann'), purpose: 'plan', complexity: 'medium', provider: 'openai', model: 'small' },
		...{ reason: 'cheapest', inputTokens: 10, cachedTokens: 0, outputTokens: 5, microUsd: 10, ms: 100, outcome: 'ok' },
	};
}
