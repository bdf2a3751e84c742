import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asQuestionId, taskStream } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { PlanStep } from '@errand/core/domain/task/plan.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import type { IPlanner, PlanRequest } from '@errand/core/ports/planner.ts';
import type { HomeEvents } from '@errand/core/ports/stream-homes.ts';
import { filesWrite } from '@errand/workers/capabilities/files-write.ts';
import { humanAsk } from '@errand/workers/capabilities/human-ask.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ANN, BOB, type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const anything = { input: z.any(), output: z.any() };
const echo = inline('test.echo', async (input) => input, anything);
const tainted = inline(
	'test.tainted',
	async (input, context) => {
		context.taint('web:outside.example');
		return input;
	},
	anything,
);

let errand: InProcessErrand;
afterEach(() => errand.stop());

const ended = ({ status }: { status: string }) => ['done', 'failed', 'cancelled'].includes(status);
const plan = (...steps: Record<string, unknown>[]): readonly PlanStep[] =>
	PlanStepsSchema.parse(steps.map((step) => ({ title: String(step['id']), ...step })));
const submit = async (...steps: Record<string, unknown>[]) =>
	(await errand.orchestrator.tasks.submit(ANN, { goal: 'Do it', plan: plan(...steps) })).id;

describe('outputs', () => {
	it('pass from step to step, large ones through a file, also over a list in one', async () => {
		const seen: Json[] = [];
		const note = inline('test.note', async (input) => seen.push(input as Json), anything);
		errand = await startInProcess({ catalogue: [echo, note] });
		const items = Array.from({ length: 3 }, (_, index) => ({ n: index, pad: 'x'.repeat(40_000) }));
		const id = await submit(
			{ id: 'list', capability: 'test.echo', input: { items: [{ n: 9 }] } },
			{
				id: 'big',
				capability: 'test.echo',
				input: { items: { $from: 'list.items' }, more: items.map(({ n }) => ({ n })) },
			},
			{ id: 'each', capability: 'test.note', input: { n: { $from: 'item.n' } }, forEach: { $from: 'big.more' } },
		);
		expect((await errand.until(ANN, id, ended)).status).toBe('done');
		expect(seen.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
			{ n: 0 },
			{ n: 1 },
			{ n: 2 },
		]);
	});

	it('above 64 KB are artifacts that later steps read, and lists in them are gone over', async () => {
		const made = { items: Array.from({ length: 4 }, (_, n) => ({ n, pad: 'x'.repeat(30_000) })), kind: 'large' };
		const make = inline('test.make', async () => made, anything);
		const size = inline('test.size', async (input) => ({ text: String(JSON.stringify(input).length) }), anything);
		errand = await startInProcess({ catalogue: [make, size] });
		const id = await submit(
			{ id: 'make', capability: 'test.make' },
			{ id: 'each', capability: 'test.size', input: { it: { $from: 'item' } }, forEach: { $from: 'make.items' } },
			{
				id: 'when',
				capability: 'test.size',
				input: { all: { $from: 'make' } },
				when: { path: 'make.kind', op: 'equals', value: 'large' },
			},
		);
		const task = await errand.until(ANN, id, ended);
		expect(task.status).toBe('done');
		expect(task.plan.steps.find((step) => step.id === 'make')?.output?.type).toBe('application/json');
		expect(task.plan.steps.filter((step) => step.parent === 'each')).toHaveLength(4);
		expect(Number(task.result?.text.split('\n\n').at(-1))).toBeGreaterThan(120_000);
	});

	it('extend the plan, and what they add runs', async () => {
		const extendPlan = [{ id: 'more', title: 'More', capability: 'test.echo', input: { text: 'added' } }];
		const grow = inline('test.grow', async () => ({ extendPlan }), anything);
		const wild = inline(
			'test.wild',
			async () => ({ extendPlan: [{ id: 'x', title: 'X', capability: 'no.such' }] }),
			anything,
		);
		errand = await startInProcess({ catalogue: [echo, grow, wild] });
		const task = await errand.until(ANN, await submit({ id: 'grow', capability: 'test.grow' }), ended);
		expect(task).toMatchObject({
			status: 'done',
			plan: { version: 2 },
			result: { text: expect.stringContaining('added') },
		});
		const refused = await errand.until(ANN, await submit({ id: 'wild', capability: 'test.wild' }), ended);
		expect(refused).toMatchObject({ status: 'failed', error: { code: 'invalid-plan' } });
	});
});

