import { describe, expect, it } from 'vitest';
import { complete, fail, given, lose, OWNER, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { asQuestionId, asStepId } from '../ids.ts';
import { DEFAULT_BUDGET } from './budget.ts';
import type { TaskCommand } from './commands.ts';
import type { PlannedStep } from './plan.ts';

const chain = [plannedStep('a'), plannedStep('b', { after: ['a'], input: { from: { $from: 'a' } } })];
const diamond = [
	plannedStep('a'),
	plannedStep('left', { after: ['a'] }),
	plannedStep('right', { after: ['a'] }),
	plannedStep('end', { after: ['left', 'right'] }),
];
const answer = (question: string, text: string, at = 1): TaskCommand => ({
	type: 'AnswerQuestion',
	at,
	questionId: asQuestionId(question),
	answer: text,
	by: given(submitTask()).task().person,
});
const status = (steps: readonly PlannedStep[], ...commands: TaskCommand[]) =>
	Object.fromEntries(
		given(submitTask(steps), ...commands)
			.view()
			.plan.steps.map((step) => [step.id, step.status]),
	);

describe('submitting', () => {
	it('records the goal and the plan that came with it in one append', () => {
		expect(given().when(submitTask(chain)).types).toEqual(['TaskSubmitted', 'PlanProposed']);
	});
	it('changes nothing the second time', () => {
		expect(given(submitTask(chain)).when(submitTask(chain)).types).toEqual([]);
	});
	it('refuses an empty goal', () => {
		expect(given().when(submitTask([], { goal: ' \n' })).refusal).toBe('empty-goal');
	});
	it('refuses a plan with a cycle, naming the steps', () => {
		const cycle = [plannedStep('a', { after: ['b'] }), plannedStep('b', { after: ['a'] })];
		expect(given().when(submitTask(cycle)).refusal).toBe('invalid-plan');
	});
	it('owes planning without a plan', () => {
		expect(given(submitTask()).work()).toEqual(['plan/0/1']);
		expect(given(submitTask()).view().status).toBe('planning');
	});
	it('refuses any other command on a task that does not exist', () => {
		expect(given().when(start('a')).refusal).toBe('unknown-task');
	});
});

describe('planning', () => {
	const propose: TaskCommand = {
		type: 'ProposePlan',
		at: 2,
		by: 'rules:x',
		steps: chain,
		method: 'rules',
		note: 'So.',
	};
	it('takes the first plan and ignores a second one', () => {
		expect(given(submitTask()).when(propose).types).toEqual(['PlanProposed']);
		expect(given(submitTask(), propose).when(propose).types).toEqual([]);
	});
	it('answers without steps', () => {
		const task = given(submitTask(), {
			type: 'AnswerDirectly',
			at: 2,
			by: 'rules:hello',
			text: 'Hi.',
			method: 'rules',
		});
		expect(task.view()).toMatchObject({
			status: 'done',
			result: { text: 'Hi.' },
			plan: { by: 'rules:hello', steps: [] },
		});
	});
	it('waits for answers about the goal, then owes planning again', () => {
		const questions = [
			{ kind: 'text', text: 'Which ones?' },
			{ kind: 'choice', text: 'How?', choices: ['fast', 'well'] },
		] as const;
		const asked = given(submitTask(), { type: 'AskAboutGoal', at: 2, questions });
		expect(asked.view()).toMatchObject({ status: 'waiting', reason: 'question' });
		expect(asked.work()).toEqual([]);
		const half = asked.and(answer('q2', 'these'));
		expect(half.work()).toEqual([]);
		expect(half.when(answer('q3', 'cheaply')).refusal).toBe('invalid-input');
		expect(half.and(answer('q3', 'well')).work()).toEqual(['plan/0/5']);
	});
	it('tries again after waits, then fails with the reason and a hint', () => {
		const broken = (at: number): TaskCommand => ({
			type: 'FailPlanning',
			at,
			failure: { kind: 'retryable', code: 'internal', message: 'No luck.' },
			jitter: 0.5,
		});
		const once = given(submitTask(), broken(10));
		expect(once.work(10)).toEqual(['wait/1010']);
		expect(once.work(1_010)).toEqual(['plan/1/2']);
		const failed = once.and(broken(1_010), broken(20_000));
		expect(failed.view()).toMatchObject({ status: 'failed', error: { code: 'internal', hint: expect.any(String) } });
	});
	it('fails at once when the plan can never be admitted', () => {
		const failure = { kind: 'permanent', code: 'invalid-plan', message: 'No.' } as const;
		expect(given(submitTask()).when({ type: 'FailPlanning', at: 2, failure, jitter: 0 }).types).toEqual([
			'PlanningFailed',
			'TaskFailed',
		]);
	});
});

describe('running steps', () => {
	it('runs a step only after what it depends on', () => {
		expect(status(diamond)).toEqual({ a: 'ready', left: 'waiting', right: 'waiting', end: 'waiting' });
		expect(status(diamond, complete('a'))).toEqual({ a: 'done', left: 'ready', right: 'ready', end: 'waiting' });
		expect(given(submitTask(diamond)).when(start('left')).refusal).toBe('stale-outcome');
	});
	it('records the start of an inline run along with its end', () => {
		expect(given(submitTask(chain)).when(complete('a')).types).toEqual(['StepStarted', 'StepCompleted']);
		expect(given(submitTask(chain), start('a')).when(complete('a')).types).toEqual(['StepCompleted']);
	});
	it('ends with the last step, answering with what the last steps say', () => {
		const output = {
			text: 'Forty-two.',
			sources: [{ title: 'Book', quote: 'forty-two' }],
			artifacts: [],
			warnings: ['Old.'],
		};
		const done = given(submitTask(chain), complete('a'), complete('b', output));
		expect(done.view()).toMatchObject({
			status: 'done',
			result: { text: 'Forty-two.', sources: [{ title: 'Book' }], warnings: ['Old.'], method: 'rules' },
		});
		expect(done.work()).toEqual([]);
	});
	it('takes into the answer only sources and files that are such, whatever a step calls by these names', () => {
		const [source, file] = [{ title: 'Book' }, { id: 'f', name: 'a.txt', type: 'text/plain', bytes: 1 }];
		const output = { text: 'So.', sources: [null, 5, {}, source], artifacts: [null, 'f', { id: 'f' }, file] };
		const done = given(submitTask(chain), complete('a'), complete('b', output));
		expect(done.view().result).toMatchObject({ text: 'So.', sources: [source], artifacts: [file] });
		const odd = given(submitTask(chain), complete('a'), complete('b', { sources: 'x', artifacts: { 0: file } }));
		expect(odd.view().result).toMatchObject({ sources: [], artifacts: [] });
	});
	it('refuses outcomes below the highest started token', () => {
		const second = given(submitTask(chain), start('a'), start('a', { run: 2 }));
		expect(second.when(complete('a')).refusal).toBe('stale-outcome');
		expect(second.when(complete('a', 1, { run: 2 })).types).toEqual(['StepCompleted']);
	});
	it('records an outcome once', () => {
		expect(given(submitTask(chain), complete('a')).when(complete('a')).refusal).toBe('stale-outcome');
	});
	it('lets the worker of a run tell its start again, and nobody else', () => {
		const started = given(submitTask(chain), start('a'));
		const elsewhere: TaskCommand = {
			type: 'StartStep',
			at: 1,
			stepId: asStepId('a'),
			attempt: 1,
			run: 1,
			worker: 'w2',
		};
		expect(started.when(start('a')).facts).toEqual([]);
		expect(started.when(elsewhere).refusal).toBe('stale-outcome');
	});
	it('names an unknown step', () => {
		expect(given(submitTask(chain)).when(start('zzz')).refusal).toBe('unknown-step');
		expect(given(submitTask(chain)).when(start('constructor')).refusal).toBe('unknown-step');
	});
});

describe('failing', () => {
	it('waits between attempts, longer each time, then gives up', () => {
		const once = given(submitTask(chain), start('a'), fail('a', 'retryable', { at: 100 }));
		expect(once.work(100)).toEqual(['wait/1100']);
		expect(once.work(1_100)).toEqual(['run/a/2']);
		expect(once.when(start('a', { attempt: 2, at: 500 })).refusal).toBe('stale-outcome');
		const twice = once.and(fail('a', 'timed-out', { attempt: 2, at: 1_100 }));
		expect(twice.work(1_100)).toEqual(['wait/11100']);
		const third = twice.when(fail('a', 'retryable', { attempt: 3, at: 11_100 }));
		expect(third.types).toEqual(['StepStarted', 'StepFailed', 'StepDeadLettered', 'TaskFailed']);
	});
	it('gives up at once on a permanent failure, and an essential one fails the task', () => {
		const failed = given(submitTask(diamond), complete('a'), fail('left'));
		expect(failed.view()).toMatchObject({ status: 'failed', error: { code: 'broken' } });
		expect(status(diamond, complete('a'), fail('left'))).toMatchObject({ left: 'dead-lettered', right: 'cancelled' });
	});
	it('goes on without a step that is not essential, and warns', () => {
		const steps = [
			plannedStep('x', { essential: false }),
			plannedStep('y', { essential: false }),
			plannedStep('sum', { after: ['x', 'y'], input: { of: [{ $from: 'x' }, { $from: 'y' }] } }),
		];
		const done = given(submitTask(steps), fail('x'), complete('y', 2), complete('sum', { text: 'ok' }));
		expect(done.view()).toMatchObject({ status: 'done', result: { warnings: [expect.stringContaining('Step x')] } });
	});
	it('fails an essential step whose input was never made, and skips one that is not essential', () => {
		const steps = (essential: boolean) => [
			plannedStep('x', { essential: false }),
			plannedStep('y', { after: ['x'], input: { of: { $from: 'x' } }, essential }),
		];
		expect(given(submitTask(steps(true)), fail('x')).view().status).toBe('failed');
		expect(status(steps(false), fail('x'))).toEqual({ x: 'dead-lettered', y: 'skipped' });
		expect(given(submitTask(steps(false)), fail('x')).view().status).toBe('done');
	});
});

describe('losing runs', () => {
	it('runs a lost step again at once, outside its retry budget', () => {
		let task = given(submitTask(chain));
		for (let attempt = 1; attempt <= 10; attempt++) {
			task = task.and(start('a', { attempt }), lose('a', 'host-died', { attempt }));
			expect(task.work()).toEqual([`run/a/${attempt + 1}`]);
		}
		expect(task.task().steps[asStepId('a')]).toMatchObject({ failures: 0, attempts: 10 });
	});
	it('gives up on a step whose own child died three times', () => {
		const dying = [1, 2].flatMap((attempt) => [start('a', { attempt }), lose('a', 'child-died', { attempt })]);
		const last = given(submitTask(chain), ...dying, start('a', { attempt: 3 })).when(
			lose('a', 'child-died', { attempt: 3 }),
		);
		expect(last.types).toEqual(['StepLost', 'StepDeadLettered', 'TaskFailed']);
	});
	it('runs a step alone after two deaths of the whole server', () => {
		const died = [1, 2].flatMap((attempt) => [start('a', { attempt }), lose('a', 'server-died', { attempt })]);
		const task = given(submitTask(chain), ...died);
		expect(task.work()).toEqual(['run/a/3']);
		expect(task.task().steps[asStepId('a')]?.serverDeaths).toBe(2);
	});
	it('does not repeat what may have acted on the world', () => {
		const external = [plannedStep('send', { effects: 'external' })];
		const lost = given(submitTask(external), start('send')).when(lose('send'));
		expect(lost.types).toEqual(['StepFailed', 'StepDeadLettered', 'TaskFailed']);
		expect(lost.facts[0]).toMatchObject({ data: { failure: { kind: 'unknown-outcome' } } });
		const again = given(submitTask(external), start('send')).when(start('send', { run: 2 }));
		expect(again.types).toEqual(['StepFailed', 'StepDeadLettered', 'TaskFailed']);
		const late = given(submitTask(external), start('send')).when(fail('send', 'timed-out'));
		expect(late.facts[0]).toMatchObject({ data: { failure: { kind: 'unknown-outcome' } } });
	});
	it('runs a drained step again, even one with external effects that never began to act', () => {
		const external = [plannedStep('send', { effects: 'external' })];
		expect(given(submitTask(external), start('send'), lose('send', 'drained')).work()).toEqual(['run/send/2']);
	});
});

describe('conditions', () => {
	const steps = [
		plannedStep('a'),
		plannedStep('b', { after: ['a'], when: { path: 'a.count', op: 'gt', value: 3 } }),
		plannedStep('c', { after: ['b'], input: { x: { $from: 'b' } } }),
	];
	it('skips a step whose condition does not hold, and what needs its output', () => {
		expect(status(steps, complete('a', { count: 3 }))).toEqual({ a: 'done', b: 'skipped', c: 'skipped' });
		expect(given(submitTask(steps), complete('a', { count: 3 })).view().status).toBe('done');
	});
	it('runs it when the condition holds', () => {
		expect(status(steps, complete('a', { count: 4 }))).toMatchObject({ b: 'ready' });
	});
});

describe('going over a list', () => {
	const steps = (essential = true) => [
		plannedStep('list'),
		plannedStep('each', {
			after: ['list'],
			forEach: { $from: 'list.items' },
			input: { it: { $from: 'item' } },
			essential,
		}),
		plannedStep('sum', { after: ['each'], input: { all: { $from: 'each' } } }),
	];
	const listed = complete('list', { items: ['x', 'y', 'z'] });
	it('runs one step per item and joins them in order', () => {
		const expanded = given(submitTask(steps()), listed);
		expect(expanded.work()).toEqual(['run/each:0/1', 'run/each:1/1', 'run/each:2/1']);
		const last = expanded.and(complete('each:2'), complete('each:0')).when(complete('each:1'));
		expect(last.types).toEqual(['StepStarted', 'StepCompleted', 'StepJoined']);
	});
	it('joins an empty list at once', () => {
		expect(status(steps(), complete('list', { items: [] }))).toEqual({ list: 'done', each: 'done', sum: 'ready' });
	});
	it('keeps what worked when items may fail', () => {
		const done = given(
			submitTask(steps(false)),
			listed,
			complete('each:0'),
			fail('each:1'),
			complete('each:2'),
			complete('sum'),
		);
		expect(done.view()).toMatchObject({ status: 'done', result: { warnings: [expect.stringContaining('2 of 3')] } });
	});
	it('fails when an essential list has a failed item, and a retry runs only that item again', () => {
		const failed = given(submitTask(steps()), listed, complete('each:0'), complete('each:2'), fail('each:1'));
		expect(failed.view().status).toBe('failed');
		const again = failed.and({ type: 'RetryTask', at: 2, by: failed.task().person });
		expect(again.work()).toEqual(['run/each:1/2']);
		expect(again.and(complete('each:1', 1, { attempt: 2 })).work()).toEqual(['run/sum/1']);
	});
	it('says so when there is no list', () => {
		expect(given(submitTask(steps()), complete('list', { items: 'x' })).view()).toMatchObject({
			status: 'failed',
			error: { message: expect.stringContaining('list.items') },
		});
	});
});

describe('asking', () => {
	const asks: TaskCommand = {
		type: 'AskQuestions',
		at: 1,
		stepId: asStepId('a'),
		attempt: 1,
		run: 1,
		worker: 'w1',
		questions: [
			{ kind: 'text', text: 'Name?' },
			{ kind: 'approval', text: 'Sure?' },
		],
	};
	it('asks several questions at once and runs the step again when all are answered', () => {
		const asked = given(submitTask(chain), start('a'), asks);
		expect(asked.view()).toMatchObject({
			status: 'waiting',
			reason: 'question',
			questions: [{ id: 'q4' }, { id: 'q5' }],
		});
		expect(asked.and(answer('q4', 'Ann')).work()).toEqual([]);
		expect(asked.and(answer('q4', 'Ann'), answer('q5', 'approve')).work()).toEqual(['run/a/2']);
	});
	it('lets the first valid answer win', () => {
		const answered = given(submitTask(chain), start('a'), asks, answer('q4', 'Ann'));
		expect(answered.when(answer('q4', 'Ann')).types).toEqual([]);
		expect(answered.when(answer('q4', 'Bob')).refusal).toBe('not-possible');
		expect(answered.when(answer('q5', 'maybe')).refusal).toBe('invalid-input');
		expect(answered.when(answer('q99', 'x')).refusal).toBe('unknown-question');
	});
	it('takes for a secret no reference to what somebody else gave in confidence', () => {
		const asked = given(submitTask(chain), start('a'), { ...asks, questions: [{ kind: 'secret', text: 'PIN?' }] });
		const secret = (name: string): TaskCommand => ({ ...answer('q4', ''), answer: { secret: name } }) as TaskCommand;
		for (const name of ['ann/task/1/q4', `${OWNER}s/task/1/q4`, '']) {
			expect(asked.when(secret(name)).refusal).toBe('invalid-input');
		}
		expect(asked.when(secret(`${OWNER}/task/1/q4`)).types).toEqual(['QuestionAnswered']);
	});
	it('withdraws open questions when the task ends', () => {
		const cancelled = given(submitTask(chain), start('a'), asks, {
			type: 'CancelTask',
			at: 2,
			by: 'owner',
			reason: 'Enough.',
		});
		expect(cancelled.view()).toMatchObject({ status: 'cancelled', questions: [] });
		expect(cancelled.when(answer('q4', 'Ann')).refusal).toBe('not-possible');
	});
});

describe('approving', () => {
	it('runs nothing before the plan is approved', () => {
		const asked = given(submitTask(chain, { approve: true }));
		expect(asked.work()).toEqual([]);
		expect(asked.when(start('a')).refusal).toBe('stale-outcome');
		expect(asked.and(answer('q3', 'approve')).work()).toEqual(['run/a/1']);
		expect(asked.and(answer('q3', 'refuse')).view().status).toBe('cancelled');
	});
	it('asks before a step made from outside content acts on the world, and for exactly that effect', () => {
		const steps = [
			plannedStep('read'),
			plannedStep('send', { after: ['read'], input: { $from: 'read' }, effects: 'external' }),
		];
		const read = given(submitTask(steps), complete('read', 'x', { origins: ['web:example.org'] }));
		expect(read.work()).toEqual(['approve-effect/send/1']);
		const effect = { hash: 'h1', summary: 'send it' };
		const asked = read.and({ type: 'RequestApproval', at: 1, stepId: asStepId('send'), effect });
		expect(asked.work()).toEqual([]);
		const approved = asked.and(answer('q5', 'approve'));
		expect(approved.work()).toEqual(['run/send/1']);
		expect(approved.task().steps[asStepId('send')]?.approvedEffect).toBe('h1');
		expect(asked.and(answer('q5', 'refuse')).view()).toMatchObject({ status: 'failed', error: { code: 'refused' } });
	});
	it('lets a step act on what the person wrote themselves', () => {
		expect(given(submitTask([plannedStep('send', { effects: 'external' })])).work()).toEqual(['run/send/1']);
	});
});

describe('taint', () => {
	it('is carried along inputs, conditions and lists', () => {
		const steps = [
			plannedStep('page'),
			plannedStep('file'),
			plannedStep('both', {
				after: ['page', 'file'],
				input: [{ $from: 'page' }],
				when: { path: 'file.ok', op: 'exists' },
			}),
			plannedStep('own'),
		];
		const done = given(
			submitTask(steps),
			complete('page', { items: [1] }, { origins: ['web:a.example'] }),
			complete('file', { ok: true }, { origins: ['file:f1'] }),
			complete('both'),
		);
		expect(done.task().steps[asStepId('both')]?.origins.toSorted()).toEqual(['file:f1', 'web:a.example']);
		expect(done.task().steps[asStepId('own')]?.origins).toEqual([]);
	});
	it('taints steps that an output added to the plan', () => {
		const extend: TaskCommand = {
			type: 'CompleteStep',
			at: 1,
			stepId: asStepId('a'),
			attempt: 1,
			run: 1,
			worker: 'w1',
			output: { kind: 'value', value: null },
			origins: ['web:a.example'],
			extend: [plannedStep('more', { effects: 'external' })],
		};
		const extended = given(submitTask([plannedStep('a')]), extend);
		expect(extended.work()).toEqual(['approve-effect/more/2']);
		expect(extended.view().plan).toMatchObject({ version: 2, steps: [{ id: 'a' }, { id: 'more', status: 'ready' }] });
	});
});

describe('editing the plan', () => {
	const edit = (baseVersion: number, edits: Extract<TaskCommand, { type: 'EditPlan' }>['edits']): TaskCommand => ({
		type: 'EditPlan',
		at: 2,
		baseVersion,
		edits,
		by: given(submitTask()).task().person,
	});
	it('adds, changes and removes steps that have not started', () => {
		const edited = given(
			submitTask(diamond),
			complete('a'),
			edit(1, [
				{ op: 'update', step: plannedStep('end', { after: ['left'], title: 'New end' }) },
				{ op: 'remove', stepId: asStepId('right') },
				{ op: 'add', step: plannedStep('extra', { after: ['end'] }) },
			]),
		);
		expect(edited.view().plan).toMatchObject({ version: 2 });
		expect(edited.view().plan.steps.map(({ id, title }) => `${id} ${title}`)).toEqual([
			'a Step a',
			'left Step left',
			'end New end',
			'extra Step extra',
		]);
	});
	it('refuses an edit against an old version, of a started step, or into a cycle', () => {
		const task = given(submitTask(chain), start('a'));
		expect(task.when(edit(0, [{ op: 'remove', stepId: asStepId('b') }])).refusal).toBe('version-conflict');
		expect(task.when(edit(1, [{ op: 'remove', stepId: asStepId('a') }])).refusal).toBe('not-possible');
		const circle = [plannedStep('x', { after: ['y'] }), plannedStep('y', { after: ['x'] })];
		expect(
			task.when(
				edit(
					1,
					circle.map((step) => ({ op: 'add', step })),
				),
			).refusal,
		).toBe('invalid-plan');
	});
	it('makes an approval void', () => {
		const approved = given(submitTask(chain, { approve: true }), answer('q3', 'approve'));
		const edited = approved.and(edit(1, [{ op: 'add', step: plannedStep('z') }]));
		expect(edited.work()).toEqual([]);
		expect(edited.view().questions).toHaveLength(1);
	});
});

describe('steering', () => {
	const by = given(submitTask()).task().person;
	it('cancels once, and takes no outcome after', () => {
		const cancel: TaskCommand = { type: 'CancelTask', at: 2, by, reason: 'Enough.' };
		const cancelled = given(submitTask(chain), start('a'), cancel);
		expect(cancelled.when(cancel).types).toEqual([]);
		expect(cancelled.when(complete('a')).refusal).toBe('stale-outcome');
		expect(cancelled.work()).toEqual([]);
	});
	it('skips a step at the person’s word, with what needs its output', () => {
		const skip: TaskCommand = { type: 'SkipStep', at: 2, stepId: asStepId('a'), by };
		expect(status(chain, skip)).toEqual({ a: 'skipped', b: 'skipped' });
		expect(given(submitTask(chain), complete('a')).when(skip).refusal).toBe('not-possible');
	});
	it('replays from the point of failure, keeping what was done', () => {
		const failed = given(submitTask(chain), complete('a', 1), fail('b'));
		const again = failed.and({ type: 'RetryTask', at: 2, by });
		expect(again.view().status).toBe('running');
		expect(again.work()).toEqual(['run/b/2']);
		expect(again.and(complete('b', { text: 'ok' }, { attempt: 2 })).view().status).toBe('done');
	});
	it('owes the end of sessions again after a replay that did not use them, because they were kept for it', () => {
		const visit = plannedStep('a', { sessions: ['workspace'] });
		const failed = given(submitTask([visit, plannedStep('b', { after: ['a'] })]), complete('a', 1), fail('b'));
		const closed = failed.and({ type: 'CloseSessions', at: 2 });
		expect([failed.work().length, closed.work().length]).toEqual([1, 0]);
		const done = closed.and({ type: 'RetryTask', at: 3, by }).and(complete('b', { text: 'ok' }, { attempt: 2 }));
		expect(done.view().status).toBe('done');
		expect(done.when({ type: 'CloseSessions', at: 4 }).types).toEqual(['SessionsClosed']);
		expect(done.work()).toEqual([expect.stringMatching(/^close-sessions/)]);
	});
	it('refuses to retry what goes on or has nothing to mend', () => {
		expect(given(submitTask(chain)).when({ type: 'RetryTask', at: 2, by }).refusal).toBe('not-possible');
		const done = given(submitTask([plannedStep('a')]), complete('a'));
		expect(done.when({ type: 'RetryTask', at: 2, by }).refusal).toBe('not-possible');
	});
	it('retries one dead-lettered step of a task that is done, and what was made without it', () => {
		const steps = [
			plannedStep('x', { essential: false }),
			plannedStep('y'),
			plannedStep('sum', { after: ['x', 'y'], input: [{ $from: 'x' }, { $from: 'y' }] }),
		];
		const done = given(submitTask(steps), fail('x'), complete('y'), complete('sum'));
		const again = done.and({ type: 'RetryStep', at: 2, stepId: asStepId('x'), by });
		expect(again.work()).toEqual(['run/x/2']);
		expect(again.and(complete('x', 1, { attempt: 2 })).work()).toEqual(['run/sum/2']);
	});
	it('fails at its deadline', () => {
		const task = given(submitTask(chain, { deadline: 500 }));
		expect(task.work(499)).toEqual(['run/a/1', 'wait/500']);
		expect(task.work(500)).toEqual(['check-deadline/500', 'run/a/1']);
		expect(task.when({ type: 'CheckDeadline', at: 499 }).types).toEqual([]);
		expect(task.when({ type: 'CheckDeadline', at: 500 }).types).toEqual(['TaskFailed']);
	});
});

describe('budget', () => {
	const small = { budget: { maxRuns: 1, maxMinutes: 10, maxTokens: 1_000, maxMicroUsd: 1_000 } };
	it('asks before going over, then goes on with twice as much or stops', () => {
		const over = given(submitTask(chain, small), complete('a'));
		expect(over.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(over.work()).toEqual([]);
		const raised = over.and(answer('q5', 'approve'));
		expect(raised.work()).toEqual(['run/b/1']);
		expect(raised.task().budget.maxRuns).toBe(2);
		expect(over.and(answer('q5', 'refuse')).view()).toMatchObject({ status: 'failed', error: { code: 'over-budget' } });
	});

	it('ends the task where the person may not raise it, and again when it is retried', () => {
		const over = given(submitTask(chain, { budget: { ...small.budget, firm: true } }), complete('a'));
		expect(over.view()).toMatchObject({ status: 'failed', error: { code: 'over-budget' }, questions: [] });
		expect(over.and({ type: 'RetryTask', at: 2, by: OWNER }).view()).toMatchObject({ status: 'failed', questions: [] });
	});
});

describe('time', () => {
	it('never runs backwards in a history', () => {
		const task = given(submitTask(chain, { at: 1_000 }), start('a', { at: 900 }), complete('a', 1, { at: 800 }));
		const times = task.history.map(({ at }) => at);
		expect(times).toEqual(times.toSorted((one, other) => one - other));
	});
});

describe('what a task costs', () => {
	const DAY_MS = 86_400_000;
	const NOON = DAY_MS / 2;
	/** When the budget of the first day of 1970 is back. */
	const BACK = DAY_MS + 60_000;
	const by = OWNER;
	const usage = { tokens: 40, microUsd: 7 };
	const small = { ...DEFAULT_BUDGET, maxTokens: 100 };

	it('counts planning, answers without steps, and every run however it ended', () => {
		const plan: TaskCommand = { type: 'ProposePlan', at: 2, by: 'model:m', method: 'model', steps: chain, usage };
		const planned = given(submitTask(), plan);
		expect(planned.history.map(({ type }) => type)).toEqual(['TaskSubmitted', 'UsageRecorded', 'PlanProposed']);
		expect(planned.and({ ...fail('a', 'retryable'), usage } as TaskCommand).view().cost).toEqual({
			tokens: 80,
			microUsd: 14,
		});
		expect(planned.and(start('a'), { ...lose('a'), usage } as TaskCommand).view().cost.tokens).toBe(80);
		expect(planned.and({ ...complete('a'), usage } as TaskCommand).view().cost.tokens).toBe(80);
		const direct: TaskCommand = {
			type: 'AnswerDirectly',
			at: 2,
			by: 'model:m',
			text: 'Paris.',
			method: 'model',
			usage,
		};
		expect(given(submitTask(), direct).view()).toMatchObject({ status: 'done', cost: usage });
	});

	it('holds a run that met the end of the budget until the person allows more, and no failure is counted', () => {
		const over = { ...lose('a', 'over-budget'), usage: { tokens: 100, microUsd: 0 } } as TaskCommand;
		const held = given(submitTask(chain, { budget: small }), start('a'), over);
		expect(held.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(held.work()).toEqual([]);
		const [question] = held.view().questions;
		const allow = { type: 'AnswerQuestion', at: 3, questionId: question?.id, answer: 'approve', by } as TaskCommand;
		expect(held.and(allow).work()).toEqual(['run/a/2']);
	});

	const answered = (task: ReturnType<typeof given>, answer: string) =>
		task.and({ type: 'AnswerQuestion', at: 3, questionId: task.view().questions[0]?.id, answer, by } as TaskCommand);

	it('asks once about what is left of its own budget where that stopped a run or planning before it was used up', () => {
		const words = 'Too little is left of the budget of this task.';
		const stopped = { ...lose('a', 'over-budget'), words } as TaskCommand;
		const held = given(submitTask(chain), start('a'), stopped);
		expect(held.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(held.view().questions.map(({ text }) => text)).toEqual([
			`${words} Go on with twice the budget for this task?`,
		]);
		expect(held.work()).toEqual([]);
		expect(answered(held, 'approve').work()).toEqual(['run/a/2']);
		expect(answered(held, 'approve').history.at(-1)?.type).toBe('BudgetRaised');
		expect(answered(held, 'refuse').view()).toMatchObject({ status: 'failed', error: { code: 'over-budget' } });
		const failure = { kind: 'permanent', code: 'over-budget', message: 'Too little is left.', hint: 'Wait.' } as const;
		const unplanned = given(submitTask(), { type: 'FailPlanning', at: 2, failure, jitter: 0 });
		expect(unplanned.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(unplanned.view().questions[0]?.text).toMatch(/^Too little is left\. Wait\. Go on with twice/);
		expect(unplanned.work()).toEqual([]);
		expect(answered(unplanned, 'approve').work()).toEqual(['plan/0/4']);
		const firm = given(submitTask(chain, { budget: { ...DEFAULT_BUDGET, firm: true } }), start('a'), stopped);
		expect(firm.view()).toMatchObject({ status: 'failed', error: { code: 'over-budget', message: words } });
	});

	it('offers to try again, and no more for the task, where the budget of a day stopped it', () => {
		const message = 'The budget for all models of $5.00 a day leaves too little for this: $4.99 is spent.';
		const hint = 'Go on after 00:00 UTC.';
		const question =
			'Try again now? Without an answer the task goes on by itself once the day is over (UTC); a no ends it.';
		const stopped = { ...lose('a', 'over-day-budget'), at: NOON, words: `${message} ${hint}` } as TaskCommand;
		const failure = { kind: 'permanent', code: 'over-day-budget', message, hint } as const;
		for (const [held, next, again] of [
			[given(submitTask(chain), start('a', { at: NOON }), stopped), 'run/a/2', { ...stopped, attempt: 2 }],
			[given(submitTask(), { type: 'FailPlanning', at: NOON, failure, jitter: 0 }), 'plan/0/3', undefined],
		] as const) {
			expect(held.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
			expect(held.view().questions).toMatchObject([{ text: `${message} ${hint} ${question}`, budget: 'day' }]);
			expect(held.work(NOON)).toEqual([`wait/${BACK}`]);
			const allowed = answered(held, 'approve');
			expect(allowed.work()).toEqual([next]);
			expect(allowed.history.filter(({ type }) => type === 'BudgetRaised')).toEqual([]);
			if (again !== undefined)
				expect(
					allowed
						.and(start('a', { attempt: 2 }))
						.and(again as TaskCommand)
						.view().questions,
				).toHaveLength(1);
			expect(answered(held, 'refuse').view()).toMatchObject({
				status: 'failed',
				error: { code: 'over-budget', hint: expect.stringContaining('00:00 UTC') },
			});
			expect(held.work(BACK - 1)).toEqual([`wait/${BACK}`]);
			expect(held.when({ type: 'PassTime', at: BACK - 1 }).types).toEqual([]);
			expect(held.work(BACK)).toEqual([`pass-time/${BACK}`]);
			const nextDay = held.and({ type: 'PassTime', at: BACK });
			expect(nextDay.history.at(-1)?.type).toBe('QuestionWithdrawn');
			expect(nextDay.work(BACK)).toEqual([next.startsWith('plan') ? 'plan/0/3' : next]);
			if (again === undefined) continue;
			const spentAgain = nextDay
				.and(start('a', { attempt: 2, at: BACK }))
				.and({ ...again, at: BACK + 1 } as TaskCommand);
			expect(spentAgain.work(BACK + 1)).toEqual([`wait/${BACK + DAY_MS}`]);
		}
	});

	it('asks a guest too about the budget of a day, as waiting for the next raises nothing', () => {
		const firm = { budget: { ...DEFAULT_BUDGET, firm: true } as const };
		const stopped = { ...lose('a', 'over-day-budget'), at: NOON, words: 'Nothing is left today.' } as TaskCommand;
		const held = given(submitTask(chain, firm), start('a', { at: NOON }), stopped);
		expect(held.view()).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(held.and({ type: 'PassTime', at: BACK }).work(BACK)).toEqual(['run/a/2']);
	});

	it('waits no second day for what was refused before midnight and recorded after it', () => {
		const late = { ...lose('a', 'over-day-budget'), at: DAY_MS + 5, words: 'Nothing is left today.' } as TaskCommand;
		const held = given(submitTask(chain), start('a', { at: DAY_MS }), late);
		expect(held.work(DAY_MS + 5)).toEqual([`wait/${BACK}`]);
	});

	it('counts a run that was cancelled with its task, and takes nothing else of it', () => {
		const cancel: TaskCommand = { type: 'CancelTask', at: 2, by, reason: 'Enough.' };
		const cancelled = given(submitTask(chain), start('a'), cancel);
		for (const late of [fail('a', 'cancelled'), complete('a'), lose('a')]) {
			const counted = cancelled.and({ ...late, usage } as TaskCommand);
			expect(counted.view()).toMatchObject({ status: 'cancelled', cost: usage });
			expect(counted.history.at(-1)?.type).toBe('UsageRecorded');
		}
	});
});

it('owes the memory word of what it found, and of nothing else, where nobody hears of the task', () => {
	const steps = [plannedStep('a')];
	const plan: TaskCommand = { type: 'ProposePlan', at: 2, by: 'rules:test', method: 'rules', steps };
	const noted = given(submitTask([], { noted: true }), plan);
	expect(noted.work().filter((key) => key.startsWith('report/'))).toEqual([]);
	const done = noted.and(start('a')).and(complete('a'));
	expect(done.view().status).toBe('done');
	expect(done.work()).toEqual([expect.stringMatching(/^report\//)]);
	const cancelled = noted.and({ type: 'CancelTask', at: 2, by: 'owner', reason: 'Enough.' });
	expect(cancelled.work()).toEqual([]);
});

it('owes word of how a run of a workflow ended, and of nothing else, where nobody hears of the task', () => {
	const steps = [plannedStep('a')];
	const reports = (by: string, ...commands: TaskCommand[]) =>
		given(submitTask([], { plan: { by, steps } }), ...commands)
			.work()
			.filter((key) => key.startsWith('report/'));
	const cancel: TaskCommand = { type: 'CancelTask', at: 2, by: 'owner', reason: 'Enough.' };
	expect(reports('workflow:offers@2')).toEqual([]);
	expect(reports('workflow:offers@2', start('a'), complete('a'))).toHaveLength(1);
	expect(reports('workflow:offers@2', cancel)).toHaveLength(1);
	expect(reports('workflow:offers', cancel)).toEqual([]);
});
