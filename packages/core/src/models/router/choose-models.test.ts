import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microUsdOf } from '../token-price.ts';
import { type Candidate, chooseModels, type Demand } from './choose-models.ts';
import { nameSuits } from './model-names.ts';
import { complexityOf, tiersFor, wishFor } from './purpose-demand.ts';
import type { ModelTier } from './routed-model.ts';

const NOW = 1_000_000;
const FREE = { tokens: Number.POSITIVE_INFINITY, microUsd: Number.POSITIVE_INFINITY };

function model(name: string, tier: ModelTier, change: Partial<Candidate> = {}): Candidate {
	const [provider = ''] = name.split('/');
	return {
		...{ name, provider, tiers: [tier], rank: 0, images: false, tools: true, health: 'up', waitMs: 0 },
		price: { input: 1, output: 2 },
		contextTokens: 32_000,
		...change,
	};
}

function demand(change: Partial<Demand> = {}): Demand {
	const complexity = change.complexity ?? 'medium';
	return {
		...{ complexity, tiers: tiersFor(complexity), inputTokens: 100, mostInputTokens: 150, maxTokens: 500 },
		...{ images: false, tools: false, allowance: FREE },
		...change,
	};
}

const three = [model('a/large', 'large'), model('a/middle', 'middle'), model('b/small', 'small')];

function namesFor(asked: Demand, candidates: readonly Candidate[] = three): string[] {
	return chooseModels(asked, candidates, NOW).choices.map(({ name }) => name);
}

function reasonFor(asked: Demand, candidates: readonly Candidate[] = three): string | undefined {
	return chooseModels(asked, candidates, NOW).choices[0]?.reason;
}