describe('a step with external effects', () => {
	it('runs only once the person approved exactly what it will do', async () => {
		const sent: unknown[] = [];
		const send = inline('test.send', async (input) => sent.push(input), { ...anything, effects: 'external' });
		errand = await startInProcess({ catalogue: [echo, tainted, send] });
		const steps = [
			{ id: 'read', capability: 'test.tainted', input: { to: 'x@example.org' } },
			{ id: 'send', capability: 'test.send', input: { $from: 'read' } },
		];
		const id = await submit(...steps);
		const asked = await errand.until(ANN, id, ({ questions }) => questions.length > 0);
		expect(asked.questions[0]).toMatchObject({
			kind: 'approval',
			stepId: 'send',
			effect: { summary: expect.stringContaining('x@example.org') },
		});
		expect(sent).toEqual([]);
		await errand.orchestrator.tasks.answer(ANN, id, asQuestionId(asked.questions[0]?.id ?? ''), 'approve');
		expect((await errand.until(ANN, id, ended)).status).toBe('done');
		expect(sent).toEqual([{ to: 'x@example.org' }]);
		const other = await submit(...steps);
		const again = await errand.until(ANN, other, ({ questions }) => questions.length > 0);
		await errand.orchestrator.tasks.answer(ANN, other, asQuestionId(again.questions[0]?.id ?? ''), 'refuse');
		expect((await errand.until(ANN, other, ended)).error?.code).toBe('refused');
		expect(sent).toHaveLength(1);
	});
});

describe('a step that has begun before', () => {
	it('goes before those that have not, because somebody waits for it', async () => {
		const order: string[] = [];
		const open = Promise.withResolvers<void>();
		const one = inline(
			'test.one',
			async (input, context) => {
				order.push(input as string);
				if (input === 'first') await open.promise;
				if (input === 'asks' && context.answers.length === 0) context.ask([{ kind: 'text', text: 'Which?' }]);
				return input;
			},
			{ ...anything, concurrency: 1 },
		);
		errand = await startInProcess({ catalogue: [one] });
		const step = (say: string) => submit({ id: 'step', capability: 'test.one', input: say });
		const id = await step('asks');
		const { questions } = await errand.until(ANN, id, (view) => view.questions.length > 0);
		const others: Awaited<ReturnType<typeof step>>[] = [];
		for (const say of ['first', 'second', 'third']) others.push(await step(say));
		await vi.waitFor(() => expect(order).toEqual(['asks', 'first']), 10_000);
		await errand.orchestrator.tasks.answer(ANN, id, asQuestionId(questions[0]?.id ?? ''), 'this');
		await vi.waitFor(async () => {
			expect(await errand.ports.queue.depths()).toMatchObject([{ capability: 'test.one', waiting: 3 }]);
		}, 10_000);
		open.resolve();
		for (const other of [id, ...others]) await errand.until(ANN, other, ended);
		expect(order).toEqual(['asks', 'first', 'asks', 'second', 'third']);
	});
});

describe('a workspace', () => {
	it('is there for the steps of its task, keeps what they write as artifacts, and is gone when the task is over', async () => {
		let release: () => void = () => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const hold = inline('test.hold', async () => gate.then(() => null), anything);
		errand = await startInProcess({ catalogue: [{ ...filesWrite, placement: 'inline' }, hold] });
		const id = await submit(
			{ id: 'hold', capability: 'test.hold' },
			{ id: 'w', capability: 'files.write', input: { path: 'notes/a.txt', content: 'Hello.' } },
		);
		const folder = join(errand.dataDir, 'workspaces', id);
		await expect.poll(() => existsSync(join(folder, 'notes/a.txt'))).toBe(true);
		release();
		const task = await errand.until(ANN, id, ended);
		expect(task.result?.artifacts).toMatchObject([{ name: 'a.txt' }]);
		await expect.poll(() => existsSync(folder)).toBe(false);
	});
});

describe('people', () => {
	it('see only their own tasks', async () => {
		errand = await startInProcess({ catalogue: [echo] });
		const id = await submit({ id: 'a', capability: 'test.echo' });
		const { tasks } = errand.orchestrator;
		await expect(tasks.view(BOB, id)).rejects.toMatchObject({ code: 'unknown-task' });
		await expect(tasks.cancel(BOB, id)).rejects.toMatchObject({ code: 'unknown-task' });
		await expect(tasks.facts(BOB, id, 0)).rejects.toMatchObject({ code: 'unknown-task' });
		expect((await tasks.list(BOB, { limit: 10 })).tasks).toEqual([]);
	});
});

