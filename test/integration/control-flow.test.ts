import type { Json } from '@errand/core/domain/json.ts';
import type { PlanStep } from '@errand/core/domain/task/plan.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ANN, type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const anything = { input: z.any(), output: z.any() };
const echo = inline('test.echo', async (input) => input, anything);

let errand: InProcessErrand;
afterEach(() => errand.stop());

const ended = ({ status }: { status: string }) => ['done', 'failed', 'cancelled'].includes(status);
const submit = async (...steps: Record<string, unknown>[]) => {
	const plan: readonly PlanStep[] = PlanStepsSchema.parse(steps);
	return (await errand.orchestrator.tasks.submit(ANN, { goal: 'Do it', plan, planBy: 'workflow:test@1' })).id;
};

describe('control flow', () => {
	it('passes outputs in files through groups, values, conditions and lists inside them', async () => {
		const made = { items: Array.from({ length: 3 }, (_, n) => ({ n, pad: 'x'.repeat(30_000) })), kind: 'large' };
		const seen: Json[] = [];
		const make = inline('test.make', async () => made, anything);
		const note = inline('test.note', async (input) => ({ at: seen.push(input as Json) }), anything);
		errand = await startInProcess({ catalogue: [make, note, echo] });
		const id = await submit(
			{
				id: 'outer',
				title: 'Outer',
				capability: 'flow.group',
				body: { steps: [{ id: 'make', title: 'Make', capability: 'test.make' }], gives: 'make' },
			},
			{
				id: 'each',
				title: 'Each',
				capability: 'flow.group',
				forEach: { $from: 'outer.items', as: 'one' },
				body: {
					gives: 'note',
					steps: [
						{
							id: 'note',
							title: 'Note',
							capability: 'test.note',
							input: { n: { $from: 'one.n' } },
							when: { path: 'one.n', op: 'gt', value: 0 },
						},
					],
				},
			},
			{
				id: 'all',
				title: 'All',
				capability: 'flow.value',
				input: { items: { $from: 'outer.items' } },
				dependsOn: ['each'],
			},
			{
				id: 'count',
				title: 'Count',
				capability: 'test.echo',
				input: { kind: { $from: 'outer.kind' }, last: { $from: 'all.items.2.n' } },
				when: { path: 'outer.kind', op: 'equals', value: 'large' },
			},
		);
		const task = await errand.until(ANN, id, ended);
		expect(task.error).toBeUndefined();
		expect(seen.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([{ n: 1 }, { n: 2 }]);
		expect(task.result?.output).toEqual({ kind: 'large', last: 2 });
		expect(task.plan.steps.find(({ id: step }) => step === 'each:0/note')?.status).toBe('skipped');
	});

	it('waits for times and events without a worker, and repeats until a condition holds', async () => {
		let tries = 0;
		const poll = inline('test.poll', async () => ({ ready: ++tries >= 3 }), anything);
		errand = await startInProcess({ catalogue: [poll, echo] });
		const id = await submit(
			{ id: 'pause', title: 'Pause', capability: 'flow.wait', input: { ms: 30 } },
			{
				id: 'poll',
				title: 'Poll',
				capability: 'flow.loop',
				dependsOn: ['pause'],
				body: { steps: [{ id: 'look', title: 'Look', capability: 'test.poll' }], gives: 'look' },
				repeat: { until: { path: 'look.ready', op: 'equals', value: true }, max: 5, waitMs: 10 },
			},
			{ id: 'paid', title: 'Paid', capability: 'flow.event', input: { name: 'paid' }, dependsOn: ['poll'] },
			{ id: 'end', title: 'End', capability: 'test.echo', input: { sum: { $from: 'paid.sum' } } },
		);
		const waiting = await errand.until(ANN, id, ({ reason }) => reason === 'event');
		expect(waiting.status).toBe('waiting');
		expect(tries).toBe(3);
		await errand.orchestrator.tasks.deliverEvent(ANN, id, { name: 'paid', data: { sum: 5 }, id: 'e1' });
		const task = await errand.until(ANN, id, ended);
		expect(task.result?.output).toEqual({ sum: 5 });
	});

	it('takes back what was done before it fails', async () => {
		const undone: Json[] = [];
		const undo = inline('test.undo', async (input) => ({ n: undone.push(input as Json) }), anything);
		const broken = inline(
			'test.broken',
			async () => {
				throw new Error('No.');
			},
			anything,
		);
		errand = await startInProcess({ catalogue: [undo, broken, echo] });
		const taking = (id: string, rest: Record<string, unknown> = {}) => ({
			id,
			title: id,
			capability: 'test.echo',
			input: { id },
			undo: { capability: 'test.undo', input: { $from: 'self.id' } },
			...rest,
		});
		const retry = { maxAttempts: 1, waitsMs: [1] };
		const id = await submit(taking('a'), taking('b', { dependsOn: ['a'] }), {
			id: 'c',
			title: 'C',
			capability: 'test.broken',
			dependsOn: ['b'],
			retry,
		});
		const task = await errand.until(ANN, id, ended);
		expect(task.status).toBe('failed');
		expect(task.error?.message).toContain('Taken back: "b", "a".');
		expect(undone).toEqual(['b', 'a']);
	});

	it('carries two hundred steps one after the other', async () => {
		errand = await startInProcess({ catalogue: [echo] });
		const chain = Array.from({ length: 200 }, (_, n) => ({
			id: `s${n}`,
			title: `Step ${n}`,
			capability: 'test.echo',
			input: n === 0 ? { n } : { $from: `s${n - 1}` },
		}));
		const task = await errand.until(ANN, await submit(...chain), ended);
		expect(task.status).toBe('done');
		expect(task.result?.output).toEqual({ n: 0 });
	});
});
