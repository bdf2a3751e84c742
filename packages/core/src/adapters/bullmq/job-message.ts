import { isJsonObject } from '../../domain/json.ts';
import type { Job } from '../../ports/job-queue.ts';
import type { TextSeal } from '../sealing/text-seal.ts';

/** JobMessage is a job on its way to a worker. */
export interface JobMessage {
	readonly job: Job;
	/** The process that hears how it ends. */
	readonly home: string;
	/** Runs that it had in another queue. */
	readonly earlierRuns: number;
}

/** encodeJob is the job as it stands in the queue. What people answered is sealed: passwords and codes are among it. */
export function encodeJob({ job, home, earlierRuns }: JobMessage, seal: TextSeal): string {
	if (job.answers.length === 0) return JSON.stringify({ v: OPEN, home, earlierRuns, job });
	const answers = seal.seal(job.id, JSON.stringify(job.answers));
	return JSON.stringify({ v: SEALED, home, earlierRuns, job: { ...job, answers: [] }, answers });
}

/** decodeJob reads what `encodeJob` wrote, in this version or another one; undefined where it cannot. */
export function decodeJob(text: string, seal: TextSeal): JobMessage | undefined {
	const read = parsed(text);
	if (!isJsonObject(read) || !isJsonObject(read['job'])) return undefined;
	const { v, home, earlierRuns, answers } = read;
	if (typeof home !== 'string' || typeof earlierRuns !== 'number' || typeof read['job']['id'] !== 'string') {
		return undefined;
	}
	// Only processes of this Errand can write there.
	const job = read['job'] as unknown as Job;
	if (v === OPEN) return { job, home, earlierRuns };
	const opened = v === SEALED && typeof answers === 'string' ? seal.open(job.id, answers) : undefined;
	return opened === undefined ? undefined : { job: { ...job, answers: JSON.parse(opened) }, home, earlierRuns };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const OPEN = 1;
/** A worker that does not know of seals leaves such a job to others. */
const SEALED = 2;