describe('the choice of a model', () => {
	it('follows from how able it must be, with neighbours to fall back on', () => {
		expect(namesFor(demand({ complexity: 'simple' }))).toEqual(['b/small', 'a/middle', 'a/large']);
		expect(namesFor(demand({ complexity: 'medium' }))).toEqual(['a/middle', 'a/large', 'b/small']);
		expect(namesFor(demand({ complexity: 'complex' }))).toEqual(['a/large', 'a/middle', 'b/small']);
		expect(reasonFor(demand())).toBe('medium task, middle model, the one of its size');
	});

	it('keeps to the provider that is asked for, of whose models the one that suits', () => {
		expect(namesFor(demand({ complexity: 'simple', provider: 'a' }))).toEqual(['a/middle', 'a/large']);
		expect(namesFor(demand({ provider: 'a', model: 'large' }))).toEqual(['a/large']);
		expect(namesFor(demand({ provider: 'b', model: 'large' }))).toEqual([]);
		expect(reasonFor(demand({ provider: 'a' }))).toMatch(/, of a, which was asked for$/);
	});

	it('reads how able that is off the purpose, of which the longest part that is known counts', () => {
		expect(['plan', 'text.extract', 'text.write', 'web.links', 'backlog.expand', 'new'].map(complexityOf)).toEqual([
			...['medium', 'simple', 'medium', 'simple', 'medium', 'medium'],
		]);
		const purposes = { text: 'large', 'text.extract': 'a/middle', 'web.*': 'small' };
		expect(wishFor('text.write', purposes)).toEqual({ tiers: ['large', 'middle', 'small'] });
		expect(wishFor('text.extract', purposes)).toEqual({ model: 'a/middle' });
		expect(wishFor('web.links', purposes)).toEqual({ tiers: ['small', 'middle', 'large'] });
		expect(wishFor('plan', purposes)).toEqual({});
	});

	it('asks what was chosen for the work before what the person pinned, and the next of them where the first is down', () => {
		const asked = demand({ prefer: ['gone/away', 'b/small', 'a/large'], pin: 'a/middle' });
		expect(namesFor(asked)).toEqual(['b/small', 'a/large', 'a/middle']);
		expect(reasonFor(asked)).toBe('chosen for this work');
		const [large, middle] = three;
		const down = [large, middle, model('b/small', 'small', { health: 'down' })].filter((one) => one !== undefined);
		expect(namesFor(asked, down)).toEqual(['a/large', 'a/middle', 'b/small']);
	});

	it('prefers by rank, then by price and time, and leaves what is slow behind its equals', () => {
		const equals = [
			model('a/dear', 'middle', { price: { input: 5, output: 30 } }),
			model('b/cheap', 'middle', { price: { input: 0.1, output: 0.5 } }),
			model('c/late', 'middle', { price: { input: 0.1, output: 0.5 }, firstMs: 9_000 }),
			model('d/slow', 'middle', { price: undefined, health: 'slow' }),
		];
		expect(namesFor(demand(), equals)).toEqual(['b/cheap', 'c/late', 'a/dear', 'd/slow']);
		expect(reasonFor(demand(), equals)).toBe('medium task, middle model, quicker');
		const ranked = equals.map((one) => ({ ...one, rank: one.name === 'a/dear' ? 0 : 1 }));
		expect(namesFor(demand(), ranked)[0]).toBe('a/dear');
		expect(reasonFor(demand(), ranked)).toBe('medium task, middle model, ranked first');
	});

	it('asks a model that is down, rests or has a long queue only after all others', () => {
		for (const away of [{ health: 'down' }, { restsUntil: NOW + 1 }, { waitMs: 30_000 }] as Partial<Candidate>[]) {
			const list = three.map((one) => (one.name === 'a/middle' ? { ...one, ...away } : one));
			expect(namesFor(demand(), list)).toEqual(['a/large', 'b/small', 'a/middle']);
			expect(reasonFor(demand(), list)).toBe('medium task, large model in place of a middle one, the one of its size');
		}
	});

	it('waits a moment for the model that is ranked first, and longer only where no other is as good or it is wanted', () => {
		const busy = (waitMs: number) =>
			[model('a/first', 'middle'), model('b/second', 'middle'), model('c/small', 'small')].map((one, at) => ({
				...one,
				rank: at,
				waitMs: at === 0 ? waitMs : 0,
			}));
		expect(namesFor(demand(), busy(1_000))[0]).toBe('a/first');
		expect(namesFor(demand(), busy(1_500))).toEqual(['b/second', 'a/first', 'c/small']);
		expect(reasonFor(demand(), busy(1_500))).toBe('medium task, middle model, the one that is not slow or busy');
		expect(namesFor(demand({ pin: 'a/first' }), busy(4_000))[0]).toBe('a/first');
		const [first, , small] = busy(4_000);
		if (first === undefined || small === undefined) throw new TypeError('There are three.');
		expect(namesFor(demand(), [first, small])[0]).toBe('a/first');
	});

	it('asks the one that is free first where all are down, rest or have a long queue', () => {
		const away: Readonly<Record<string, Partial<Candidate>>> = {
			'a/middle': { waitMs: 60_000 },
			'a/large': { health: 'down' },
			'b/small': { restsUntil: NOW + 7_000 },
		};
		const list = three.map((one) => ({ ...one, ...away[one.name] }));
		expect(namesFor(demand(), list)).toEqual(['b/small', 'a/middle', 'a/large']);
	});

	it('obeys the pin before the purpose, and says why where it cannot', () => {
		const pinned = demand({ pin: 'b/small', wish: 'a/large' });
		expect(chooseModels(pinned, three, NOW).choices.map(({ name, reason }) => [name, reason])).toEqual([
			['b/small', 'pinned by the person'],
			['a/large', 'set for this purpose'],
			['a/middle', 'medium task, middle model, the last that can'],
		]);
		expect(namesFor(demand({ pin: 'small' }))[0]).toBe('b/small');
		const says = (change: Partial<Candidate>, more: Partial<Demand> = {}) =>
			reasonFor(
				demand({ pin: 'b/small', ...more }),
				three.map((one) => (one.name === 'b/small' ? { ...one, ...change } : { ...one, images: true })),
			);
		expect(says({ health: 'down' })).toContain('; b/small is pinned but down or busy');
		expect(says({ contextTokens: 200 })).toContain('; b/small is pinned but holds too little for this');
		expect(says({}, { images: true })).toContain('; b/small is pinned but does not look at pictures');
		expect(says({ tools: false }, { tools: true })).toContain('; b/small is pinned but takes no tools');
		const dear = { price: { input: 1_000, output: 1_000 } };
		expect(says(dear, { allowance: { tokens: 9_999, microUsd: 2_000 } })).toContain(
			'; b/small is pinned but costs more than is left',
		);
		expect(reasonFor(demand({ pin: 'gone/away' }))).toContain('; gone/away is pinned but not configured');
	});

	it('asks no other than the model that a request names', () => {
		expect(namesFor(demand({ model: 'a/large', pin: 'b/small' }))).toEqual(['a/large']);
		expect(chooseModels(demand({ model: 'x' }), three, NOW)).toMatchObject({
			choices: [],
			passed: [{ why: 'not-named' }, { why: 'not-named' }, { why: 'not-named' }],
		});
	});

	it('shortens the reply to what is left, and goes to a cheaper model rather than that', () => {
		const left = { tokens: 10_000, microUsd: 400 };
		const list = [
			model('a/dear', 'middle', { price: { input: 1, output: 10 } }),
			model('b/cheap', 'small', { price: { input: 0.1, output: 0.4 } }),
		];
		expect(namesFor(demand({ allowance: left }), list)).toEqual(['b/cheap']);
		expect(chooseModels(demand({ allowance: left }), list.slice(0, 1), NOW)).toMatchObject({
			choices: [],
			passed: [{ name: 'a/dear', why: 'over-budget' }],
		});
		const roomier = { tokens: 10_000, microUsd: 1_150 };
		expect(namesFor(demand({ allowance: roomier }), list)).toEqual(['b/cheap', 'a/dear']);
		expect(chooseModels(demand({ allowance: roomier }), list.slice(0, 1), NOW).choices).toMatchObject([
			{ maxTokens: 100, mostMicroUsd: 1_150 },
		]);
		expect(chooseModels(demand({ allowance: { tokens: 300, microUsd: 1e9 } }), list, NOW).choices[0]?.maxTokens).toBe(
			150,
		);
	});

	it('lets servers decide where no model seems to hold the request', () => {
		expect(namesFor(demand({ inputTokens: 40_000 }))).toHaveLength(3);
		const list = [...three, model('c/wide', 'small', { contextTokens: 36_000 })];
		expect(namesFor(demand({ inputTokens: 40_000 }), list)).toEqual(['c/wide']);
	});
});

