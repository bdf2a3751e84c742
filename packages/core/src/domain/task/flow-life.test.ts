import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { admitPlan } from '../../planning/admit-plan.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { complete, fail, given, OWNER, submitTask } from '../../testing/given-task.ts';
import { asStepId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { TaskCommand } from './commands.ts';
import { PlanStepsSchema } from './plan-schema.ts';

const testStep: CapabilityDeclaration = {
	name: 'test.step',
	version: 1,
	summary: 'A step of a test.',
	input: z.json(),
	output: z.json(),
	effects: 'none',
	pure: false,
	placement: 'inline',
	concurrency: 1,
};

/** A plan as somebody outside writes it, admitted. */
function plan(...steps: readonly Readonly<Record<string, unknown>>[]) {
	const written = PlanStepsSchema.parse(steps.map(filled));
	const admission = admitPlan(written, [testStep]);
	if (!admission.ok) throw new Error(admission.problems.map(({ message }) => message).join(' '));
	return submitTask(admission.steps);
}

function filled(step: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const body = step['body'] as { steps: readonly Readonly<Record<string, unknown>>[] } | undefined;
	const inside = body === undefined ? {} : { body: { ...body, steps: body.steps.map(filled) } };
	return { title: String(step['id']), capability: 'test.step', ...step, ...inside };
}

const group = (id: string, steps: readonly object[], more: object = {}) => ({
	id,
	capability: 'flow.group',
	body: { steps, ...('gives' in more ? { gives: more.gives } : {}) },
	...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'gives')),
});
const loop = (id: string, steps: readonly object[], repeat: object, gives?: string) => ({
	id,
	capability: 'flow.loop',
	body: { steps, ...(gives === undefined ? {} : { gives }) },
	repeat,
});
const from = ($from: string) => ({ $from });
const outputOf = (task: ReturnType<ReturnType<typeof given>['task']>, id: string): Json | undefined => {
	const phase = task.steps[asStepId(id)]?.phase;
	return phase?.status === 'done' && phase.output.kind === 'value' ? phase.output.value : undefined;
};
const statusesOf = (task: ReturnType<ReturnType<typeof given>['task']>) =>
	Object.fromEntries(Object.entries(task.steps).map(([id, { phase }]) => [id, phase.status]));
const passTime = (at: number): TaskCommand => ({ type: 'PassTime', at });
const event = (name: string, data: Json, more: { id?: string; origins?: string[]; at?: number } = {}): TaskCommand => ({
	type: 'DeliverEvent',
	at: 1,
	name,
	data,
	by: OWNER,
	origins: [],
	...more,
});

