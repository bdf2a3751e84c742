/**
 * RunLost is why a run's signal aborts when others may have its job by now: what it still says may be refused. A capability that
 * only carries a run to another process throws it when that process died.
 */
export class RunLost extends Error {
	override readonly name = 'RunLost';

	constructor(jobId: string, why = `This worker no longer holds job ${jobId}.`) {
		super(why);
	}
}
