import { ANSWER_STEP, asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { type RecordedTaskFact, type TaskFact, taskFact } from '@errand/core/domain/task/facts.ts';
import { describe, expect, it } from 'vitest';
import type { Problem } from './problem.ts';
import { createTasks } from './tasks.ts';

const stepId = asStepId('read');
const facts = [
	taskFact('TaskSubmitted', {
		taskId: asTaskId('t1'),
		goal: 'Read it',
		person: asPersonId('owner'),
		attachments: [],
		approve: false,
		budget: { maxRuns: 1, maxMinutes: 1, maxTokens: 1, maxMicroUsd: 1 },
	}),
	taskFact('PlanProposed', {
		by: 'rules:read',
		method: 'rules',
		steps: [
			{
				id: stepId,
				title: 'Read',
				capability: 'web.read',
				input: {},
				dependsOn: [],
				essential: true,
				retry: { maxAttempts: 1, waitsMs: [1] },
				timeoutMs: 1,
				effects: 'none',
			},
		],
	}),
	taskFact('StepStarted', { stepId, attempt: 1, run: 1, worker: 'w1' }),
	taskFact('TaskCancelled', { by: 'owner', reason: 'Enough.' }),
].map((fact: TaskFact, index) => ({ ...fact, seq: index + 1, at: 1_000 + index }) as RecordedTaskFact);

function setUp() {
	const followed: [string, number][] = [];
	const unfollowed: string[] = [];
	const frames: (() => void)[] = [];
	let refuse: (problem: Problem) => void = () => {};
	let changes = 0;
	const tasks = createTasks(
		{
			follow: (id, after, refused) => {
				followed.push([id, after]);
				refuse = refused;
			},
			unfollow: (id) => unfollowed.push(id),
		},
		() => changes++,
		(run) => frames.push(run),
	);
	return {
		tasks,
		followed,
		unfollowed,
		frames,
		changes: () => changes,
		refuse: (problem: Problem) => refuse(problem),
		give: (id: string, ...some: RecordedTaskFact[]) => {
			for (const fact of some) tasks.takeFact(id, fact);
			for (const run of frames.splice(0)) run();
		},
	};
}

describe('createTasks', () => {
	it('follows a task once, and folds what arrives in one frame at once', () => {
		const { tasks, followed, frames, changes } = setUp();
		const task = tasks.open('t1');
		expect(tasks.open('t1')).toBe(task);
		expect(followed).toEqual([['t1', 0]]);
		for (const fact of facts.slice(0, 3)) tasks.takeFact('t1', fact);
		expect(task.view.value).toBeUndefined();
		expect(frames).toHaveLength(1);
		frames[0]?.();
		expect(task.view.value?.plan.steps[0]?.status).toBe('running');
		expect(changes()).toBe(1);
	});

	it('asks again from the last fact it knows when one is missing, and at every new connection', () => {
		const { tasks, followed, give } = setUp();
		const task = tasks.open('t1');
		give('t1', ...facts.slice(0, 1), ...facts.slice(2, 3));
		expect(followed.at(-1)).toEqual(['t1', 1]);
		give('t1', ...facts.slice(0, 3));
		expect(task.view.value?.seq).toBe(3);
		tasks.catchUp();
		expect(followed.at(-1)).toEqual(['t1', 3]);
	});

	it('keeps words of progress while the step runs, and drops them with its end', () => {
		const { tasks, give } = setUp();
		const task = tasks.open('t1');
		tasks.takeProgress('t1', { stepId: 'read', percent: 10, text: 'page 1' });
		give('t1', ...facts.slice(0, 3));
		tasks.takeProgress('t1', { stepId: 'read', percent: 20 });
		give('t1');
		expect(task.progress.value['read']).toMatchObject({ percent: 20, text: 'page 1' });
		give('t1', ...facts.slice(3));
		expect(task.progress.value).toEqual({});
	});

	it('keeps a word that came before the fact of its step’s start', () => {
		const { tasks, give } = setUp();
		const task = tasks.open('t1');
		give('t1', ...facts.slice(0, 2));
		tasks.takeProgress('t1', { stepId: 'read', partial: 'One' });
		give('t1');
		expect(task.draft.value).toBeUndefined();
		give('t1', ...facts.slice(2, 3));
		expect(task.draft.value).toBe('One');
	});

	it('keeps what is written of a direct answer until there is a plan or an end', () => {
		const { tasks, give } = setUp();
		const task = tasks.open('t1');
		give('t1', ...facts.slice(0, 1));
		for (const partial of ['He', 'Hello', 'Hel']) tasks.takeProgress('t1', { stepId: ANSWER_STEP, partial });
		expect(task.draft.value).toBeUndefined();
		give('t1');
		expect(task.draft.value).toBe('Hel');
		give('t1', ...facts.slice(1, 2));
		expect(task.draft.value).toBeUndefined();
		expect(task.partials.value).toEqual({});
	});

	it('takes what the last step writes for the draft of the answer, and says the rest of its words apart', () => {
		const { tasks, give } = setUp();
		const task = tasks.open('t1');
		give('t1', ...facts.slice(0, 3));
		tasks.takeProgress('t1', { stepId: 'read', percent: 10, partial: 'One' });
		give('t1');
		const { progress } = task;
		const words = progress.value;
		tasks.takeProgress('t1', { stepId: 'read', percent: 10, partial: 'One two' });
		give('t1');
		expect([task.draft.value, task.writing.value]).toEqual(['One two', true]);
		expect(progress.value).toBe(words);
		give('t1', ...facts.slice(3));
		expect([task.draft.value, task.writing.value]).toEqual([undefined, false]);
	});

	it('lets ended tasks go before the server would refuse to follow more', () => {
		const { tasks, unfollowed, give } = setUp();
		for (let number = 0; number < 45; number++) {
			tasks.open(`t${number}`);
			give(`t${number}`, ...facts);
		}
		expect(unfollowed).toEqual(['t0', 't1', 't2', 't3']);
	});

	it('shows why a task cannot be followed', () => {
		const { tasks, refuse } = setUp();
		const task = tasks.open('nope');
		refuse({ status: 404, code: 'unknown-task', message: 'There is no task "nope".' });
		expect(task.problem.value?.code).toBe('unknown-task');
	});
});
