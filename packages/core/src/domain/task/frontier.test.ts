import { describe, expect, it } from 'vitest';
import { complete, fail, plannedStep, submitTask } from '../../testing/given-task.ts';
import { asStepId } from '../ids.ts';
import type { TaskCommand } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { RecordedTaskFact } from './facts.ts';
import { deadLettersIn, hasOpenSteps, stepsGoingOn } from './frontier.ts';
import { pendingWork } from './pending-work.ts';
import type { PlannedBody, PlannedStep } from './plan.ts';
import type { Task, TaskState } from './state.ts';

const bodyOf = (...steps: readonly PlannedStep[]): PlannedBody => {
	const gives = steps.at(-1)?.id;
	return gives === undefined ? { steps } : { steps, gives };
};
const inner = (of: string): PlannedBody =>
	bodyOf(
		plannedStep(`${of}x`),
		plannedStep(`${of}y`, { after: [`${of}x`] }),
		plannedStep(`${of}z`, { after: [`${of}y`] }),
	);

/** Groups in each other and beside each other, a loop and plain steps: more than are looked through one by one. */
const plan: readonly PlannedStep[] = [
	...Array.from({ length: 12 }, (_, index) =>
		plannedStep(`s${index}`, index === 0 ? {} : { after: [`s${index - 1}`] }),
	),
	...Array.from({ length: 12 }, (_, index) =>
		plannedStep(`g${index}`, {
			capability: 'flow.group',
			body: inner(`g${index}`),
			after: index % 3 === 0 ? [] : [`g${index - 1}`],
		}),
	),
	plannedStep('deep', {
		capability: 'flow.group',
		body: bodyOf(
			plannedStep('in', { capability: 'flow.group', body: inner('in') }),
			plannedStep('out', { after: ['in'] }),
		),
	}),
	plannedStep('loop', {
		capability: 'flow.loop',
		body: bodyOf(plannedStep('again')),
		repeat: { until: { path: asStepId('again'), op: 'equals', value: 'enough' }, max: 4, otherwise: 'go-on' },
	}),
	plannedStep('last', { after: ['s11', 'g11', 'deep', 'loop'] }),
];

/** The history of a task whose runs end in turn, some of them badly at first. */
function history(): readonly RecordedTaskFact[] {
	const facts: RecordedTaskFact[] = [];
	let state: TaskState;
	const carryOut = (command: TaskCommand) => {
		const decision = decide(state, command);
		if (!decision.ok) throw decision.error;
		facts.push(...decision.facts);
		state = decision.state;
	};
	carryOut(submitTask(plan));
	for (let turn = 0; turn < 200; turn++) {
		const runs = pendingWork(state, 1).flatMap((work) => (work.kind === 'run' ? [work] : []));
		const run = runs[turn % Math.max(1, runs.length)];
		if (run === undefined) break;
		const { stepId, attempt } = run;
		carryOut(turn % 7 === 3 ? fail(stepId, 'cancelled', { attempt }) : complete(stepId, `t${turn}`, { attempt }));
	}
	return facts;
}

describe('where a task of many steps goes on', () => {
	it('is known from fact to fact as if all steps were looked through anew', () => {
		const facts = history();
		expect(facts.at(-1)?.type).toBe('TaskCompleted');
		let state: TaskState;
		for (const fact of facts) {
			state = evolve(state, fact);
			if (state === undefined) continue;
			expect({ fact, ...known(state) }).toEqual({ fact, ...known({ ...state, steps: { ...state.steps } }) });
		}
	});
});

function known(task: Task) {
	const goingOn = stepsGoingOn(task).map(({ spec }) => spec.id);
	return { goingOn, open: hasOpenSteps(task), deadLetters: deadLettersIn(task) };
}