describe('forgetting a person', () => {
	it('stops what runs for them, however old, and leaves others alone', async () => {
		const stopped: string[] = [];
		const hang = inline(
			'test.hang',
			(_input, { signal, taskId }) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener('abort', () => {
						stopped.push(taskId);
						reject(signal.reason);
					});
				}),
			{ ...anything, sessions: ['workspace'] },
		);
		errand = await startInProcess({ catalogue: [echo, hang] });
		const { tasks } = errand.orchestrator;
		const old = await submit({ id: 'a', capability: 'test.hang' });
		await expect.poll(() => existsSync(join(errand.dataDir, 'workspaces', old))).toBe(true);
		for (let count = 0; count < 120; count++) await submit({ id: 'a', capability: 'test.echo' });
		const other = await tasks.submit(BOB, {
			goal: 'Mine',
			plan: plan({ id: 'a', capability: 'test.echo', input: { text: 'kept' } }),
		});
		await errand.until(BOB, other.id, ended);
		expect(await errand.orchestrator.forget(ANN.person)).toBeGreaterThanOrEqual(121);
		await expect.poll(() => stopped).toEqual([old]);
		expect(existsSync(join(errand.dataDir, 'workspaces', old))).toBe(false);
		await expect(tasks.view(ANN, old)).rejects.toMatchObject({ code: 'unknown-task' });
		expect((await tasks.list(ANN, { limit: 10 })).tasks).toEqual([]);
		expect((await tasks.view(BOB, other.id)).result?.text).toBe('kept');
		expect(await errand.ports.audit.verify()).toMatchObject({ ok: true });
	});
});

describe('a planner that fails', () => {
	it('is tried again, and the plan it gives then is run', async () => {
		let calls = 0;
		const planner = {
			plan: async (_request: PlanRequest) => {
				if (++calls === 1) throw new Error('not today');
				const steps = plan({ id: 'a', capability: 'test.echo', input: { text: 'planned' } });
				return { kind: 'plan' as const, by: 'rules:test', method: 'rules' as const, steps };
			},
		};
		errand = await startInProcess({ catalogue: [echo], planner });
		const { id } = await errand.orchestrator.tasks.submit(ANN, { goal: 'Do it' });
		expect(await errand.until(ANN, id, ended)).toMatchObject({ status: 'done', result: { text: 'planned' } });
		expect(calls).toBe(2);
	});
});

describe('a conversation', () => {
	const planner = {
		plan: async ({ goal }: PlanRequest) =>
			goal === 'hello'
				? { kind: 'answer' as const, by: 'rules:test', method: 'rules' as const, text: 'Hi.' }
				: {
						kind: 'plan' as const,
						by: 'rules:test',
						method: 'rules' as const,
						steps: plan({
							id: 'ask',
							capability: 'human.ask',
							input: {
								questions: [
									goal === 'secret'
										? { kind: 'secret', text: 'Password?' }
										: { kind: 'choice', text: 'Which?', choices: ['red', 'blue'] },
								],
							},
						}),
					},
	};

	it('answers, asks, takes the answer by number, and keeps its order', async () => {
		errand = await startInProcess({ catalogue: [humanAsk], planner });
		await errand.say('hello');
		await errand.heard(({ text }) => text === 'Hi.');
		await errand.say('colour');
		await errand.heard(({ kind }) => kind === 'question');
		await errand.say('purple');
		await errand.heard(({ kind, text }) => kind === 'notice' && text.includes('1. red'));
		await errand.say('2');
		const answer = await errand.heard(({ kind, text }) => kind === 'answer' && text.includes('blue'));
		expect(answer.taskId).toBeDefined();
		const order = errand.delivered.map(({ seq }) => seq);
		expect(order).toEqual(order.toSorted((one, other) => one - other));
		await errand.say('/tasks');
		await errand.heard(({ text }) => text.includes('**2** colour – done'));
	});

	it('takes the same platform message once', async () => {
		errand = await startInProcess({ catalogue: [humanAsk], planner });
		await Promise.all([1, 2, 3].map(() => errand.say('hello', { id: 'same' })));
		await errand.heard(({ text }) => text === 'Hi.');
		await errand.say('/tasks');
		await errand.heard(({ text }) => text.includes('**1** hello') && !text.includes('**2**'));
	});

	it('delivers a reply again until it has a receipt', async () => {
		const onDeliver = (_reply: unknown, attempt: number) => {
			if (attempt === 1) throw new Error('the line is busy');
		};
		errand = await startInProcess({ catalogue: [humanAsk], planner, onDeliver });
		await errand.say('hello');
		expect(await errand.heard(({ text }) => text === 'Hi.')).toMatchObject({ repeated: true });
	});

	it('keeps a secret answer out of every history', async () => {
		errand = await startInProcess({ catalogue: [humanAsk], planner });
		await errand.say('secret');
		const question = await errand.heard(({ kind }) => kind === 'question');
		await errand.say('hunter2-hunter2', { replyTo: question.id });
		await errand.heard(({ kind }) => kind === 'answer');
		const id = question.taskId;
		if (id === undefined) throw new Error('The question names no task.');
		const { events } = await errand.orchestrator.tasks.facts(ANN, id, 0);
		expect(JSON.stringify(events)).not.toContain('hunter2');
		const { entries } = await errand.orchestrator.conversations.entries(ANN, question.conversation, 0);
		expect(JSON.stringify(entries)).not.toContain('hunter2');
		const answered = events.find(({ type }) => type === 'QuestionAnswered');
		expect(answered?.data).toMatchObject({ answer: { secret: expect.stringContaining('ann/') } });
	});

	it('cancels by a command', async () => {
		errand = await startInProcess({ catalogue: [humanAsk], planner });
		await errand.say('colour');
		const { taskId } = await errand.heard(({ kind }) => kind === 'question');
		await errand.say('/cancel');
		await errand.heard(({ text }) => text.startsWith('Stopped.'));
		if (taskId === undefined) throw new Error('The question names no task.');
		expect((await errand.orchestrator.tasks.view(ANN, taskId)).status).toBe('cancelled');
	});
});

