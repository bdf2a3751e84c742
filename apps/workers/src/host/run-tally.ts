import type { RunOutcome } from '@errand/core/ports/job-queue.ts';

/** RunTally is how many runs of each capability ended in each way since the host started. */
export type RunTally = readonly {
	readonly capability: string;
	readonly outcome: RunOutcome['kind'];
	readonly count: number;
}[];

/** RunCounts counts how runs end. */
export class RunCounts {
	readonly #counts = new Map<string, { capability: string; outcome: RunOutcome['kind']; count: number }>();

	add(capability: string, outcome: RunOutcome['kind']): void {
		const key = `${capability} ${outcome}`;
		const known = this.#counts.get(key);
		if (known === undefined) this.#counts.set(key, { capability, outcome, count: 1 });
		else known.count++;
	}

	get tally(): RunTally {
		return [...this.#counts.values()];
	}
}
