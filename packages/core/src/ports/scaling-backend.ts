/** WorkerPlace is where a worker runs: enough for its platform to find it. */
export interface WorkerPlace {
	readonly worker: string;
	/** The machine's name, as the worker sees it. */
	readonly host: string;
	readonly pid: number;
}

/** ScaleOptions say who may go and who must stay when a pool gets smaller. */
export interface ScaleOptions {
	/** Workers that go first, drained by now unless the platform drains. */
	readonly leaving: readonly WorkerPlace[];
	/** Workers that are not ended, even where more than asked for remain then. */
	readonly keep: readonly WorkerPlace[];
	/** Aborts when whoever asks may not ask any longer: nothing is sent then. */
	readonly signal: AbortSignal;
}

/**
 * IScalingBackend starts and ends workers on one platform.
 *
 * - `current` counts the workers of a pool there, starting ones included, as the platform says now.
 * - `scaleTo` resolves once the platform took the order, not once it is carried out; the same order again changes nothing.
 *   Starts as many as are missing; ends surplus ones, `leaving` first, then the newest, never one of `keep`.
 * - Both reject with CoreError, saying what the platform answered and what to do.
 */
export interface IScalingBackend {
	/** Whether the platform itself lets a worker finish what it runs: then it is told at once whom to end, else once they have drained. */
	readonly drains: boolean;
	describe(): string;
	current(pool: string): Promise<number>;
	scaleTo(pool: string, count: number, options: ScaleOptions): Promise<void>;
	/** Whether a registered worker of a pool is one that `current` counts; left out where all are. */
	runs?(place: WorkerPlace): boolean;
	/** Lets go of the platform; workers that live only with this process are drained and ended. Safe to call twice. */
	close(): Promise<void>;
}
