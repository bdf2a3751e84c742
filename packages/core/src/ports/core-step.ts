import type { PersonId, StepId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { CapabilityDeclaration } from './capability.ts';

/** CoreStepRun is one run of a step that the process which drives the task carries out itself. */
export interface CoreStepRun {
	readonly taskId: TaskId;
	readonly stepId: StepId;
	readonly person: PersonId;
	readonly input: Json;
	/** Where untrusted content in the input comes from. */
	readonly origins: readonly string[];
	/** The same for every run of this step of this task: what is begun with it is begun once. */
	readonly key: string;
	readonly conversation?: string | undefined;
}

/** AwaitedEvent is what a step gives that has done its part, and is done when its task gets an event: then it gives that event's data. */
export class AwaitedEvent {
	readonly event: string;
	/** Given up then, ms since 1970; or it gives `{timedOut: true}`, where its input says `otherwise: 'go-on'`. */
	readonly until: number;

	constructor({ event, until }: { readonly event: string; readonly until: number }) {
		this.event = event;
		this.until = until;
	}
}

/**
 * ICoreStep is a capability that changes other streams (a schedule, an agent's messages), which workers cannot reach; quick, and
 * idempotent by `key`. Its declaration stands in the catalogue like any other. `run` throws CoreError for an expected failure.
 */
export interface ICoreStep {
	readonly declaration: CapabilityDeclaration;
	run(step: CoreStepRun): Promise<Json | AwaitedEvent>;
}