describe('a group', () => {
	const submitted = plan(
		{ id: 'a' },
		group(
			'g',
			[
				{ id: 'b', input: from('a.x') },
				{ id: 'c', input: { b: from('b'), a: from('a') } },
			],
			{ gives: 'c' },
		),
		{ id: 'd', input: from('g.y') },
	);
	test('gets its steps when its turn comes, in the append of the cause', () => {
		const { facts } = given(submitted).when(complete('a', { x: 1 }));
		expect(facts.map(({ type }) => type)).toEqual(['StepStarted', 'StepCompleted', 'StepUnfolded']);
		const after = given(submitted, complete('a', { x: 1 }));
		expect(after.work()).toEqual(['run/g/b/1']);
		expect(after.task().steps[asStepId('g/c')]?.spec).toMatchObject({
			input: { b: from('g/b'), a: from('a') },
			dependsOn: ['g/b', 'a'],
		});
		expect(after.view().plan.steps.map(({ id, parent, status }) => [id, parent, status])).toEqual([
			['a', undefined, 'done'],
			['g', undefined, 'running'],
			['d', undefined, 'waiting'],
			['g/b', 'g', 'ready'],
			['g/c', 'g', 'waiting'],
		]);
	});
	test('gives what the step gives that `gives` names, and the rest of the plan goes on', () => {
		const over = given(submitted, complete('a', { x: 1 }), complete('g/b', 2), complete('g/c', { y: 3 }));
		expect(outputOf(over.task(), 'g')).toEqual({ y: 3 });
		expect(over.work()).toEqual(['run/d/1']);
		expect(over.and(complete('d', 'end')).view().status).toBe('done');
	});
	test('fails at once with an essential step in it, and takes the task along', () => {
		const broken = given(submitted, complete('a', { x: 1 }), fail('g/b'));
		expect(broken.view()).toMatchObject({ status: 'failed', error: { code: 'broken' } });
		expect(broken.view().error?.message).toBe('Step "g" failed: "b" failed: It broke.');
		const again = broken.and({ type: 'RetryTask', at: 2, by: OWNER });
		expect(again.work()).toEqual(['run/g/b/2']);
		const over = again.and(complete('g/b', 2, { attempt: 2 }), complete('g/c', { y: 3 }), complete('d'));
		expect(over.view().status).toBe('done');
	});
	test('stops what goes on inside when it fails, and the task goes on where the group is not essential', () => {
		const loose = given(
			plan(group('g', [{ id: 'b' }, { id: 'c' }, { id: 'e', dependsOn: ['b'] }], { essential: false }), { id: 'd' }),
			{ type: 'StartStep', at: 1, stepId: asStepId('g/c'), attempt: 1, run: 1, worker: 'w1' },
			fail('g/b'),
		);
		expect(statusesOf(loose.task())).toEqual({
			g: 'dead-lettered',
			d: 'waiting',
			'g/b': 'dead-lettered',
			'g/c': 'cancelled',
			'g/e': 'cancelled',
		});
		expect(loose.and(complete('d')).view()).toMatchObject({
			status: 'done',
			result: { warnings: ['"g" failed: "b" failed: It broke.'] },
		});
		const retried = loose.and({ type: 'RetryStep', at: 2, stepId: asStepId('g/b'), by: OWNER });
		expect(statusesOf(retried.task())).toMatchObject({ g: 'unfolded', 'g/b': 'waiting', 'g/c': 'waiting' });
	});
	test('goes on without a step that is not essential, and gives null where that was to give', () => {
		const over = given(plan(group('g', [{ id: 'b', essential: false }], { gives: 'b' })), fail('g/b'));
		expect(outputOf(over.task(), 'g')).toBeNull();
		expect(over.view().status).toBe('done');
	});
	test('is skipped as a whole where its condition does not hold', () => {
		const skipped = given(
			plan({ id: 'a' }, group('g', [{ id: 'b' }], { when: { path: 'a.go', op: 'equals', value: true } })),
			complete('a', { go: false }),
		);
		expect(statusesOf(skipped.task())).toEqual({ a: 'done', g: 'skipped' });
		expect(skipped.view().status).toBe('done');
	});
	test('is not begun before its plan is approved', () => {
		const submit = { ...submitted, approve: true } as TaskCommand;
		const waiting = given({ ...plan(group('g', [{ id: 'b' }])), approve: true } as TaskCommand);
		expect(statusesOf(waiting.task())).toEqual({ g: 'waiting' });
		const [question] = waiting.view().questions;
		const approved = waiting.and({
			type: 'AnswerQuestion',
			at: 2,
			questionId: question?.id ?? ('' as never),
			answer: 'approve',
			by: OWNER,
		});
		expect(approved.work()).toContain('run/g/b/1');
		expect(submit.type).toBe('SubmitTask');
	});
	test('cannot be edited from inside once it has begun', () => {
		const edit: TaskCommand = {
			type: 'EditPlan',
			at: 1,
			baseVersion: 1,
			edits: [{ op: 'remove', stepId: asStepId('g/b') }],
			by: OWNER,
		};
		expect(given(submitted, complete('a', { x: 1 })).when(edit).refusal).toBe('not-possible');
	});
	test('hands its taint to what is inside, and gathers theirs', () => {
		const over = given(
			submitted,
			complete('a', { x: 1 }, { origins: ['web:x'] }),
			complete('g/b', 2),
			complete('g/c', { y: 3 }),
		);
		expect(over.task().steps[asStepId('g')]?.origins).toEqual(['web:x']);
	});
});

