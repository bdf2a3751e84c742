import { median } from '../figures.ts';
import { CONSTRUCTS, type Construct } from '../loops/bench-workflow.ts';
import { type LoopProcess, openLoopProcess } from '../loops/loop-process.ts';

/** ConstructCost is what one step inside a construct takes (µs): in a run by itself, and with ten runs in flight. */
export interface ConstructCost {
	readonly construct: Construct;
	readonly alone: number;
	readonly inFlight: number;
}

const STEPS = 50;
const IN_FLIGHT = 10;

/** measureConstructs runs workflows that do a step fifty times, each by one construct, in turns; medians of the rounds. */
export async function measureConstructs(rounds: number, runs: number): Promise<readonly ConstructCost[]> {
	const open: { construct: Construct; loop: LoopProcess; alone: number[]; rates: number[] }[] = [];
	for (const construct of CONSTRUCTS) {
		const loop = await openLoopProcess('loops/our-workflow-loop.ts', construct);
		await loop.measure({ levels: [STEPS], count: runs, width: IN_FLIGHT });
		open.push({ construct, loop, alone: [], rates: [] });
	}
	for (let round = 0; round < rounds; round++) {
		for (const { loop, alone, rates } of open) {
			alone.push(...(await loop.measure({ levels: [STEPS], count: Math.ceil(runs / 4), width: 1 })).times);
			rates.push((await loop.measure({ levels: [STEPS], count: runs, width: IN_FLIGHT })).perSecond);
		}
	}
	for (const { loop } of open) await loop.close();
	return open.map(({ construct, alone, rates }) => ({
		construct,
		alone: (median(alone) * 1_000) / STEPS,
		inFlight: 1_000_000 / median(rates) / STEPS,
	}));
}
