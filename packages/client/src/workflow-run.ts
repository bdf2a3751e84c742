import type { Json, Task, TaskResult } from './task.ts';

/** WorkflowRun is how a run of a workflow stands: `output` is what the workflow gave, once it is done. */
export interface WorkflowRun<Output = Json> {
	readonly id: string;
	readonly status: Task['status'];
	readonly output?: Output | undefined;
	readonly result?: TaskResult | undefined;
	readonly error?: Task['error'];
}