describe('a group for each element of a list', () => {
	const each = plan(
		{ id: 'a' },
		{
			...group(
				'g',
				[
					{ id: 'b', input: { name: from('one.name'), all: from('a.title') } },
					group('h', [{ id: 'c', input: from('link'), when: { path: 'one.name', op: 'equals', value: 'x' } }], {
						gives: 'c',
						forEach: { $from: 'one.links', as: 'link' },
					}),
				],
				{ gives: 'h' },
			),
			forEach: { $from: 'a.list', as: 'one' },
		},
		{ id: 'd', input: from('g') },
	);
	const list = {
		title: 'T',
		list: [
			{ name: 'x', links: [1, 2] },
			{ name: 'y', links: [3] },
		],
	};
	test('has a child for each, whose inner steps refer to their element, at any depth', () => {
		const open = given(each, complete('a', list));
		expect(open.work()).toEqual(['run/g:0/b/1', 'run/g:1/b/1', 'run/g:0/h:0/c/1', 'run/g:0/h:1/c/1']);
		const { steps } = open.task();
		expect(steps[asStepId('g:1/b')]?.spec.input).toEqual({ name: from('a.list.@1.name'), all: from('a.title') });
		expect(steps[asStepId('g:0/h:1/c')]?.spec.input).toEqual(from('a.list.@0.links.@1'));
		expect(steps[asStepId('g:1/h:0/c')]?.phase.status).toBe('skipped');
	});
	test('gives the list of what the children give, lists of lists too', () => {
		const over = given(
			each,
			complete('a', list),
			complete('g:0/b'),
			complete('g:1/b'),
			complete('g:0/h:0/c', 'one'),
			complete('g:0/h:1/c', 'two'),
		);
		expect(over.work()).toEqual(['run/d/1']);
		const value = given(
			plan(
				{ id: 'a' },
				{ ...group('g', [{ id: 'b' }], { gives: 'b' }), forEach: { $from: 'a.list' } },
				{
					id: 'v',
					capability: 'flow.value',
					input: { all: from('g') },
				},
			),
			complete('a', { list: [1, 2] }),
			complete('g:0/b', 'one'),
			complete('g:1/b', 'two'),
		);
		expect(outputOf(value.task(), 'v')).toEqual({ all: ['one', 'two'] });
	});
});

describe('a value', () => {
	test('is given in the append that makes it possible, and a chain of them in one', () => {
		const submitted = plan(
			{ id: 'a' },
			{ id: 'v', capability: 'flow.value', input: { sum: [from('a.n'), 1] } },
			{ id: 'w', capability: 'flow.value', input: from('v.sum') },
		);
		const { types } = given(submitted).when(complete('a', { n: 7 }));
		expect(types).toEqual(['StepStarted', 'StepCompleted', 'StepCompleted', 'StepCompleted', 'TaskCompleted']);
		const over = given(submitted, complete('a', { n: 7 }, { origins: ['web:x'] })).task();
		expect(outputOf(over, 'w')).toEqual([7, 1]);
		expect(over.steps[asStepId('w')]?.origins).toEqual(['web:x']);
	});
	test('fails where what it refers to is not there', () => {
		const submitted = plan({ id: 'a' }, { id: 'v', capability: 'flow.value', input: from('a.none') });
		expect(given(submitted, complete('a', {})).view().error?.code).toBe('missing-input');
	});
	test('is left to whoever drives the task where it refers to a file', () => {
		const submitted = plan({ id: 'a' }, { id: 'v', capability: 'flow.value', input: from('a.n') });
		const artifact = { id: 'x', name: 'x', type: 'application/json', bytes: 99_999 };
		const large = { kind: 'artifact', artifact, preview: null, facets: {} } as const;
		const done = { ...complete('a'), output: large } as TaskCommand;
		expect(given(submitted, done).work()).toEqual(['run/v/1']);
	});
	test('of a workflow is its output', () => {
		const submitted = plan({ id: 'v', capability: 'flow.value', input: { n: 1 } });
		const { plan: own } = submitted as { plan?: { steps: never[] } };
		const run = { ...submitted, plan: { by: 'workflow:w@1', steps: own?.steps ?? [] } } as TaskCommand;
		expect(given(run).view().result?.output).toEqual({ n: 1 });
	});
});

