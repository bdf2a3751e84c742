import type { PlanStep } from '@errand/core/domain/task/plan.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ANN, BOB, type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const anything = { input: z.any(), output: z.any() };
const ended = ({ status }: { status: string }) => ['done', 'failed', 'cancelled'].includes(status);
const plan = (...steps: Record<string, unknown>[]): readonly PlanStep[] =>
	PlanStepsSchema.parse(steps.map((step) => ({ title: String(step['id']), ...step })));

let errand: InProcessErrand;
afterEach(() => errand.stop());

/** A task whose second of three steps fails until it is mended. */
async function broken() {
	const world = { mended: false };
	const echo = inline('test.echo', async (input) => input, anything);
	const fragile = inline(
		'test.fragile',
		async () => {
			if (!world.mended) throw new Error('The pipe is broken.');
			return { text: 'mended' };
		},
		{ ...anything, sessions: ['workspace'] },
	);
	errand = await startInProcess({ catalogue: [echo, fragile] });
	const closed = vi.spyOn(errand.workers.sessions, 'closeAll');
	const { id } = await errand.orchestrator.tasks.submit(ANN, {
		goal: 'Carry water',
		plan: plan(
			{ id: 'before', capability: 'test.echo', input: { text: 'first' } },
			{ id: 'pipe', capability: 'test.fragile', input: { litres: 3, from: { $from: 'before.text' } }, retry: ONCE },
			{ id: 'beside', capability: 'test.echo', input: { text: 'beside' } },
		),
	});
	expect((await errand.until(ANN, id, ended)).status).toBe('failed');
	return { id, letter: `${id}.pipe`, world, closed, desk: errand.orchestrator.tasks };
}

const ONCE = { maxAttempts: 2, waitsMs: [1] };

it('a step that gave up is listed and shown with its input, its failure and its attempts, to its person only', async () => {
	const { id, letter, desk } = await broken();
	expect(await desk.deadLetters(ANN)).toMatchObject([{ id: letter, taskId: id, stepId: 'pipe', attempts: 2 }]);
	const shown = await desk.deadLetter(ANN, letter);
	expect(shown).toMatchObject({ goal: 'Carry water', capability: 'test.fragile' });
	expect(JSON.parse(shown.input)).toEqual({ litres: 3, from: { $from: 'before.text' } });
	expect(shown.history.map(({ attempt, run }) => [attempt, run])).toEqual([
		[1, 1],
		[2, 1],
	]);
	expect(shown.history[0]).toMatchObject({
		worker: expect.stringContaining('local'),
		error: { message: expect.stringContaining('The pipe is broken.') },
	});
	expect(await desk.deadLetters(BOB)).toEqual([]);
	for (const wrong of [`${id}.before`, `${id}.none`, 'none.pipe', 'none', '.', `${id}.`]) {
		await expect(desk.deadLetter(ANN, wrong)).rejects.toMatchObject({ code: 'not-found' });
		await expect(desk.dropDeadLetter(ANN, wrong)).rejects.toMatchObject({ code: 'not-found' });
	}
	await expect(desk.deadLetter(BOB, letter)).rejects.toMatchObject({ code: 'not-found' });
	await expect(desk.dropDeadLetter(BOB, letter)).rejects.toMatchObject({ code: 'not-found' });
	expect(await desk.deadLetters(ANN)).toHaveLength(1);
});

it('a replayed one runs again and is no dead letter any more', async () => {
	const { id, letter, world, closed, desk } = await broken();
	// What its sessions remember is kept for this.
	await vi.waitFor(() => expect(closed.mock.calls).toEqual([[id, { keepState: true }]]));
	world.mended = true;
	await desk.replayDeadLetter(ANN, letter);
	expect((await errand.until(ANN, id, ended)).status).toBe('done');
	await vi.waitFor(() => expect(closed.mock.calls.at(-1)).toEqual([id, { keepState: false }]));
	expect(await desk.deadLetters(ANN)).toEqual([]);
	await expect(desk.replayDeadLetter(ANN, letter)).rejects.toMatchObject({ code: 'not-possible' });
});

it('a dropped one is left out, and its task goes on with the rest', async () => {
	const { id, letter, desk } = await broken();
	await desk.dropDeadLetter(ANN, letter);
	const task = await errand.until(ANN, id, ended);
	expect(task.status).toBe('done');
	expect(task.plan.steps.map(({ id: step, status }) => [step, status])).toEqual([
		['before', 'done'],
		['pipe', 'skipped'],
		['beside', 'done'],
	]);
	expect(await desk.deadLetters(ANN)).toEqual([]);
	await expect(desk.dropDeadLetter(ANN, letter)).rejects.toMatchObject({ code: 'not-found' });
});
