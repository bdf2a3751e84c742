import { randomInt } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import { failureOf } from '../../domain/failure-of.ts';
import type { Json } from '../../domain/json.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import { flowKind } from '../../domain/task/flow.ts';
import { inputOrigins } from '../../domain/task/input-origins.ts';
import type { Step, Task } from '../../domain/task/state.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IClock } from '../../ports/clock.ts';
import { AwaitedEvent, type ICoreStep } from '../../ports/core-step.ts';
import { storeOutput } from './store-output.ts';

interface Dependencies {
	readonly coreSteps: readonly ICoreStep[];
	readonly artifacts: Pick<IArtifactStore, 'put'>;
	readonly clock: IClock;
}

/** Who ran a step that no worker ran. */
const WORKER = 'orchestrator';

/** CoreSteps carries out the steps that whoever drives a task carries out itself: those that change other streams, and values out of files. */
export class CoreSteps {
	readonly #deps: Dependencies;
	readonly #steps: ReadonlyMap<string, ICoreStep>;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#steps = new Map(deps.coreSteps.map((step) => [step.declaration.name, step]));
	}

	has({ spec }: Step): boolean {
		return flowKind(spec) === 'value' || this.#steps.has(spec.capability);
	}

	/** Runs a step with its resolved input and says what came of it as a command. Run again, it does nothing twice: its key is the same. */
	async run(task: Task, step: Step, input: Json): Promise<TaskCommand> {
		const { id: stepId } = step.spec;
		const token = { stepId, attempt: step.attempts + 1, run: 1, worker: WORKER };
		try {
			const value = await this.#give(task, step, input);
			if (value instanceof AwaitedEvent) {
				const { event, until } = value;
				return { type: 'AwaitEvent', at: this.#deps.clock.now(), ...token, event, until };
			}
			const output = await storeOutput(this.#deps.artifacts, { stepId, value, task: async () => task });
			return { type: 'CompleteStep', at: this.#deps.clock.now(), ...token, output, origins: [] };
		} catch (error) {
			const failure = failureOf(error);
			const jitter = randomInt(1_000) / 1_000;
			return { type: 'FailStep', at: this.#deps.clock.now(), ...token, failure, jitter };
		}
	}

	async #give(task: Task, step: Step, input: Json): Promise<Json | AwaitedEvent> {
		const core = this.#steps.get(step.spec.capability);
		if (core === undefined) return input;
		const { id: stepId, timeoutMs } = step.spec;
		const parsed = parseInput(core.declaration.input, input, `The input of "${core.declaration.name}"`);
		const run = core.run({
			taskId: task.id,
			stepId,
			person: task.person,
			// A schema's output is JSON again: capabilities take and give nothing else.
			input: parsed as Json,
			origins: inputOrigins(task, step),
			key: `${task.id}/${stepId}`,
			...(task.conversation === undefined ? {} : { conversation: task.conversation }),
		});
		const given = await this.#inTime(run, step.spec.title, timeoutMs);
		return given instanceof AwaitedEvent ? given : checked(core, given);
	}

	#inTime<T>(run: Promise<T>, title: string, ms: number): Promise<T> {
		return new Promise((resolve, reject) => {
			const hint = 'It is tried again by itself; what it did is not done twice.';
			const late = new CoreError('timed-out', `"${title}" took longer than ${ms} ms.`, { hint });
			const callOff = this.#deps.clock.after(ms, () => reject(late));
			run.then(resolve, reject).finally(callOff);
		});
	}
}

/** Later steps rely on what the declaration says of it. */
function checked({ declaration }: ICoreStep, given: Json): Json {
	const parsed = declaration.output.safeParse(given);
	if (parsed.success) return parsed.data as Json;
	const what = `${declaration.name} produced an output of the wrong form: ${parsed.error.message}`;
	throw new CoreError('internal', what, {
		hint: 'This is a mistake in Errand; leave the step out, and report it.',
		cause: parsed.error,
	});
}
