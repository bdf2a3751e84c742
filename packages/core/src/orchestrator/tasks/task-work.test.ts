import { describe, expect, test, vi } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import { asQuestionId, asStepId, taskStream } from '../../domain/ids.ts';
import { pendingWork, type TaskWork } from '../../domain/task/pending-work.ts';
import type { Task } from '../../domain/task/state.ts';
import type { Job } from '../../ports/job-queue.ts';
import { aJob } from '../../testing/a-job.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { given, OWNER, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { StoredOutputs } from './stored-outputs.ts';
import { TaskWorker } from './task-work.ts';

const plan = submitTask([plannedStep('a')]);
const token = { stepId: asStepId('a'), attempt: 1, run: 1, worker: 'w1' };
const questions = [{ kind: 'secret', text: 'Which word?' }] as const;
const asked = given(plan, start('a'), { type: 'AskQuestions', at: 1, ...token, questions });
const [questionId = ''] = Object.keys(asked.task().questions);
const answer = { secret: 'owner/word' };
const answered = asked.and({ type: 'AnswerQuestion', at: 1, questionId: asQuestionId(questionId), answer, by: OWNER });

/** A worker of tasks, and the queue that it fills. */
function open(
	goOn: () => Promise<void> = async () => {},
	tasks: { state: () => Promise<Task | undefined> } | undefined = undefined,
) {
	const unused = () => {
		throw new Error('not used here');
	};
	const held = new Map<string, Job>();
	const again: string[] = [];
	const reading: { resolve: () => void; reject: (error: Error) => void }[] = [];
	let doubt = () => {};
	const clock = new FakeClock();
	const worker = new TaskWorker({
		tasks: { handle: unused, state: unused, ...tasks },
		conversations: { state: unused },
		queue: {
			lostWith: 'host-died',
			enqueue: async (job) => void held.set(job.id, job),
			cancel: async () => {},
			holds: (id) => new Promise((resolve, reject) => reading.push({ resolve: () => resolve(held.has(id)), reject })),
			onDoubt: (listener) => {
				doubt = () => listener(undefined);
				return () => {};
			},
		},
		bus: { publish: () => {}, subscribe: () => () => {}, attend: async () => () => {} },
		planner: { plan: unused },
		admission: { admit: unused, knows: () => true },
		outputs: new StoredOutputs({ put: unused, get: unused, stat: unused, eraseOf: unused }),
		vault: {
			put: unused,
			deleteUnder: unused,
			get: () => new Promise((resolve, reject) => reading.push({ resolve: () => resolve('swordfish'), reject })),
		},
		sessions: { closeAll: unused },
		beginnings: { goOn, stop: () => {} },
		artifacts: { put: unused },
		coreSteps: [],
		again: (stream, key) => void again.push(`${stream} ${key}`),
		report: unused,
		clock,
	});
	return { worker, held, again, reading, clock, doubt: () => doubt() };
}

function runOf(task: Task): TaskWork {
	const run = pendingWork(task, 1).find(({ kind }) => kind === 'run');
	if (run === undefined) throw new Error('No run is owed.');
	return run;
}

describe('a run that nobody waits for', () => {
	const unhurried = submitTask([plannedStep('a')], { unhurried: true });

	test('holds back until it may go on, and runs as its task is by then', async () => {
		const { promise: turn, resolve } = Promise.withResolvers<void>();
		const before = given(unhurried);
		const edited = before.and({
			...{ type: 'EditPlan', at: 1, baseVersion: 1, by: OWNER },
			edits: [{ op: 'update', step: { ...plannedStep('a'), input: { edited: true } } }],
		});
		const { worker, held } = open(() => turn, { state: async () => edited.task() });
		const run = worker.carryOut(runOf(before.task()), before.task());
		await Promise.resolve();
		expect([...held]).toEqual([]);
		resolve();
		await run;
		expect([...held.values()]).toMatchObject([{ input: { edited: true } }]);
	});

	test('does not run once it is owed no longer, or by another process', async () => {
		for (const call of ['dropped', 'released'] as const) {
			const { promise: turn, resolve } = Promise.withResolvers<void>();
			const task = given(unhurried).task();
			const { worker, held } = open(() => turn, { state: async () => task });
			const run = worker.carryOut(runOf(task), task);
			if (call === 'dropped') worker.dropped(runOf(task), task);
			else worker.released(taskStream(task.id), runOf(task));
			resolve();
			await run;
			expect([...held]).toEqual([]);
		}
	});

	test('of a task that somebody waits for goes at once', async () => {
		const task = given(plan).task();
		const { worker, held } = open(() => new Promise(() => {}));
		await worker.carryOut(runOf(task), task);
		expect(held.size).toBe(1);
	});
});