const tier = fc.constantFrom<ModelTier>('small', 'middle', 'large', 'embedding');
const candidates = fc
	.array(
		fc.record({
			tiers: fc.uniqueArray(tier, { minLength: 1, maxLength: 3 }),
			rank: fc.nat(2),
			images: fc.boolean(),
			tools: fc.boolean(),
			contextTokens: fc.constantFrom(1_000, 8_000, 128_000),
			health: fc.constantFrom('up' as const, 'slow' as const, 'down' as const, 'unknown' as const),
			restsUntil: fc.option(fc.constantFrom(NOW - 1, NOW + 5_000), { nil: undefined }),
			waitMs: fc.constantFrom(0, 100, 60_000),
			firstMs: fc.option(fc.nat(20_000), { nil: undefined }),
			price: fc.option(fc.record({ input: fc.constantFrom(0, 0.2, 5), output: fc.constantFrom(0, 1, 30) }), {
				nil: undefined,
			}),
		}),
		{ maxLength: 7 },
	)
	.map((list) => list.map((one, at): Candidate => ({ ...one, name: `p${at % 3}/m${at}`, provider: `p${at % 3}` })));

const demands = fc
	.record({
		complexity: fc.constantFrom('simple' as const, 'medium' as const, 'complex' as const),
		model: fc.option(fc.constantFrom('p0/m0', 'm1', 'x/y'), { nil: undefined, freq: 6 }),
		pin: fc.option(fc.constantFrom('p0/m0', 'm1', 'x/y'), { nil: undefined }),
		wish: fc.option(fc.constantFrom('p1/m1', 'm2'), { nil: undefined }),
		inputTokens: fc.constantFrom(10, 900, 7_900),
		maxTokens: fc.constantFrom(16, 500, 4_000),
		images: fc.boolean(),
		tools: fc.boolean(),
		tokens: fc.constantFrom(Number.POSITIVE_INFINITY, 20_000, 1_100, 50),
		microUsd: fc.constantFrom(Number.POSITIVE_INFINITY, 50_000, 900, 0),
	})
	.map(
		({ tokens, microUsd, ...rest }): Demand => ({
			...rest,
			tiers: tiersFor(rest.complexity),
			mostInputTokens: Math.ceil(rest.inputTokens * 1.4),
			allowance: { tokens, microUsd },
		}),
	);