describe('a loop', () => {
	const until = { path: 'b.done', op: 'equals', value: true };
	const counting = plan(
		loop('l', [{ id: 'b', input: { before: from('previous.n') } }], { until, max: 3, first: { n: 0 } }, 'b'),
		{ id: 'd', input: from('l.n') },
	);
	test('goes on until its condition holds; each round knows what the one before gave', () => {
		const first = given(counting);
		expect(first.work()).toEqual(['run/l#1/b/1']);
		const second = first.and(complete('l#1/b', { n: 1, done: false }));
		expect(second.work()).toEqual(['run/l#2/b/1']);
		expect(outputOf(second.task(), 'l#2/previous')).toEqual({ n: 1, done: false });
		const over = second.and(complete('l#2/b', { n: 2, done: true }));
		expect(outputOf(over.task(), 'l')).toEqual({ n: 2, done: true });
		expect(over.work()).toEqual(['run/d/1']);
		expect(over.view().plan.steps.map(({ id }) => id)).toEqual(['l', 'd', 'l#1/b', 'l#2/b']);
	});
	test('fails at its bound, and begins anew when it is retried', () => {
		const more = { n: 1, done: false };
		const bound = given(counting, complete('l#1/b', more), complete('l#2/b', more), complete('l#3/b', more));
		expect(bound.view().error).toMatchObject({ code: 'loop-bound' });
		expect(bound.view().error?.message).toContain('3 times');
		expect(bound.and({ type: 'RetryTask', at: 2, by: OWNER }).work()).toEqual(['run/l#1/b/2']);
	});
	test('goes on at its bound with what the last round gave where it is told to', () => {
		const patient = plan(loop('l', [{ id: 'b' }], { until, max: 1, otherwise: 'go-on' }, 'b'));
		expect(outputOf(given(patient, complete('l#1/b', { n: 1 })).task(), 'l')).toEqual({ n: 1 });
	});
	test('waits between rounds, and is woken in time', () => {
		const slow = given(
			plan(loop('l', [{ id: 'b' }], { until, max: 3, waitMs: 1_000 })),
			complete('l#1/b', {}, { at: 10 }),
		);
		expect(slow.work(10)).toEqual(['wait/1010']);
		expect(slow.view()).toMatchObject({ status: 'waiting', reason: 'time' });
		expect(slow.work(1_010)).toEqual(['pass-time/1010']);
		expect(slow.when(passTime(1_009)).types).toEqual([]);
		expect(slow.and(passTime(1_010)).work(1_010)).toEqual(['run/l#2/b/1']);
	});
	test('keeps two rounds in sight, however long it goes on', () => {
		let long = given(plan(loop('l', [{ id: 'b' }], { until, max: 50 })));
		for (let round = 1; round <= 20; round++) long = long.and(complete(`l#${round}/b`, {}));
		expect(Object.keys(long.task().steps)).toEqual(['l', 'l#20/b', 'l#21/b']);
	});
	test('retries the step that failed in it, and keeps the rounds before', () => {
		const broken = given(counting, complete('l#1/b', { n: 1, done: false }), fail('l#2/b'));
		expect(broken.view().status).toBe('failed');
		const again = broken.and({ type: 'RetryTask', at: 2, by: OWNER });
		expect(again.work(2)).toEqual(['run/l#2/b/2']);
	});
});

describe('a wait', () => {
	test('ends at its time, without a worker', () => {
		const submitted = plan({ id: 'w', capability: 'flow.wait', input: { ms: 500 } }, { id: 'a', dependsOn: ['w'] });
		const waiting = given(submitted);
		expect(waiting.view()).toMatchObject({ status: 'waiting', reason: 'time' });
		expect(waiting.work(1)).toEqual(['wait/501']);
		expect(waiting.and(passTime(501)).work(501)).toEqual(['run/a/1']);
	});
	test.each([
		['1970-01-01T00:00:01Z', 1_000],
		['1970-01-01T01:00:02+01:00', 2_000],
		['1970-01-01 00:00:03', 3_000],
		[4_000, 4_000],
	])('until %s ends then', (until, at) => {
		expect(given(plan({ id: 'w', capability: 'flow.wait', input: { until } })).work(1)).toEqual([`wait/${at}`]);
	});
	test('until a time that has passed is over at once, and one that is no time fails', () => {
		const past = plan({ id: 'w', capability: 'flow.wait', input: { until: '1969-01-01T00:00:00Z' } });
		expect(given(past).view().status).toBe('done');
		const wrong = plan({ id: 'a' }, { id: 'w', capability: 'flow.wait', input: { until: from('a') } });
		expect(given(wrong, complete('a', 'soon')).view().error?.code).toBe('invalid-input');
	});
});

