import { asPersonId, asTaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { DEFAULT_BUDGET } from '../domain/task/budget.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import { decide } from '../domain/task/decide.ts';
import { pendingWork, type TaskWork } from '../domain/task/pending-work.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import { type Step, stepOf, type Task, type TaskState } from '../domain/task/state.ts';
import { inlineInput } from '../domain/task/value-step.ts';
import { admitPlan } from '../planning/admit-plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';

export interface PlanRunTools {
	readonly catalogue: readonly CapabilityDeclaration[];
	readonly call: (capability: string, input: Json) => Json;
	/** Which of the steps that could run is next; the first where left out. */
	readonly choose?: (count: number) => number;
}

/** runPlan runs a workflow's plan to its end in memory, by the rules of tasks alone, one step at a time. */
export function runPlan(steps: readonly PlanStep[], { catalogue, call, choose = () => 0 }: PlanRunTools): Task {
	let now = 1;
	let state: TaskState;
	const carryOut = (command: TaskCommand): void => {
		const decision = decide(state, command);
		if (!decision.ok) throw decision.error;
		state = decision.state;
	};
	const admission = admitPlan(steps, catalogue);
	if (!admission.ok) throw new Error(admission.problems.map(({ message }) => message).join(' '));
	const plan = { by: 'workflow:test@1', steps: admission.steps };
	const budget = { ...DEFAULT_BUDGET, maxRuns: 1_000_000 };
	carryOut({
		type: 'SubmitTask',
		at: now,
		taskId: asTaskId('t1'),
		goal: 'Run it',
		person: asPersonId('owner'),
		attachments: [],
		approve: false,
		budget,
		plan,
	});
	for (let turns = 0; turns < 20_000; turns++) {
		const work = pendingWork(state, now);
		const task = state;
		if (task === undefined || task.end !== undefined) break;
		const runs = work.filter((one): one is Extract<TaskWork, { kind: 'run' }> => one.kind === 'run');
		const run = runs[choose(runs.length) % Math.max(1, runs.length)];
		if (run !== undefined) carryOut(outcomeOf(task, run, now, call));
		else if (work.some(({ kind }) => kind === 'pass-time')) carryOut({ type: 'PassTime', at: now });
		else {
			const waits = work.flatMap((one) => (one.kind === 'wait' ? [one.until] : []));
			if (waits.length === 0) break;
			now = Math.min(...waits);
		}
	}
	if (state === undefined) throw new Error('There is no task.');
	return state;
}

function outcomeOf(
	task: Task,
	{ stepId, attempt }: Extract<TaskWork, { kind: 'run' }>,
	at: number,
	call: PlanRunTools['call'],
): TaskCommand {
	const step: Step | undefined = stepOf(task, stepId);
	const token = { at, stepId, attempt, run: 1, worker: 'w1' };
	const failed = (message: string): TaskCommand => ({
		type: 'FailStep',
		...token,
		jitter: 0.5,
		failure: { kind: 'permanent', code: 'broken', message },
	});
	if (step === undefined) throw new Error(`There is no step ${stepId}.`);
	const input = inlineInput(task, step);
	if (!input.ok) return failed(`nothing at ${input.missing}`);
	try {
		const value = call(step.spec.capability, input.input);
		return { type: 'CompleteStep', ...token, output: { kind: 'value', value }, origins: [] };
	} catch (error) {
		return failed(String(error));
	}
}
