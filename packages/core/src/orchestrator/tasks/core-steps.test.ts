import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CoreError } from '../../domain/errors.ts';
import { asStepId } from '../../domain/ids.ts';
import { pendingWork } from '../../domain/task/pending-work.ts';
import type { Step, Task } from '../../domain/task/state.ts';
import { AwaitedEvent, type CoreStepRun, type ICoreStep } from '../../ports/core-step.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { complete, given, plannedStep, submitTask } from '../../testing/given-task.ts';
import { CoreSteps } from './core-steps.ts';

const task = given(
	submitTask([
		plannedStep('a'),
		plannedStep('b', { after: ['a'], capability: 'schedule.create', input: { $from: 'a' } }),
	]),
	complete('a', { at: 7 }, { origins: ['web:x'] }),
).task();

function stepNamed(id: string, of: Task = task): Step {
	const step = of.steps[asStepId(id)];
	if (step === undefined) throw new Error(`There is no step ${id}.`);
	return step;
}

function open(run: ICoreStep['run'], output: z.ZodType = z.json()) {
	const clock = new FakeClock();
	const declaration = {
		name: 'schedule.create',
		version: 1,
		summary: 'Makes a schedule.',
		input: z.strictObject({ at: z.number() }),
		output,
		effects: 'idempotent',
		pure: false,
		placement: 'inline',
		concurrency: 1,
	} as const;
	const put = async () => ({ id: 'art', name: 'o.json', type: 'application/json', bytes: 70_000 });
	return { clock, core: new CoreSteps({ coreSteps: [{ declaration, run }], artifacts: { put }, clock }) };
}

describe('a step that the driving process carries out itself', () => {
	test('runs with its person, its origins and a key that is the same each time', async () => {
		const runs: CoreStepRun[] = [];
		const { core } = open(async (run) => {
			runs.push(run);
			return { id: 's1' };
		});
		const first = await core.run(task, stepNamed('b'), { at: 7 });
		await core.run(task, stepNamed('b'), { at: 7 });
		expect(first).toMatchObject({ type: 'CompleteStep', attempt: 1, run: 1, output: { value: { id: 's1' } } });
		expect(runs[0]).toEqual({
			taskId: 't1',
			stepId: 'b',
			person: 'owner',
			input: { at: 7 },
			origins: ['web:x'],
			key: 't1/b',
		});
		expect(runs[1]?.key).toBe('t1/b');
		expect(core.has(stepNamed('b'))).toBe(true);
		expect(core.has(stepNamed('a'))).toBe(false);
	});

	test.each([
		['store-unreachable', 'retryable'],
		['unknown-agent', 'permanent'],
	] as const)('that fails with %s is %s', async (code, kind) => {
		const { core } = open(() => Promise.reject(new CoreError(code, 'No.', { hint: 'Wait.' })));
		const command = await core.run(task, stepNamed('b'), { at: 7 });
		expect(command).toMatchObject({ type: 'FailStep', failure: { kind, code } });
	});

	test('is refused an input that does not fit, and given up when it takes too long', async () => {
		const { core, clock } = open(() => new Promise(() => {}));
		expect(await core.run(task, stepNamed('b'), { at: 'soon' })).toMatchObject({ failure: { code: 'invalid-input' } });
		const late = core.run(task, stepNamed('b'), { at: 7 });
		await clock.advance(1_000);
		expect(await late).toMatchObject({ failure: { kind: 'retryable', code: 'timed-out' } });
	});

	test('fails where what it gives is not what its declaration says', async () => {
		const { core } = open(async () => ({ id: 7 }), z.object({ id: z.string() }));
		const failure = { kind: 'permanent', code: 'internal', message: expect.stringContaining('wrong form') as string };
		expect(await core.run(task, stepNamed('b'), { at: 7 })).toMatchObject({ type: 'FailStep', failure });
	});

	test('that has done its part waits for an event, whatever its output is to be', async () => {
		const { core } = open(async () => new AwaitedEvent({ event: 'e', until: 9 }), z.object({ id: z.string() }));
		const command = await core.run(task, stepNamed('b'), { at: 7 });
		expect(command).toMatchObject({ type: 'AwaitEvent', stepId: 'b', attempt: 1, event: 'e', until: 9 });
	});

	test('is owed again where the process died before its end was known, even if it acts on the world', () => {
		const acting = given(submitTask([plannedStep('s', { capability: 'agent.send', effects: 'external' })])).task();
		// Nothing is written down when it starts, so nothing says that it might have had its effect: its key sees to that.
		expect(pendingWork(acting, 9_999_999)).toMatchObject([{ kind: 'run', stepId: 's', attempt: 1, started: false }]);
	});

	test('gives a value that is too large for a fact as a file', async () => {
		const { core } = open(() => Promise.reject(new Error('not used here')));
		const values = given(submitTask([plannedStep('v', { capability: 'flow.value' })])).task();
		const command = await core.run(values, stepNamed('v', values), { text: 'x'.repeat(70_000) });
		expect(command).toMatchObject({ type: 'CompleteStep', output: { kind: 'artifact', artifact: { id: 'art' } } });
	});
});