describe('a step that waits for an event', () => {
	const submitted = plan(
		{ id: 'e', capability: 'flow.event', input: { name: 'paid', timeoutMs: 1_000 } },
		{ id: 'a', input: from('e.sum') },
	);
	test('goes on with the data of the event, tainted by where that comes from', () => {
		const waiting = given(submitted);
		expect(waiting.view()).toMatchObject({ status: 'waiting', reason: 'event' });
		const paid = waiting.and(event('paid', { sum: 3 }, { origins: ['agent:x'] }));
		expect(paid.work()).toEqual(['run/a/1']);
		expect(outputOf(paid.task(), 'e')).toEqual({ sum: 3 });
		expect(paid.task().steps[asStepId('e')]?.origins).toEqual(['agent:x']);
	});
	test('finds an event that came before it listened; the first to listen takes it', () => {
		const early = given(
			plan({ id: 'a' }, { id: 'e', capability: 'flow.event', input: { name: 'paid' }, dependsOn: ['a'] }),
		);
		const over = early.and(event('paid', 1), event('else', 2), complete('a'));
		expect(outputOf(over.task(), 'e')).toBe(1);
		expect(over.task().events).toMatchObject([{ name: 'else' }]);
	});
	test('is not told the same event twice', () => {
		const twice = given(submitted, event('paid', 1, { id: 'x' }));
		expect(twice.when(event('paid', 1, { id: 'x' })).facts).toEqual([]);
	});
	test('fails when the event does not come in time, or goes on where it is told to', () => {
		expect(given(submitted, passTime(1_001)).view().error?.code).toBe('timed-out');
		const patient = plan({
			id: 'e',
			capability: 'flow.event',
			input: { name: 'paid', timeoutMs: 5, otherwise: 'go-on' },
		});
		expect(outputOf(given(patient, passTime(6)).task(), 'e')).toEqual({ timedOut: true });
	});
	test('keeps the latest hundred events for later', () => {
		let task = given(plan({ id: 'a' }));
		for (let n = 1; n <= 101; n++) task = task.and(event('x', n));
		expect(task.task().events).toHaveLength(100);
		expect(task.task().events?.[0]?.data).toBe(2);
	});
	test('is refused by a task that has ended, and when it is too large', () => {
		expect(given(plan({ id: 'a' }), complete('a')).when(event('x', 1)).refusal).toBe('not-possible');
		expect(given(submitted).when(event('x', 'x'.repeat(70_000))).refusal).toBe('too-large');
	});
});

describe('a step that has done its part and awaits an event', () => {
	const asks = { id: 'q', input: { otherwise: 'fail' } };
	const awaits = (more: { attempt?: number; at?: number; until?: number } = {}): TaskCommand => ({
		...{ type: 'AwaitEvent', at: 1, stepId: asStepId('q'), attempt: 1, run: 1, event: 'agent.reply.m', until: 1_000 },
		...more,
	});
	const asked = given(plan(asks, { id: 'a', input: from('q.payload') }), awaits());
	test('waits without owing a run, and gives what the event says', () => {
		expect(asked.work()).toEqual(['wait/1000']);
		expect(asked.when(awaits()).refusal).toBe('stale-outcome');
		const told = asked.and(event('agent.reply.m', { payload: 7 }, { origins: ['agent:b'] }));
		expect(told.work()).toEqual(['run/a/1']);
		expect(outputOf(told.task(), 'q')).toEqual({ payload: 7 });
		expect(told.task().steps[asStepId('q')]).toMatchObject({ attempts: 1, origins: ['agent:b'] });
	});
	test('is done at once where the event came before it waited', () => {
		const early = given(plan(asks), event('agent.reply.m', 1), awaits());
		expect(early.view()).toMatchObject({ status: 'done' });
	});
	test('fails without an answer in time, and a retry has it asked for once more', () => {
		const late = asked.and(passTime(1_001));
		expect(late.view().error).toMatchObject({
			code: 'timed-out',
			message: expect.stringContaining('answer') as string,
		});
		const again = late.and({ type: 'RetryTask', at: 1_002, by: OWNER });
		expect(again.work()).toEqual(['run/q/1']);
		expect(again.and(awaits({ at: 1_003, until: 2_000 })).work()).toEqual(['wait/2000']);
	});
	test('goes on without one where its input says so, also where that holds a large output', () => {
		const patient = { ...asks, input: { otherwise: 'go-on', payload: from('big') } };
		const output = { kind: 'artifact', artifact: { id: 'f', name: 'f', type: 'x', bytes: 9 }, preview: '', facets: {} };
		const started = given(plan({ id: 'big' }, patient), { ...complete('big'), output } as TaskCommand, awaits());
		expect(outputOf(started.and(passTime(1_001)).task(), 'q')).toEqual({ timedOut: true });
	});
});

