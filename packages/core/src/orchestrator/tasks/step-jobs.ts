import { createHash } from 'node:crypto';
import type { StepFailure } from '../../domain/capability.ts';
import { type StepId, type StreamId, type TaskId, taskStream } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import { isGuarded } from '../../domain/task/guarded-step.ts';
import { inputOrigins } from '../../domain/task/input-origins.ts';
import type { TaskWork } from '../../domain/task/pending-work.ts';
import { secretReference } from '../../domain/task/question.ts';
import { type Step, stepOf, type Task } from '../../domain/task/state.ts';
import { allowanceOf } from '../../domain/task/usage.ts';
import { hintForGone } from '../../domain/workflow/function-steps.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import type { IJobQueue, Job } from '../../ports/job-queue.ts';
import type { IPlanAdmission } from '../../ports/plan-admission.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import { CoreSteps } from './core-steps.ts';
import { effectSummary } from './effect-summary.ts';
import { resolveInput } from './resolve-input.ts';
import type { StoredOutputs } from './stored-outputs.ts';

/** StepJobParts is what jobs are made from, and who hears of them. */
export interface StepJobParts {
	readonly queue: IJobQueue;
	readonly admission: Pick<IPlanAdmission, 'knows'>;
	readonly outputs: StoredOutputs;
	readonly vault: ISecretVault;
	readonly artifacts: Pick<IArtifactStore, 'put'>;
	/** Capabilities that are carried out here, because they change other streams. */
	readonly coreSteps: readonly ICoreStep[];
	/** Has an item of work carried out once more, if it is still owed. */
	readonly again: (stream: StreamId, key: string) => void;
	readonly clock: IClock;
}

interface Dependencies extends StepJobParts {
	/** Gives a task a command; one that comes too late changes nothing. */
	readonly tell: (task: Task, command: TaskCommand) => Promise<void>;
}

/** What is owed by a job. */
interface Waiting {
	readonly stream: StreamId;
	readonly key: string;
}

type RunWork = Extract<TaskWork, { kind: 'run' }>;

/** Steps that have begun before go before those that have not. */
const BEGUN_BEFORE = 1;
/** How long (ms) a queue that is out of reach is left alone. */
const ASK_AGAIN_MS = 500;
/** How often (ms) the queue is asked for every job, whether anything seemed wrong or not. */
const SWEEP_MS = 10_000;

