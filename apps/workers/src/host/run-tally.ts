import type { RunOutcome } from '@errand/core/ports/job-queue.ts';

/** RunCounts are how many runs of each capability ended in each way since the host started. */
export type RunCounts = readonly {
	readonly capability: string;
	readonly outcome: RunOutcome['kind'];
	readonly count: number;
}[];

/** RunTally counts how runs end. */
export class RunTally {
	readonly #counts = new Map<string, { capability: string; outcome: RunOutcome['kind']; count: number }>();
	readonly #rates = new Map<string, { runs: number; rate: number }>();

	add(capability: string, outcome: RunOutcome): void {
		const key = `${capability} ${outcome.kind}`;
		const known = this.#counts.get(key);
		if (known === undefined) this.#counts.set(key, { capability, outcome: outcome.kind, count: 1 });
		else known.count++;
		const succeeded = hasSucceeded(outcome);
		if (succeeded !== undefined) this.#rate(capability, succeeded);
	}

	get counts(): RunCounts {
		return [...this.#counts.values()];
	}

	/** Share of the latest runs that succeeded; undefined before the first. */
	successRate(capability: string): number | undefined {
		return this.#rates.get(capability)?.rate;
	}

	/** The mean of the first runs; after that each counts for a little less with every one that follows. */
	#rate(capability: string, succeeded: boolean): void {
		const { runs, rate } = this.#rates.get(capability) ?? { runs: 0, rate: 0 };
		const weight = 1 / Math.min(runs + 1, MEMORY_RUNS);
		this.#rates.set(capability, { runs: runs + 1, rate: rate + weight * (Number(succeeded) - rate) });
	}
}

const MEMORY_RUNS = 20;

/** Undefined for a run that was stopped, which says nothing of the capability. */
function hasSucceeded(outcome: RunOutcome): boolean | undefined {
	switch (outcome.kind) {
		case 'completed':
		case 'asked':
			return true;
		case 'failed':
			return outcome.failure.kind === 'cancelled' ? undefined : false;
		case 'lost':
			return undefined;
	}
}
