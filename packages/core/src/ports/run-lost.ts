/** RunLost is why a run's signal aborts when others may have its job by now: what it still says may be refused. */
export class RunLost extends Error {
	override readonly name = 'RunLost';

	constructor(jobId: string) {
		super(`This worker no longer holds job ${jobId}.`);
	}
}
