/** ClusterSize is how much of everything there is. */
export interface ClusterSize {
	readonly nodes: number;
	readonly gateways: number;
	readonly tasks: number;
	readonly seed: number;
}

/** ClusterOutcome is what came of it. Times are ms; counts are of the whole run. */
export interface ClusterOutcome {
	readonly done: number;
	readonly failed: number;
	readonly open: number;
	/** Steps whose completion stands in history more than once. */
	readonly recordedTwice: number;
	readonly runs: number;
	/** Outcomes and starts that history refused, because a later run held the step. */
	readonly refused: number;
	readonly crashes: number;
	readonly slowdowns: number;
	readonly partitions: number;
	readonly gatewayCrashes: number;
	/** From a crash, or from the cut of a partition, to the start of the job elsewhere: of jobs in the shared queue. */
	readonly failovers: readonly number[];
	/** The same of jobs that were in the queue of the worker lost: those wait until the registry takes it for dead. */
	readonly failoversOfNamed: readonly number[];
	/** From a gateway's crash until another drives its tasks. */
	readonly adoptions: readonly number[];
	/** From release to start, of first starts. */
	readonly waits: readonly number[];
	/** Runs of each node that nothing happened to. */
	readonly evenRuns: readonly number[];
	readonly operations: {
		readonly appends: number;
		readonly queue: number;
		readonly renewals: number;
		readonly messages: number;
		readonly beats: number;
		/** Heartbeats that gateways read: each reads every worker's. */
		readonly recordsRead: number;
	};
	readonly virtualMs: number;
}
