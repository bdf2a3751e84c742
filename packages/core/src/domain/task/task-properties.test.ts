import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, fail, lose, OWNER, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { asQuestionId, asStepId } from '../ids.ts';
import type { TaskCommand } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { RecordedTaskFact } from './facts.ts';
import { pendingWork } from './pending-work.ts';
import type { PlannedStep } from './plan.ts';
import { hasEnded, openQuestions, type TaskState } from './state.ts';
import { viewTask } from './view.ts';

// Edges go from lower to higher numbers, so every generated plan is acyclic.
const plan = fc
	.array(
		fc.record({
			after: fc.uniqueArray(fc.nat(8), { maxLength: 3 }),
			essential: fc.boolean(),
			external: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
			refers: fc.boolean(),
			list: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
			condition: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
		}),
		{ minLength: 1, maxLength: 8 },
	)
	.map((shapes) =>
		shapes.map((shape, index): PlannedStep => {
			const after = shape.after.filter((other) => other < index).map((other) => `s${other}`);
			const [first] = after;
			return plannedStep(`s${index}`, {
				after,
				essential: shape.essential,
				effects: shape.external ? 'external' : 'none',
				...(shape.refers ? { input: { from: after.map((id) => ({ $from: id })) } } : {}),
				...(shape.list && first !== undefined ? { forEach: { $from: `${first}.items` } } : {}),
				...(shape.condition && first !== undefined ? { when: { path: `${first}.go`, op: 'equals', value: true } } : {}),
			});
		}),
	);

const stepName = fc.oneof(
	fc.nat(8).map((n) => `s${n}`),
	fc.tuple(fc.nat(8), fc.nat(2)).map(([n, m]) => `s${n}:${m}`),
);
const run = fc.record({
	attempt: fc.integer({ min: 1, max: 5 }),
	run: fc.integer({ min: 1, max: 2 }),
	at: fc.nat(200_000),
});
const output = fc.constantFrom(null, { go: true, items: [1, 2] }, { go: false, items: [] }, { text: 'x', items: 'no' });

const command: fc.Arbitrary<TaskCommand> = fc.oneof(
	{ weight: 4, arbitrary: fc.tuple(stepName, run).map(([id, change]) => start(id, change)) },
	{
		weight: 6,
		arbitrary: fc
			.tuple(stepName, output, run, fc.boolean())
			.map(([id, value, change, tainted]) =>
				complete(id, value, { ...change, ...(tainted ? { origins: ['web:x'] } : {}) }),
			),
	},
	fc
		.tuple(
			stepName,
			fc.constantFrom('retryable' as const, 'permanent' as const, 'timed-out' as const, 'cancelled' as const),
			run,
		)
		.map(([id, kind, change]) => fail(id, kind, change)),
	fc
		.tuple(
			stepName,
			fc.constantFrom('child-died' as const, 'host-died' as const, 'server-died' as const, 'drained' as const),
			run,
		)
		.map(([id, cause, change]) => lose(id, cause, change)),
	fc.tuple(stepName, run).map(([id, change]): TaskCommand => {
		const questions = [{ kind: 'approval', text: 'Sure?' }] as const;
		return { type: 'AskQuestions', stepId: asStepId(id), worker: 'w1', questions, ...change };
	}),
	stepName.map((id): TaskCommand => {
		return { type: 'RequestApproval', at: 5, stepId: asStepId(id), effect: { hash: 'h', summary: 's' } };
	}),
	{
		weight: 3,
		arbitrary: fc.tuple(fc.nat(60), fc.constantFrom('approve', 'refuse')).map(([n, answer]): TaskCommand => {
			return { type: 'AnswerQuestion', at: 5, questionId: asQuestionId(`q${n}`), answer, by: OWNER };
		}),
	},
	stepName.map((id): TaskCommand => ({ type: 'SkipStep', at: 5, stepId: asStepId(id), by: OWNER })),
	stepName.map((id): TaskCommand => ({ type: 'RetryStep', at: 5, stepId: asStepId(id), by: OWNER })),
	fc.tuple(fc.nat(3), stepName).map(([baseVersion, id]): TaskCommand => {
		return { type: 'EditPlan', at: 5, baseVersion, edits: [{ op: 'remove', stepId: asStepId(id) }], by: OWNER };
	}),
	fc.constant<TaskCommand>({ type: 'RetryTask', at: 5, by: OWNER }),
	fc.constant<TaskCommand>({ type: 'CancelTask', at: 5, by: OWNER, reason: 'x' }),
	fc.constant<TaskCommand>({ type: 'CheckDeadline', at: 150_000 }),
);

const setting = fc.record({
	steps: plan,
	approve: fc.boolean(),
	tight: fc.boolean(),
	commands: fc.array(command, { maxLength: 80 }),
});

type Setting = typeof setting extends fc.Arbitrary<infer Value> ? Value : never;

