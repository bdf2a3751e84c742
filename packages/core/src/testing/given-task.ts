import { asPersonId, asStepId, asTaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { DEFAULT_BUDGET } from '../domain/task/budget.ts';
import type { TaskCommand, TaskCommandOf } from '../domain/task/commands.ts';
import { decide } from '../domain/task/decide.ts';
import { evolve } from '../domain/task/evolve.ts';
import type { RecordedTaskFact, TaskFact } from '../domain/task/facts.ts';
import { pendingWork } from '../domain/task/pending-work.ts';
import type { PlannedStep } from '../domain/task/plan.ts';
import type { Task, TaskState } from '../domain/task/state.ts';
import { type TaskView, viewTask } from '../domain/task/view.ts';

/** OWNER is the person of every task in tests. */
export const OWNER = asPersonId('owner');

/** plannedStep builds a step with short policies; `from` names the step whose whole output is its input. */
export function plannedStep(
	id: string,
	change: Partial<PlannedStep> & { readonly after?: readonly string[] } = {},
): PlannedStep {
	const { after = [], ...rest } = change;
	return {
		id: asStepId(id),
		title: `Step ${id}`,
		capability: 'test.step',
		input: {},
		dependsOn: after.map(asStepId),
		essential: true,
		retry: { maxAttempts: 3, waitsMs: [1_000, 10_000] },
		timeoutMs: 1_000,
		effects: 'none',
		...rest,
	};
}

/** submitTask builds the command that opens a task at time 1, with a plan if steps are given. */
export function submitTask(
	steps: readonly PlannedStep[] = [],
	change: Partial<TaskCommandOf<'SubmitTask'>> = {},
): TaskCommand {
	return {
		type: 'SubmitTask',
		at: 1,
		taskId: asTaskId('t1'),
		goal: 'Do it',
		person: OWNER,
		attachments: [],
		approve: false,
		budget: DEFAULT_BUDGET,
		...(steps.length === 0 ? {} : { plan: { by: 'person', steps } }),
		...change,
	};
}

type RunChange = Partial<{ attempt: number; run: number; at: number; origins: readonly string[] }>;

/** start, complete, fail and lose build what workers report of a step's first run, unless told otherwise. */
export const start = (id: string, change: RunChange = {}): TaskCommand => ({
	type: 'StartStep',
	at: 1,
	...token(id),
	...change,
});
export const complete = (id: string, value: Json = null, change: RunChange = {}): TaskCommand => ({
	type: 'CompleteStep',
	at: 1,
	...token(id),
	output: { kind: 'value', value },
	origins: [],
	...change,
});
export const fail = (
	id: string,
	kind: 'retryable' | 'permanent' | 'timed-out' | 'cancelled' = 'permanent',
	change: RunChange = {},
): TaskCommand => ({
	type: 'FailStep',
	at: 1,
	...token(id),
	failure: { kind, code: 'broken', message: 'It broke.' },
	jitter: 0.5,
	...change,
});
export const lose = (
	id: string,
	cause: TaskCommandOf<'LoseStep'>['cause'] = 'server-died',
	change: RunChange = {},
): TaskCommand => ({ type: 'LoseStep', at: 1, ...token(id), cause, ...change });

function token(id: string) {
	return { stepId: asStepId(id), attempt: 1, run: 1, worker: 'w1' };
}

/** GivenTask is a task with a past; `when` tries one more command on it. */
export interface GivenTask {
	readonly state: TaskState;
	readonly history: readonly RecordedTaskFact[];
	when(command: TaskCommand): WhenDecided;
	/** The same past and one thing more. */
	and(...commands: readonly TaskCommand[]): GivenTask;
	view(): TaskView;
	work(now?: number): string[];
	task(): Task;
}

/** WhenDecided is what a command led to. */
export interface WhenDecided {
	readonly facts: readonly TaskFact[];
	readonly types: readonly string[];
	/** The code of the refusal, if it was refused. */
	readonly refusal: string | undefined;
}

/** given builds a task by commands that must all be accepted. */
export function given(...commands: readonly TaskCommand[]): GivenTask {
	const history: RecordedTaskFact[] = [];
	let state: TaskState;
	for (const command of commands) {
		const decision = decide(state, command);
		if (!decision.ok) throw new Error(`The past itself was refused at ${command.type}: ${decision.error.message}`);
		history.push(...decision.facts);
		state = decision.state;
	}
	return fromHistory(commands, history);
}

function fromHistory(commands: readonly TaskCommand[], history: readonly RecordedTaskFact[]): GivenTask {
	// Folded again from the facts, so that every test also proves that a decision and its history agree.
	const state = history.reduce<TaskState>(evolve, undefined);
	const task = () => {
		if (state === undefined) throw new Error('There is no task yet.');
		return state;
	};
	return {
		state,
		history,
		task,
		when(command) {
			const decision = decide(state, command);
			const facts = decision.ok ? decision.facts.map(({ seq: _seq, at: _at, ...fact }) => fact as TaskFact) : [];
			return { facts, types: facts.map(({ type }) => type), refusal: decision.ok ? undefined : decision.error.code };
		},
		and: (...more) => given(...commands, ...more),
		view: () => viewTask(task()),
		work: (now = 1) => pendingWork(state, now).map(({ key }) => key),
	};
}