describe('a full disk', () => {
	it('makes open tasks wait with that reason, refuses new ones, and lets all go on when there is room', async () => {
		let release: () => void = () => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const hold = inline('test.hold', async () => gate.then(() => ({ text: 'kept' })), anything);
		errand = await startInProcess({ catalogue: [echo, hold], maxHistoryPages: 150 });
		const { tasks } = errand.orchestrator;
		const held = await submit({ id: 'a', capability: 'test.hold' });
		const fill = async () => {
			for (;;) await tasks.submit(BOB, { goal: 'x'.repeat(20_000), plan: plan({ id: 'a', capability: 'test.echo' }) });
		};
		await expect(fill()).rejects.toMatchObject({ code: 'disk-full', hint: expect.stringContaining('space') });
		expect(await tasks.view(ANN, held)).toMatchObject({ status: 'waiting', reason: 'disk-full' });
		release();
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(await tasks.view(ANN, held)).toMatchObject({ status: 'waiting', reason: 'disk-full' });
		await errand.ports.audit.erase(BOB.person);
		expect(await errand.until(ANN, held, ended)).toMatchObject({ status: 'done', result: { text: 'kept' } });
		await expect(submit({ id: 'b', capability: 'test.echo' })).resolves.toBeDefined();
	});
});

describe('a stop', () => {
	it('gives up a plan under way and leaves it owed', async () => {
		const planning = Promise.withResolvers<AbortSignal>();
		const patient: IPlanner = {
			plan: (_request, signal) => {
				planning.resolve(signal);
				return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
			},
		};
		errand = await startInProcess({ catalogue: [echo], planner: patient });
		const { tasks } = errand.orchestrator;
		const { id } = await tasks.submit(ANN, { goal: 'Think long' });
		const signal = await planning.promise;
		await errand.orchestrator.stop();
		expect(signal.aborted).toBe(true);
		await new Promise((resolve) => setTimeout(resolve, 20));
		const { events } = await tasks.facts(ANN, id, 0);
		expect(events.map(({ type }) => type)).not.toContain('PlanningFailed');
		expect((await tasks.view(ANN, id)).status).toBe('planning');
	});
});

describe('a lease that ran out', () => {
	it('gives up a plan under way, which is no failure: it is made anew by whoever drives the task then', async () => {
		const planning = Promise.withResolvers<void>();
		const wanted: AbortSignal[] = [];
		const planner: IPlanner = {
			plan: async (_request, signal) => {
				if (wanted.push(signal) > 1) {
					const steps = plan({ id: 'a', capability: 'test.echo', input: { text: 'made anew' } });
					return { kind: 'plan', by: 'rules:test', method: 'rules', steps };
				}
				planning.resolve();
				return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
			},
		};
		errand = await startInProcess({ catalogue: [echo], planner });
		const { tasks } = errand.orchestrator;
		const { id } = await tasks.submit(ANN, { goal: 'Think long' });
		await planning.promise;
		const start = async ({ lapsed, adopted }: HomeEvents) => {
			lapsed();
			await adopted([{ stream: taskStream(id), dueAt: 0 }]);
		};
		Object.assign(errand.ports.homes, { start });
		await errand.orchestrator.resume();
		expect((await errand.until(ANN, id, ended)).status).toBe('done');
		expect(wanted).toHaveLength(2);
		const { events } = await tasks.facts(ANN, id, 0);
		expect(events.map(({ type }) => type)).not.toContain('PlanningFailed');
	});
});