describe('whatever models there are', () => {
	const runs = { numRuns: 300 };
	const fits = (asked: Demand, one: Candidate) =>
		one.contextTokens >= asked.inputTokens + asked.maxTokens &&
		(!asked.images || one.images) &&
		(!asked.tools || one.tools);
	const chats = ({ tiers }: Candidate) => tiers.some((one) => one !== 'embedding');
	const named = (asked: Demand, one: Candidate) => asked.model === undefined || nameSuits(asked.model, one.name);

	it('never chooses one that does not fit where one fits and can be paid', () => {
		fc.assert(
			fc.property(demands, candidates, (asked, list) => {
				const { choices } = chooseModels(asked, list, NOW);
				const chosen = choices.map(({ name }) => list.find((one) => one.name === name) as Candidate);
				for (const one of chosen) expect(chats(one) && named(asked, one) && (!asked.images || one.images)).toBe(true);
				if (chosen.some((one) => fits(asked, one))) expect(chosen.every((one) => fits(asked, one))).toBe(true);
			}),
			runs,
		);
	});

	it('never lets a call cost more than is left', () => {
		fc.assert(
			fc.property(demands, candidates, (asked, list) => {
				for (const { name, maxTokens, mostMicroUsd } of chooseModels(asked, list, NOW).choices) {
					const price = list.find((one) => one.name === name)?.price;
					expect(maxTokens).toBeLessThanOrEqual(asked.maxTokens);
					expect(maxTokens).toBeGreaterThan(0);
					expect(asked.mostInputTokens + maxTokens).toBeLessThanOrEqual(asked.allowance.tokens);
					if (price === undefined) continue;
					const cost = microUsdOf({ input: asked.mostInputTokens, cached: 0, output: maxTokens }, price);
					expect(mostMicroUsd).toBe(cost);
					expect(cost === 0 || cost <= asked.allowance.microUsd).toBe(true);
				}
			}),
			runs,
		);
	});

	it('obeys the pin or says why not, names every model once, chosen or passed over with a reason, and is the same each time', () => {
		fc.assert(
			fc.property(demands, candidates, (asked, list) => {
				const { choices, passed } = chooseModels(asked, list, NOW);
				const [first] = choices;
				if (asked.pin !== undefined && asked.model === undefined && first !== undefined) {
					expect(nameSuits(asked.pin, first.name) || first.reason.includes(`${asked.pin} is pinned but`)).toBe(true);
				}
				const names = [...choices, ...passed].map(({ name }) => name);
				expect(new Set(names).size).toBe(names.length);
				const shuffled = chooseModels(asked, list.toReversed(), NOW).choices;
				expect(shuffled).toEqual(choices);
			}),
			runs,
		);
	});
});
