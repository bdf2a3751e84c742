import { afterAll, expect, it } from 'vitest';
import { SystemClock } from '../../adapters/in-process/system-clock.ts';
import { SqliteModelLedger } from '../../adapters/sqlite/sqlite-model-ledger.ts';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE } from '../../domain/task/usage.ts';
import { played, playedModel, SILENT_LOG } from '../fixture/played-models.ts';
import { usageOfTokens } from '../openai/reply-usage.ts';
import { ModelRouter } from './model-router.ts';

/** Dollars for a million tokens. */
const PRICES = {
	'a/dear': { input: 5, cachedInput: 0.5, output: 30 },
	'a/fair': { input: 0.25, output: 2 },
	'b/odd': { input: 0.075, cachedInput: 0.0375, output: 0.3 },
};
const NAMES = Object.keys(PRICES) as (keyof typeof PRICES)[];

const clock = new SystemClock();
const ledger = new SqliteModelLedger({ path: ':memory:', clock, log: SILENT_LOG });
afterAll(() => ledger.close());

it('sums up to the same cent in the ledger, in what replies say and by the price table, over thousands of calls', async () => {
	// In millionths of a millionth of a dollar, so that no number is rounded on the way.
	let exact = 0n;
	let n = 0;
	const models = NAMES.map((name) =>
		playedModel(
			name,
			() => {
				n += 1;
				const input = 1 + ((n * 7_919) % 4_000);
				const tokens = { input, cached: n % 3 === 0 ? n % input : 0, output: 1 + ((n * 104_729) % 900) };
				const price = PRICES[name];
				const cachedPrice = 'cachedInput' in price ? price.cachedInput : price.input;
				const pico = (usd: number) => BigInt(Math.round(usd * 1e6));
				const cost =
					BigInt(input - tokens.cached) * pico(price.input) +
					BigInt(tokens.cached) * pico(cachedPrice) +
					BigInt(tokens.output) * pico(price.output);
				// Providers are paid in whole millionths of a dollar, rounded up.
				exact += (cost + 999_999n) / 1_000_000n;
				return played('ok', { tokens, usage: usageOfTokens(tokens, { price, headers: undefined }) });
			},
			{ price: PRICES[name] },
		),
	);
	const router = new ModelRouter({
		...{ models, config: undefined, ledger, clock, log: SILENT_LOG, secrets: [] },
		pinOf: async () => undefined,
		onHealth: () => undefined,
	});
	const people = ['ann', 'bob', 'cid'].map(asPersonId);
	const signal = new AbortController().signal;
	let told: Usage = NO_USAGE;
	for (let lot = 0; lot < 60; lot += 1) {
		const replies = await Promise.all(
			Array.from({ length: 100 }, (_, at) => {
				const person = people[at % 3] ?? asPersonId('ann');
				const caller = { person, taskId: asTaskId(`t${at % 10}`) };
				const messages = [{ role: 'user' as const, text: 'Hi' }];
				const request = { purpose: at % 2 === 0 ? 'plan' : 'text.write', model: NAMES[(lot + at) % 3] };
				return router.reply({ ...request, caller, messages, maxTokens: 1_000 }, { signal });
			}),
		);
		for (const { usage } of replies) told = addUsage(told, usage);
	}
	const all = { from: 0, to: Number.MAX_SAFE_INTEGER };
	expect(BigInt(told.microUsd)).toBe(exact);
	expect(told.models).toHaveLength(6);
	expect(told.models?.reduce((sum, { calls }) => sum + calls, 0)).toBe(6_000);
	expect(BigInt(told.models?.reduce((sum, { microUsd }) => sum + microUsd, 0) ?? 0)).toBe(exact);
	expect(BigInt(await ledger.spent(all))).toBe(exact);
	for (const by of ['day', 'model', 'purpose', 'person', 'task'] as const) {
		const sums = await ledger.sums({ ...all, by });
		expect(BigInt(sums.reduce((sum, { microUsd }) => sum + microUsd, 0))).toBe(exact);
		expect(sums.reduce((sum, { calls }) => sum + calls, 0)).toBe(6_000);
	}
}, 30_000);