/** StepJobs makes jobs of the steps that are to run, asks first where it must, and sees to it that none is lost. */
export class StepJobs {
	readonly #deps: Dependencies;
	readonly #core: CoreSteps;
	/** Jobs that this process waits for. */
	readonly #jobs = new Map<string, Waiting>();
	/** Jobs that are being made up: one that is needed no longer meanwhile is not enqueued. */
	readonly #preparing = new Map<string, symbol>();
	/** Jobs that may be lost, as far as the queue was not asked since. */
	readonly #doubted = new Set<string>();
	#asking = false;
	#stopped = false;
	#callOffAsking: (() => void) | undefined;
	#callOffSweep: (() => void) | undefined;
	readonly #stopDoubting: () => void;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#core = new CoreSteps(deps);
		this.#stopDoubting = deps.queue.onDoubt((ids) => {
			this.#doubt(ids ?? this.#jobs.keys());
		});
	}

	/** Has a run carried out that is owed: hands it to a worker, or does it here. */
	async run(task: Task, work: RunWork): Promise<void> {
		const id = jobId(task.id, work.stepId, work.attempt);
		const step = stepOf(task, work.stepId);
		if (this.#jobs.has(id) || step === undefined) return;
		const mine = Symbol(id);
		this.#preparing.set(id, mine);
		const isWanted = () => this.#preparing.get(id) === mine;
		try {
			if (work.started) await this.#waitOrLose(task, step, { id, key: work.key, isWanted });
			else await this.#enqueue(task, step, { id, work, isWanted });
		} finally {
			if (isWanted()) this.#preparing.delete(id);
		}
	}

	/** Asks whether a step may have its effect. */
	async requestApproval(task: Task, stepId: StepId): Promise<void> {
		const step = stepOf(task, stepId);
		if (step === undefined) return;
		const resolved = await resolveInput(task, step, this.#deps.outputs);
		if (!resolved.ok) return this.#failStep(task, step, missingInput(step, resolved.missing));
		const effect = { hash: effectHash(step, resolved.input), summary: effectSummary(step.spec, resolved.input) };
		await this.#deps.tell(task, { type: 'RequestApproval', at: this.#now(), stepId, effect });
	}

	/** A run that ended by itself is forgotten; one that something else made needless is taken back from the queue or stopped. */
	dropped(task: Task, { stepId, attempt }: RunWork): void {
		const id = jobId(task.id, stepId, attempt);
		this.#preparing.delete(id);
		if (!this.#jobs.delete(id) || endedByItself(stepOf(task, stepId))) return;
		void this.#deps.queue.cancel(id);
	}

	/** Another process waits for the job from now on. */
	released(taskId: TaskId, { stepId, attempt }: RunWork): void {
		const id = jobId(taskId, stepId, attempt);
		this.#preparing.delete(id);
		this.#jobs.delete(id);
	}

	stop(): void {
		this.#stopDoubting();
		this.#callOffAsking?.();
		this.#callOffSweep?.();
		this.#stopped = true;
	}

	async #enqueue(
		task: Task,
		step: Step,
		{ id, work, isWanted }: { id: string; work: RunWork; isWanted: () => boolean },
	): Promise<void> {
		const isCore = this.#core.has(step);
		if (!isCore && !this.#deps.admission.knows(step.spec.capability))
			return this.#failStep(task, step, unknownCapability(step));
		const resolved = await resolveInput(task, step, this.#deps.outputs);
		if (!resolved.ok) return this.#failStep(task, step, missingInput(step, resolved.missing));
		const origins = inputOrigins(task, step);
		if (isGuarded(task, step) && origins.length > 0 && step.approvedEffect !== effectHash(step, resolved.input)) {
			return this.requestApproval(task, work.stepId);
		}
		if (isCore) {
			const command = await this.#core.run(task, step, resolved.input);
			return isWanted() ? this.#deps.tell(task, command) : undefined;
		}
		const answers = await this.#answers(task, work.stepId);
		if (!isWanted()) return;
		const waiting = { stream: taskStream(task.id), key: work.key };
		this.#waitFor(id, waiting);
		try {
			await this.#deps.queue.enqueue({
				id,
				taskId: task.id,
				stepId: work.stepId,
				attempt: work.attempt,
				capability: step.spec.capability,
				input: resolved.input,
				timeoutMs: step.spec.timeoutMs,
				person: task.person,
				answers,
				origins,
				effects: step.spec.effects,
				allowance: allowanceOf(task),
				alone: work.alone,
				// What was lost has waited for its turn already, and for what was asked about a person waits.
				...(step.attempts > 0 ? { priority: BEGUN_BEFORE } : {}),
			});
		} catch (error) {
			// It is tried again, and may be there already: a second enqueue changes nothing.
			if (this.#jobs.get(id) === waiting) this.#jobs.delete(id);
			throw error;
		}
	}

	/** Another process may have enqueued it; a job that nobody holds any more has died with whoever ran it. */
	async #waitOrLose(
		task: Task,
		step: Step,
		{ id, key, isWanted }: { id: string; key: string; isWanted: () => boolean },
	): Promise<void> {
		if (step.phase.status !== 'running') return;
		const { queue } = this.#deps;
		const isHeld = await queue.holds(id);
		if (!isWanted()) return;
		if (isHeld) {
			this.#waitFor(id, { stream: taskStream(task.id), key });
			return;
		}
		const { run } = step.phase;
		const { attempts: attempt, spec } = step;
		const cause = queue.lostWith;
		await this.#deps.tell(task, { type: 'LoseStep', at: this.#now(), stepId: spec.id, attempt, run, cause });
	}

	#waitFor(id: string, waiting: Waiting): void {
		this.#jobs.set(id, waiting);
		this.#callOffSweep ??= this.#deps.clock.after(SWEEP_MS, () => this.#sweep());
	}

	/** However a job was lost, it is found. */
	#sweep(): void {
		this.#callOffSweep = undefined;
		if (this.#jobs.size === 0) return;
		this.#callOffSweep = this.#deps.clock.after(SWEEP_MS, () => this.#sweep());
		this.#doubt(this.#jobs.keys());
	}

	#doubt(ids: Iterable<string>): void {
		for (const id of ids) this.#doubted.add(id);
		void this.#lookForDoubted();
	}

	/** Jobs that are lost are enqueued again, or their runs recorded as lost. What the queue cannot say now it is asked again. */
	async #lookForDoubted(): Promise<void> {
		if (this.#asking || this.#stopped) return;
		this.#asking = true;
		this.#callOffAsking?.();
		// A job that is doubted anew meanwhile comes once more.
		for (const id of this.#doubted) {
			this.#doubted.delete(id);
			const waiting = this.#jobs.get(id);
			if (waiting === undefined) continue;
			try {
				if (await this.#deps.queue.holds(id)) continue;
			} catch {
				if (this.#stopped) return;
				this.#doubted.add(id);
				this.#callOffAsking = this.#deps.clock.after(ASK_AGAIN_MS, () => void this.#lookForDoubted());
				break;
			}
			this.#jobs.delete(id);
			this.#deps.again(waiting.stream, waiting.key);
		}
		this.#asking = false;
	}

	/** A step that cannot even be handed to a worker. */
	async #failStep(task: Task, step: Step, failure: StepFailure): Promise<void> {
		const token = { stepId: step.spec.id, attempt: step.attempts + 1, run: 1, worker: 'orchestrator' };
		await this.#deps.tell(task, { type: 'FailStep', at: this.#now(), ...token, failure, jitter: 0 });
	}

	async #answers(task: Task, stepId: StepId): Promise<Job['answers']> {
		const asked = Object.values(task.questions).filter(
			({ question, answer }) => question.stepId === stepId && question.purpose === 'step' && answer !== undefined,
		);
		if (asked.length === 0) return [];
		return Promise.all(
			asked.map(async ({ question, answer = null }) => ({
				question: question.text,
				answer: await this.#revealed(answer),
			})),
		);
	}

	async #revealed(answer: Json): Promise<Json> {
		const name = secretReference(answer);
		return name === undefined ? answer : ((await this.#deps.vault.get(name)) ?? null);
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function missingInput({ spec }: Step, missing: string): StepFailure {
	const message = `"${spec.title}" needs "${missing}", and there is nothing there.`;
	const hint = 'Edit the plan so that it refers to something the step before it gives.';
	return { kind: 'permanent', code: 'missing-input', message, hint };
}

function unknownCapability({ spec }: Step): StepFailure {
	const message = `"${spec.title}" needs the capability "${spec.capability}", and there is none of that name any more.`;
	return { kind: 'permanent', code: 'unknown-capability', message, hint: hintForGone(spec.capability) };
}

function endedByItself(step: Step | undefined): boolean {
	switch (step?.phase.status) {
		case 'done':
		case 'dead-lettered':
		case 'retrying':
		case 'asking':
			return true;
		default:
			return false;
	}
}

function jobId(taskId: TaskId, stepId: StepId, attempt: number): string {
	return `${taskId}.${stepId}.${attempt}`;
}

function effectHash(step: Step, input: Json): string {
	return createHash('sha256')
		.update(JSON.stringify([step.spec.capability, input]))
		.digest('hex');
}