describe('what can be undone', () => {
	const undo = (what: string) => ({ capability: 'test.step', input: { what, of: from('self.id') } });
	const submitted = plan(
		{ id: 'a', undo: undo('a') },
		group('g', [{ id: 'b', input: from('a.id'), undo: undo('b') }], {}),
		{ id: 'c', dependsOn: ['g'] },
		{ id: 'd' },
	);
	const about = given(submitted, complete('a', { id: 1 }), complete('g/b', { id: 2 }), fail('c'));
	test('is taken back before the task fails, what was done last first, one after the other', () => {
		expect(about.view().status).toBe('running');
		expect(statusesOf(about.task())).toMatchObject({ d: 'cancelled', 'a~undo': 'waiting', 'g/b~undo': 'waiting' });
		expect(about.work()).toEqual(['run/g/b~undo/1']);
		expect(about.task().steps[asStepId('a~undo')]?.spec.input).toEqual({ what: 'a', of: from('a.id') });
		const half = about.and(complete('g/b~undo'));
		expect(half.work()).toEqual(['run/a~undo/1']);
		const over = half.and(complete('a~undo'));
		expect(over.view().error).toMatchObject({ code: 'broken' });
		expect(over.view().error?.message).toBe('Step "c" failed: It broke. Taken back: "b", "a".');
	});
	test('is said where it could not be taken back', () => {
		const over = about.and(fail('g/b~undo'), complete('a~undo'));
		expect(over.view().error?.message).toContain('Could not be taken back: "b" (It broke).');
		expect(over.view().error?.hint).toContain('Look after what could not be taken back.');
	});
	test('is done again when the task is retried, what was not taken back stays', () => {
		const over = about.and(fail('g/b~undo'), complete('a~undo'));
		const again = over.and({ type: 'RetryTask', at: 2, by: OWNER });
		expect(again.work(2)).toEqual(['run/a/2', 'run/d/1']);
		expect(Object.keys(again.task().steps).some((id) => id.endsWith('~undo'))).toBe(false);
	});
	test('stays where the person cancels, before and in the middle of it', () => {
		const cancel: TaskCommand = { type: 'CancelTask', at: 2, by: OWNER, reason: 'x' };
		expect(given(submitted, complete('a', { id: 1 })).when(cancel).types).toEqual(['TaskCancelled']);
		expect(about.when(cancel).types).toEqual(['TaskCancelled']);
		expect(about.when({ type: 'RetryStep', at: 2, stepId: asStepId('c'), by: OWNER }).refusal).toBe('not-possible');
	});
	test('is taken back for each element of a list', () => {
		const each = plan(
			{ id: 'a' },
			{
				id: 'b',
				forEach: { $from: 'a.list' },
				input: from('item'),
				undo: { capability: 'test.step', input: from('item') },
			},
			{ id: 'c', dependsOn: ['b'] },
		);
		const failed = given(each, complete('a', { list: [1, 2] }), complete('b:0'), complete('b:1'), fail('c'));
		expect(failed.work()).toEqual(['run/b:1~undo/1']);
		expect(failed.task().steps[asStepId('b:1~undo')]?.spec.input).toEqual(from('a.list.@1'));
	});
});
