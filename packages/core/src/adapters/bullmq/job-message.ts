import { isJsonObject } from '../../domain/json.ts';
import type { Job } from '../../ports/job-queue.ts';

/** JobMessage is a job on its way to a worker. */
export interface JobMessage {
	readonly job: Job;
	/** The process that hears how it ends. */
	readonly home: string;
	/** Runs that it had in another queue. */
	readonly earlierRuns: number;
}

/** encodeJob is the job as it stands in the queue. */
export function encodeJob({ job, home, earlierRuns }: JobMessage): string {
	return JSON.stringify({ v: 1, home, earlierRuns, job });
}

/** decodeJob reads what `encodeJob` wrote, in this version or another one; undefined where it cannot. */
export function decodeJob(text: string): JobMessage | undefined {
	const read: unknown = JSON.parse(text);
	if (!isJsonObject(read) || read['v'] !== 1 || !isJsonObject(read['job'])) return undefined;
	const { home, earlierRuns } = read;
	if (typeof home !== 'string' || typeof earlierRuns !== 'number' || typeof read['job']['id'] !== 'string') {
		return undefined;
	}
	// Only processes of this Errand can write there.
	return { job: read['job'] as unknown as Job, home, earlierRuns };
}
