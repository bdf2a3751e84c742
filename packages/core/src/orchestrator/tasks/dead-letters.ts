import { CoreError } from '../../domain/errors.ts';
import { asStepId, asTaskId, type StepId, type TaskId, taskStream } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { RecordedTaskFact, TaskError } from '../../domain/task/facts.ts';
import { type Step, stepOf, type Task } from '../../domain/task/state.ts';
import type { IEventStore, IStreamIndex } from '../../ports/event-store.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { DeadLetter, DeadLetterDetail, Principal } from '../desks/desk.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'state'>;
	readonly store: Pick<IEventStore, 'read'>;
	readonly index: Pick<IStreamIndex, 'list'>;
}

const MAX_DEAD_LETTERS = 200;
const PAGE = 500;
const MAX_INPUT_CHARACTERS = 2_000;
/** Attempts that somebody looks through. */
const MAX_ATTEMPTS = 20;

/** DeadLetters finds the steps of a person's tasks that gave up. */
export class DeadLetters {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Newest tasks first. */
	async list({ person }: Principal): Promise<readonly DeadLetter[]> {
		const letters: DeadLetter[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: 'task-', person, having: 'deadLetters', before, limit: PAGE });
			for (const { stream, summary } of rows) {
				// An index may not know how to choose.
				if (summary['deadLetters'] === undefined) continue;
				const task = await this.#deps.tasks.state(stream);
				if (task !== undefined) letters.push(...lettersOf(task));
				if (letters.length >= MAX_DEAD_LETTERS) return letters.slice(0, MAX_DEAD_LETTERS);
			}
			before = rows.length === PAGE ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return letters;
	}

	async show({ person }: Principal, id: string): Promise<DeadLetterDetail> {
		const { taskId, stepId } = parseLetterId(id);
		const task = await this.#deps.tasks.state(taskStream(taskId));
		const step = task === undefined ? undefined : stepOf(task, stepId);
		const letter = task === undefined || step === undefined ? undefined : letterOf(task, step);
		if (task?.person !== person || step === undefined || letter === undefined) throw notThere(id);
		const input = JSON.stringify(step.spec.input);
		return {
			...letter,
			goal: task.goal.slice(0, MAX_INPUT_CHARACTERS),
			input: input.length <= MAX_INPUT_CHARACTERS ? input : `${input.slice(0, MAX_INPUT_CHARACTERS)}…`,
			history: await this.#attempts(taskId, stepId),
		};
	}

	async #attempts(taskId: TaskId, stepId: StepId): Promise<DeadLetterDetail['history']> {
		const ended: DeadLetterDetail['history'][number][] = [];
		const workers = new Map<string, string>();
		let after = 0;
		for (;;) {
			const facts = (await this.#deps.store.read(taskStream(taskId), after)) as unknown as readonly RecordedTaskFact[];
			for (const fact of facts) {
				const run = runOf(fact, stepId);
				if (run === undefined) continue;
				if (run.worker !== undefined) workers.set(run.token, run.worker);
				const worker = workers.get(run.token);
				if (run.error === undefined) continue;
				const { attempt, run: number, error } = run;
				ended.push({ attempt, run: number, at: fact.at, error, ...(worker === undefined ? {} : { worker }) });
				if (ended.length > MAX_ATTEMPTS) ended.shift();
			}
			const last = facts.at(-1);
			if (last === undefined) return ended;
			after = last.seq;
		}
	}
}

/** parseLetterId reads `<taskId>.<stepId>`. */
export function parseLetterId(id: string): { readonly taskId: TaskId; readonly stepId: StepId } {
	const dot = id.indexOf('.');
	if (dot < 1 || dot === id.length - 1) throw notThere(id);
	return { taskId: asTaskId(id.slice(0, dot)), stepId: asStepId(id.slice(dot + 1)) };
}

function lettersOf(task: Task): DeadLetter[] {
	return Object.values(task.steps).flatMap((step) => letterOf(task, step) ?? []);
}

function letterOf(task: Task, { spec, phase, attempts }: Step): DeadLetter | undefined {
	if (phase.status !== 'dead-lettered') return undefined;
	const { id: stepId, title, capability } = spec;
	const error = errorOf(phase.failure);
	return { id: `${task.id}.${stepId}`, taskId: task.id, stepId, title, capability, attempts, error, at: phase.endedAt };
}

/** What a fact says about a run of this step: who began it, or how it ended without success. */
function runOf(fact: RecordedTaskFact, stepId: StepId) {
	switch (fact.type) {
		case 'StepStarted':
		case 'StepFailed':
		case 'StepLost': {
			if (fact.data.stepId !== stepId) return undefined;
			const { attempt, run } = fact.data;
			const token = `${attempt}.${run}`;
			if (fact.type === 'StepStarted') return { attempt, run, token, worker: fact.data.worker };
			const error = fact.type === 'StepFailed' ? errorOf(fact.data.failure) : lossOf(fact.data.cause);
			return { attempt, run, token, error };
		}
		default:
			return undefined;
	}
}

function errorOf({
	code,
	message,
	hint = 'Replay it, or drop it.',
}: Omit<TaskError, 'hint'> & { hint?: string | undefined }) {
	return { code, message, hint };
}

function lossOf(cause: string): TaskError {
	return { code: cause, message: `Its run was lost: ${cause.replaceAll('-', ' ')}.`, hint: '' };
}

function notThere(id: string): CoreError {
	return new CoreError('not-found', `There is no dead letter "${id.slice(0, 200)}".`, {
		hint: 'It may have been replayed or dropped already; list them again.',
	});
}
