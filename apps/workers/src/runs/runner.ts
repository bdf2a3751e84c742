import type { ICapability } from '@errand/core/ports/capability.ts';
import type { Job, RunOutcome } from '@errand/core/ports/job-queue.ts';
import type { RunServices } from '../services/run-services.ts';
import type { StepProgress } from './run-context.ts';
import type { StopCause } from './stop-cause.ts';

/** RunRequest is one run of a job as a runner needs it. */
export interface RunRequest {
	readonly job: Job;
	readonly capability: ICapability;
	readonly workspace: string | undefined;
	/** What the run may ask of its host. */
	readonly services: RunServices;
	readonly onProgress: (progress: StepProgress) => void;
	/** Called once the handler begins: a process of its own takes a while to be there. */
	readonly onBegin?: (() => void) | undefined;
}

/** RunHandle is a run under way. Its outcome never rejects; after `stop` it is there within about 100 ms. */
export interface RunHandle {
	readonly outcome: Promise<RunOutcome>;
	stop(cause: StopCause): void;
}

/** IRunner runs handlers somewhere: in this process, or in children of it. */
export interface IRunner {
	start(request: RunRequest): RunHandle;
}
