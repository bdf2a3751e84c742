import { asPersonId, asStepId, asTaskId } from '../domain/ids.ts';
import type { Job } from '../ports/job-queue.ts';

/** aJob is a job for tests: its id follows from the task, everything may be overridden. */
export function aJob(task: string, overrides: Partial<Job> = {}): Job {
	return {
		id: `${task}.step.1`,
		taskId: asTaskId(task),
		stepId: asStepId('step'),
		attempt: 1,
		capability: 'test.work',
		input: {},
		timeoutMs: 30_000,
		person: asPersonId('anna'),
		answers: [],
		origins: [],
		effects: 'none',
		allowance: { tokens: 1_000_000, microUsd: 1_000_000 },
		alone: false,
		...overrides,
	};
}