function play({ steps, approve, tight, commands }: Setting) {
	const history: RecordedTaskFact[] = [];
	let state: TaskState;
	const budget = { maxRuns: tight ? 4 : 1_000, maxMinutes: 60, maxTokens: 1_000, maxMicroUsd: 1_000 };
	for (const next of [submitTask(steps, { approve, budget }), ...commands]) {
		const decision = decide(state, next);
		if (!decision.ok) continue;
		for (const fact of decision.facts) assertStartAllowed(state, history, fact);
		history.push(...decision.facts);
		state = decision.state;
	}
	if (state === undefined) throw new Error('The first command submits.');
	return { history, task: state };
}

/** A start is allowed when everything the step depends on has ended by then, the facts of the same decision included. */
function assertStartAllowed(before: TaskState, history: readonly RecordedTaskFact[], fact: RecordedTaskFact): void {
	if (fact.type !== 'StepStarted' || before === undefined) return;
	const step = before.steps[fact.data.stepId];
	for (const id of step?.spec.dependsOn ?? []) {
		const dependency = before.steps[id];
		expect(
			dependency === undefined || hasEnded(dependency),
			`${fact.data.stepId} before ${id}: ${history.length}`,
		).toBe(true);
	}
}

describe('any commands in any order', () => {
	it('lose no step, and leave an open task with work or a question', () => {
		fc.assert(
			fc.property(setting, (given) => {
				const { task } = play(given);
				const removed = task.planVersion - 1;
				expect(Object.keys(task.steps).length).toBeGreaterThanOrEqual(given.steps.length - removed);
				if (task.end !== undefined) {
					expect(Object.values(task.steps).every(hasEnded)).toBe(true);
					expect(openQuestions(task)).toEqual([]);
				} else {
					expect(pendingWork(task, 0).length + openQuestions(task).length).toBeGreaterThan(0);
				}
			}),
			{ numRuns: 600 },
		);
	});
	it('number the facts without a gap and never let time fall', () => {
		fc.assert(
			fc.property(setting, (given) => {
				const { history } = play(given);
				expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
				for (const [index, fact] of history.entries())
					expect(fact.at).toBeGreaterThanOrEqual(history[index - 1]?.at ?? 0);
			}),
			{ numRuns: 200 },
		);
	});
	it('record one outcome for each run of a step', () => {
		fc.assert(
			fc.property(setting, (given) => {
				const seen = new Set<string>();
				for (const { type, data } of play(given).history) {
					if (type !== 'StepCompleted') continue;
					const key = `${data.stepId}/${data.attempt}/${data.run}`;
					expect(seen.has(key)).toBe(false);
					seen.add(key);
				}
			}),
			{ numRuns: 200 },
		);
	});
	it('can be shown and folded from any prefix, and from facts in any order, without throwing', () => {
		fc.assert(
			fc.property(setting, fc.infiniteStream(fc.nat()), (given, chance) => {
				const { history, task } = play(given);
				let state: TaskState;
				for (const fact of history) {
					state = evolve(state, fact);
					if (state !== undefined) viewTask(state);
					pendingWork(state, fact.at);
				}
				expect(state).toEqual(task);
				const shuffled = history
					.map((fact) => ({ fact, key: chance.next().value ?? 0 }))
					.toSorted((a, b) => a.key - b.key);
				let wild: TaskState;
				for (const { fact } of shuffled) wild = evolve(wild, fact);
				if (wild !== undefined) viewTask(wild);
			}),
			{ numRuns: 200 },
		);
	});
	it('always reach an end when workers succeed and the person approves', () => {
		fc.assert(
			fc.property(setting, (given) => {
				let state: TaskState = play(given).task;
				let now = 200_000;
				for (let round = 0; round < 400 && state.end === undefined; round++) {
					const next = nextCommand(state, now);
					if (typeof next === 'number') {
						now = next;
						continue;
					}
					const decision = decide(state, next);
					if (decision.ok) state = decision.state ?? state;
					else throw decision.error;
				}
				expect(state.end).toBeDefined();
			}),
			{ numRuns: 300 },
		);
	});
});

/** What a willing world does next: answers a question, carries out a piece of work, or lets time pass. */
function nextCommand(task: NonNullable<TaskState>, at: number): TaskCommand | number {
	const [question] = openQuestions(task);
	if (question !== undefined)
		return { type: 'AnswerQuestion', at, questionId: question.id, answer: 'approve', by: OWNER };
	const [work] = pendingWork(task, at);
	switch (work?.kind) {
		case 'run': {
			const { stepId, attempt } = work;
			const phase = task.steps[stepId]?.phase;
			const running = phase?.status === 'running' ? phase.run : 1;
			return complete(stepId, { go: true, items: [1] }, { attempt, run: running, at });
		}
		case 'approve-effect':
			return { type: 'RequestApproval', at, stepId: work.stepId, effect: { hash: 'h', summary: 's' } };
		case 'wait':
			return work.until;
		default:
			throw new Error(`An open task owes ${work?.kind ?? 'nothing'}.`);
	}
}