describe('a step that is to be run', () => {
	test('is enqueued at the second try where an answer could not be read at the first', async () => {
		const { worker, held, reading } = open();
		const task = answered.task();
		const first = worker.carryOut(runOf(task), task);
		await vi.waitFor(() => expect(reading).toHaveLength(1));
		reading[0]?.reject(new CoreError('store-unreachable', 'Gone.', { hint: 'Wait.' }));
		await expect(first).rejects.toMatchObject({ code: 'store-unreachable' });
		const second = worker.carryOut(runOf(task), task);
		await vi.waitFor(() => expect(reading).toHaveLength(2));
		reading[1]?.resolve();
		await second;
		expect([...held.values()]).toMatchObject([{ answers: [{ question: 'Which word?', answer: 'swordfish' }] }]);
	});

	test('is not enqueued when it is needed no longer by the time its input is there', async () => {
		const { worker, held, reading } = open();
		const task = answered.task();
		const run = worker.carryOut(runOf(task), task);
		await vi.waitFor(() => expect(reading).toHaveLength(1));
		worker.dropped(runOf(task), task);
		reading[0]?.resolve();
		await run;
		expect([...held]).toEqual([]);
	});

	test('is not waited for by a process that let go of it while it was looked for', async () => {
		const { worker, held, again, reading, doubt } = open();
		const task = given(plan, start('a')).task();
		held.set('t1.a.1', aJob('t1'));
		const run = worker.carryOut(runOf(task), task);
		worker.released(taskStream(task.id), runOf(task));
		reading[0]?.resolve();
		await run;
		held.clear();
		doubt();
		expect(reading).toHaveLength(1);
		expect(again).toEqual([]);
	});

	test('that may be lost is looked for until the queue says whether it has it, and run again if it has not', async () => {
		const { worker, held, again, reading, clock, doubt } = open();
		const task = given(plan).task();
		await worker.carryOut(runOf(task), task);
		held.clear();
		doubt();
		for (const asked of [0, 1]) {
			reading[asked]?.reject(new CoreError('store-unreachable', 'Gone.', { hint: 'Wait.' }));
			await clock.advance(1_000);
		}
		reading[2]?.resolve();
		await clock.advance(1_000);
		expect(reading).toHaveLength(3);
		expect(again).toEqual([`${taskStream(task.id)} ${runOf(task).key}`]);
	});

	test('that is lost and nobody says so is missed after a while', async () => {
		const { worker, held, again, reading, clock } = open();
		const task = given(plan).task();
		await worker.carryOut(runOf(task), task);
		await clock.advance(60_000);
		reading[0]?.resolve();
		held.clear();
		await clock.advance(60_000);
		reading[1]?.resolve();
		await clock.advance(60_000);
		expect(again).toEqual([`${taskStream(task.id)} ${runOf(task).key}`]);
		expect(clock.waiting).toBe(0);
	});

	test('is asked for once more where it is doubted while the queue is being asked, and no more after the end', async () => {
		const { worker, held, again, reading, clock, doubt } = open();
		const task = given(plan).task();
		await worker.carryOut(runOf(task), task);
		doubt();
		doubt();
		reading[0]?.resolve();
		await clock.advance(0);
		expect(reading).toHaveLength(2);
		worker.stop();
		held.clear();
		reading[1]?.reject(new CoreError('store-unreachable', 'Gone.', { hint: 'Wait.' }));
		await clock.advance(60_000);
		expect(reading).toHaveLength(2);
		expect(again).toEqual([]);
	});
});
