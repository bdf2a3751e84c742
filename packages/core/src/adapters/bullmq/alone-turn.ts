import type { HeldRun } from './held-run.ts';

/** AloneTurn keeps apart a job that must not share the host: it waits until nothing else runs, and then runs with nothing beside it. */
export class AloneTurn {
	#next: HeldRun | undefined;
	#running: HeldRun | undefined;

	/** Whether nothing else may be fetched now. */
	get closed(): boolean {
		return this.#next !== undefined || this.#running !== undefined;
	}

	/** Whether a run may begin beside so many others; one that may not waits here. */
	admits(run: HeldRun, others: number): boolean {
		if (!run.job.alone) return true;
		if (others > 0) this.#next = run;
		else this.#running = run;
		return others === 0;
	}

	/** A run is over and so many are left: gives the one whose turn has come. */
	over(run: HeldRun, left: number): HeldRun | undefined {
		if (this.#running === run) this.#running = undefined;
		if (left > 0) return undefined;
		this.#running = this.#next;
		this.#next = undefined;
		return this.#running;
	}

	/** The one that waits does so no longer, if it is this one or any will do. */
	giveUp(run = this.#next): HeldRun | undefined {
		if (run === undefined || this.#next !== run) return undefined;
		this.#next = undefined;
		return run;
	}
}
