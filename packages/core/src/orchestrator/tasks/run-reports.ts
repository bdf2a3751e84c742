import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { StepFailure } from '../../domain/capability.ts';
import { describeError, type ErrorCode, isCoreError } from '../../domain/errors.ts';
import { taskStream } from '../../domain/ids.ts';
import { isJsonObject, type Json } from '../../domain/json.ts';
import { redactSecrets, redactText } from '../../domain/redact.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Output } from '../../domain/task/facts.ts';
import type { PlannedStep } from '../../domain/task/plan.ts';
import { PlanStepsSchema } from '../../domain/task/plan-schema.ts';
import { secretReference } from '../../domain/task/question.ts';
import { plannedSteps, type Task } from '../../domain/task/state.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IRunReports, RunOutcome, RunReport } from '../../ports/job-queue.ts';
import type { IPlanAdmission } from '../../ports/plan-admission.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { storeOutput } from './store-output.ts';
import { whenThereIsRoom } from './when-there-is-room.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly artifacts: IArtifactStore;
	readonly vault: ISecretVault;
	readonly admission: IPlanAdmission;
	readonly clock: IClock;
}

/** The run was overtaken, its step was removed, or its task was forgotten. */
const NOT_WANTED: ReadonlySet<ErrorCode> = new Set(['stale-outcome', 'unknown-step', 'unknown-task']);

const NO_SECRETS: readonly string[] = [];

/** RunReports turns what workers tell into commands. A report that nobody wants any more is dropped; a full disk holds it back, not away. */
export class RunReports implements IRunReports {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async started({ job, run, worker }: RunReport): Promise<boolean> {
		const { stepId, attempt } = job;
		return this.#tell(job.taskId, () => ({ type: 'StartStep', at: this.#now(), stepId, attempt, run, worker }));
	}

	async ended({ job, run, worker }: RunReport, outcome: RunOutcome): Promise<void> {
		const token = { stepId: job.stepId, attempt: job.attempt, run, worker };
		const command = await whenThereIsRoom(this.#deps.clock, () => this.#commandFor(job, token, outcome));
		await this.#tell(job.taskId, () => command);
	}

	async #tell(task: RunReport['job']['taskId'], command: () => TaskCommand): Promise<boolean> {
		try {
			await whenThereIsRoom(this.#deps.clock, () => this.#deps.tasks.handle(taskStream(task), command()));
			return true;
		} catch (error) {
			if (isCoreError(error) && NOT_WANTED.has(error.code)) return false;
			throw error;
		}
	}

	async #commandFor(
		job: RunReport['job'],
		token: { stepId: RunReport['job']['stepId']; attempt: number; run: number; worker: string },
		outcome: RunOutcome,
	): Promise<TaskCommand> {
		const at = this.#now();
		const { usage } = outcome;
		switch (outcome.kind) {
			case 'completed': {
				const { origins, cached } = outcome;
				const produced = redactSecrets(outcome.output, await this.#secretsOf(job));
				const extension = await this.#extension(job, produced);
				if (!extension.ok) return { type: 'FailStep', at, ...token, failure: extension.failure, jitter: 0, usage };
				const output = await this.#store(job, produced);
				return { type: 'CompleteStep', at, ...token, output, origins, usage, cached, extend: extension.steps };
			}
			case 'failed': {
				const message = redactText(outcome.failure.message, await this.#secretsOf(job));
				const failure = { ...outcome.failure, message };
				return { type: 'FailStep', at, ...token, failure, jitter: randomInt(1_000) / 1_000, usage };
			}
			case 'asked':
				return { type: 'AskQuestions', at, ...token, questions: outcome.questions, usage };
			case 'lost':
				return { type: 'LoseStep', at, ...token, cause: outcome.cause, words: outcome.words, usage };
		}
	}

	/** What the person answered in confidence goes to the step that asked, and no further. */
	async #secretsOf(job: RunReport['job']): Promise<readonly string[]> {
		const task = await this.#deps.tasks.state(taskStream(job.taskId));
		const references = Object.values(task?.questions ?? {}).flatMap(({ answer }) => secretReference(answer) ?? []);
		if (references.length === 0) return NO_SECRETS;
		const secrets = await Promise.all(references.map((reference) => this.#deps.vault.get(reference)));
		return secrets.filter((secret) => secret !== undefined);
	}

	/** A capability extends the plan by an `extendPlan` list in its output; steps that do not fit fail the step that wanted them. */
	async #extension(job: RunReport['job'], output: Json): Promise<Extension> {
		if (!isJsonObject(output) || !Array.isArray(output['extendPlan'])) return { ok: true };
		const parsed = PlanStepsSchema.safeParse(output['extendPlan']);
		const failure = { kind: 'permanent', code: 'invalid-plan', hint: 'Look at what the step produced.' } as const;
		if (!parsed.success) return { ok: false, failure: { ...failure, message: z.prettifyError(parsed.error) } };
		const task = await this.#deps.tasks.state(taskStream(job.taskId));
		const existing = task === undefined ? [] : plannedSteps(task).map(({ spec }) => spec);
		try {
			return { ok: true, steps: this.#deps.admission.admit(parsed.data, existing) };
		} catch (error) {
			return { ok: false, failure: { ...failure, message: describeError(error) } };
		}
	}

	#store({ stepId, taskId }: RunReport['job'], value: Json): Promise<Output> {
		const task = () => this.#deps.tasks.state(taskStream(taskId));
		return storeOutput(this.#deps.artifacts, { stepId, value, task });
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

type Extension =
	| { readonly ok: true; readonly steps?: readonly PlannedStep[] | undefined }
	| { readonly ok: false; readonly failure: StepFailure };
