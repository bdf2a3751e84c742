import type { Nature } from './simulate-routing.ts';

/** NamedScenario is a set of workers with a load on it. */
export interface NamedScenario {
	readonly name: string;
	readonly workers: readonly Nature[];
	readonly later?: readonly Nature[] | undefined;
	readonly everyMs: number;
}

const good = { rate: 0.99, ms: 200 };
const slow = { rate: 0.99, ms: 400 };
const flaky = { rate: 0.6, ms: 200 };
const dud = { rate: 0.02, ms: 20 };
const PLACES = 4;

const mixed = [...of(12, good), ...of(4, slow), ...of(4, flaky)];

/** Twenty workers in each; the load is the share of the good ones' places that the jobs would fill. */
export const SCENARIOS: readonly NamedScenario[] = [
	{ name: '12 good, 4 half as fast, 4 that fail 40 %, load 0.5', workers: mixed, everyMs: atLoad(0.5, 12) },
	{ name: 'the same, load 0.75', workers: mixed, everyMs: atLoad(0.75, 12) },
	{
		name: '19 good, 1 that fails 98 % at once, load 0.6',
		workers: [...of(19, good), ...of(1, dud)],
		everyMs: atLoad(0.6, 19),
	},
	{
		name: '12 good, 4 slow, 4 failing, which change places half way, load 0.5',
		workers: mixed,
		later: mixed.toReversed(),
		everyMs: atLoad(0.5, 12),
	},
	{ name: '20 good, load 0.7', workers: of(20, good), everyMs: atLoad(0.7, 20) },
];

function of(count: number, nature: Nature): Nature[] {
	return Array.from({ length: count }, () => nature);
}

function atLoad(load: number, workers: number): number {
	return good.ms / (workers * PLACES * load);
}
