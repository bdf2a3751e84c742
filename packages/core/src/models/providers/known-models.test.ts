import fc from 'fast-check';
import { expect, it } from 'vitest';
import { microUsdOf } from '../token-price.ts';
import { knownModel, PRICE_SOURCES, priceAt } from './known-models.ts';
import { PROVIDER_KIND_NAMES, PROVIDER_KINDS } from './provider-kinds.ts';

it('knows every model that is used where none is named, and where each price was read and when', () => {
	for (const kind of PROVIDER_KIND_NAMES) {
		for (const id of PROVIDER_KINDS[kind].models) {
			// OpenRouter says what each reply cost.
			if (kind !== 'openrouter') expect(knownModel(kind, id), `${kind}/${id}`).toBeDefined();
		}
	}
	for (const [address, seen] of Object.values(PRICE_SOURCES)) {
		expect(URL.canParse(address)).toBe(true);
		expect(new Date(seen).toISOString()).toBe(`${seen}T00:00:00.000Z`);
	}
});

it('finds dated snapshots under the name they belong to, and nothing it does not know', () => {
	const haiku = knownModel('anthropic', 'claude-haiku-4-5');
	expect(knownModel('anthropic', 'claude-haiku-4-5-20251001')).toBe(haiku);
	expect(knownModel('gemini', 'models/gemini-3.8-flash')).toBe(knownModel('gemini', 'gemini-3.8-flash'));
	expect(knownModel('anthropic', 'gpt-6-luna')).toBeUndefined();
	expect(knownModel('ollama', 'qwen3')).toBeUndefined();
	expect(knownModel('openai', 'constructor')).toBeUndefined();
});

it('changes a price on the day that was announced', () => {
	const flash = knownModel('gemini', 'gemini-3.8-flash');
	if (flash === undefined) throw new Error('it is gone');
	expect(priceAt(flash, Date.parse('2026-12-31T23:59:59Z'))).toMatchObject({ input: 0.75, output: 3.75 });
	expect(priceAt(flash, Date.parse('2027-01-01T00:00:00Z'))).toMatchObject({ input: 1.5, output: 7.5 });
});

it('costs what exact arithmetic says, rounded up to the micro-dollar', () => {
	// A tenth of a cent for a million tokens is the finest price there is.
	const price = fc.integer({ min: 0, max: 100_000 });
	const count = fc.integer({ min: 0, max: 2_000_000 });
	fc.assert(
		fc.property(price, price, price, count, count, count, (input, cachedInput, output, fresh, cached, written) => {
			const tokens = { input: fresh + cached, cached, output: written };
			const exact =
				BigInt(fresh) * BigInt(input) + BigInt(cached) * BigInt(cachedInput) + BigInt(written) * BigInt(output);
			const prices = { input: input / 1_000, cachedInput: cachedInput / 1_000, output: output / 1_000 };
			expect(BigInt(microUsdOf(tokens, prices))).toBe((exact + 999n) / 1_000n);
		}),
		{ numRuns: 300 },
	);
});
