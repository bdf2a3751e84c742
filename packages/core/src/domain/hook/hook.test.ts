import { describe, expect, it } from 'vitest';
import { asConversationId, asPersonId } from '../ids.ts';
import type { Json } from '../json.ts';
import { BUILT_IN_TEMPLATES } from './built-in-templates.ts';
import type { HookRules, RecordedHookFact } from './facts.ts';
import { eventName, goalOfCall } from './goal-of-call.ts';
import { isWholeGoal, renderGoal, templateProblem } from './goal-template.ts';
import { decideHook, evolveHook, type HookCommand, type HookState } from './hook.ts';
import { oneLine } from './one-line.ts';

const rules: HookRules = { goal: { template: 'github' }, conversation: asConversationId('web-ann'), filter: {} };
const create: HookCommand = {
	type: 'CreateHook',
	at: 1,
	name: 'repo',
	person: asPersonId('ann'),
	kind: 'github',
	rules,
	secret: 's1',
};

function given(...commands: readonly HookCommand[]) {
	let state: HookState;
	let seq = 0;
	for (const command of commands) {
		const decision = decideHook(state, command);
		if (!decision.ok) throw new Error(`The past itself was refused: ${decision.error.message}`);
		for (const fact of decision.facts)
			state = evolveHook(state, { ...fact, seq: ++seq, at: command.at } as RecordedHookFact);
	}
	return {
		state,
		when: (command: HookCommand) => {
			const decision = decideHook(state, command);
			return decision.ok ? decision.facts.map(({ type }) => type) : decision.error.code;
		},
	};
}

describe('a hook', () => {
	it('keeps its name for its person, also after it was deleted', () => {
		const bob = { ...create, person: asPersonId('bob') };
		expect(given(create).when(create)).toBe('not-possible');
		expect(given(create, { type: 'DeleteHook', at: 2 }).when(bob)).toBe('not-possible');
		const again = given(create, { type: 'DeleteHook', at: 2 }, { ...create, at: 3, secret: 's2' });
		expect(again.state).toMatchObject({ status: 'active', secrets: [{ secret: 's2' }], createdAt: 3 });
	});

	it('takes the secret before for a day more, and no third one', () => {
		const { state } = given(
			create,
			{ type: 'SetSecret', at: 10, secret: 's2' },
			{ type: 'SetSecret', at: 20, secret: 's3' },
		);
		expect(state?.secrets).toEqual([{ secret: 's2', until: 20 + 86_400_000 }, { secret: 's3' }]);
	});

	it('can be paused, resumed, changed and deleted, and is not there after', () => {
		const paused = given(create, { type: 'PauseHook', at: 2 });
		expect(paused.state?.status).toBe('paused');
		expect(paused.when({ type: 'PauseHook', at: 3 })).toEqual([]);
		expect(paused.when({ type: 'ResumeHook', at: 3 })).toEqual(['HookResumed']);
		const changed = given(create, { type: 'ChangeHook', at: 2, rules: { ...rules, goal: { text: 'Read {{a}}' } } });
		expect(changed.state?.goal).toEqual({ text: 'Read {{a}}' });
		expect(given(create, { type: 'DeleteHook', at: 2 }).when({ type: 'PauseHook', at: 3 })).toBe('not-found');
		expect(given().when({ type: 'PauseHook', at: 3 })).toBe('not-found');
	});
});

describe('a goal from a payload', () => {
	const payload: Json = {
		title: 'Broken "link"',
		count: 3,
		ok: true,
		nothing: null,
		labels: ['bug', 'docs'],
		commits: [{ message: 'one' }, { message: 'two' }, {}],
		nested: { deep: { value: 'x' } },
	};
	const goal = (template: string) => renderGoal(template, payload).goal;

	it('puts words in quotation marks, and numbers and truth values as they are', () => {
		expect(goal('Look at {{title}} ({{ count }}, {{ok}})')).toBe(`Look at "Broken 'link'" (3, true)`);
	});

	it('reaches into objects and lists', () => {
		expect(goal('{{nested.deep.value}} {{commits.1.message}} {{commits.message}} {{labels}} {{nested.deep}}')).toBe(
			`"x" "two" "one, two" "bug, docs" "{'value':'x'}"`,
		);
	});

	it('leaves out what is not there, and says so', () => {
		expect(renderGoal('A {{missing.path}}{{nothing}} B {{missing.path}}', payload)).toEqual({
			goal: 'A  B',
			missing: ['missing.path', 'nothing'],
		});
	});

	it.each(['__proto__', 'constructor', 'constructor.name', 'toString', 'title.length', 'labels.length', 'commits.-1'])(
		'knows no %s that the payload itself does not hold',
		(path) => {
			expect(renderGoal(`A {{${path}}}`, payload)).toEqual({ goal: 'A', missing: [path] });
		},
	);

	it('never takes a place from a value: values are not templates', () => {
		expect(renderGoal('{{a}}', { a: '{{b}}', b: 'secret' }).goal).toBe('"{{b}}"');
		expect(renderGoal('{{a}}', { a: '$& $1 $`' }).goal).toBe('"$& $1 $`"');
	});

	it.each([
		['several lines', 'one\r\n\ttwo\u2028three', 'one two three'],
		['null bytes and escapes', 'a\u0000b\u001b[31mc', 'a b [31mc'],
		['marks that turn text around', 'abc\u202Edef\u2066ghi', 'abc def ghi'],
		['letters under a heap of marks', `a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301b'],
		['quotation marks of every kind', '"a" “b” «c»', "'a' 'b' 'c'"],
		['a lone surrogate', 'a\ud800b', 'a b'],
	])('tames %s', (_, text, tamed) => {
		expect(oneLine(text)).toBe(tamed);
	});

	it('bounds every value to 500 characters, and cuts no character in two', () => {
		const long = oneLine('🦊'.repeat(10_000));
		expect([...long]).toHaveLength(500);
		expect(long.isWellFormed()).toBe(true);
		expect(oneLine('a'.repeat(1_000_000))).toHaveLength(500);
	});

	it('knows a template that cannot work before it is used', () => {
		expect(templateProblem('Read {{a.b}} and {{ c_d-e.0 }}')).toBeUndefined();
		expect(templateProblem('Read {{a b}}')).toMatch(/path\.to\.value/);
		expect(templateProblem('Read {{a')).toMatch(/path\.to\.value/);
		expect(templateProblem('{{a}}'.repeat(51))).toMatch(/51 places/);
	});
});

it('a goal is whole when it names its pages and takes nothing from a payload', () => {
	expect(isWholeGoal('Compare https://a.example/ and https://b.example/ by price')).toBe(true);
	for (const template of [
		'Look into it',
		'Compare https://a.example/ with {{url}}',
		'Read https://{{ host }}/',
		'{{$payload}}',
	])
		expect(isWholeGoal(template), template).toBe(false);
});

describe('what a call becomes', () => {
	const hook = { ...rules, name: 'repo' };
	const opened = {
		action: 'opened',
		issue: { number: 7, title: 'It breaks', body: 'Often.', user: { login: 'eve' } },
		repository: { full_name: 'a/b' },
	};

	it('is the goal of the template for its event', () => {
		expect(goalOfCall(hook, { event: eventName('issues', opened), payload: opened })).toEqual({
			kind: 'goal',
			goal: 'Summarise this text: "eve" opened issue 7 in "a/b", titled "It breaks". "Often."',
			missing: [],
		});
	});

	it('is nothing where no template is for its event', () => {
		expect(goalOfCall(hook, { event: 'star.created', payload: {} })).toMatchObject({ kind: 'ignored' });
		expect(goalOfCall(hook, { payload: {} })).toMatchObject({ kind: 'ignored' });
	});

	it('depends on how a workflow ended', () => {
		const run = (conclusion: string) => ({
			event: 'workflow_run.completed',
			payload: { workflow_run: { conclusion, name: 'CI' } },
		});
		expect(goalOfCall(hook, run('failure'))).toMatchObject({ kind: 'goal' });
		expect(goalOfCall(hook, run('success'))).toMatchObject({ kind: 'ignored' });
	});

	it('is nothing when the filter does not want it', () => {
		const only = (filter: HookRules['filter']) => ({ ...hook, goal: { text: 'Look' }, filter });
		const call = { event: 'issues.opened', payload: opened };
		expect(goalOfCall(only({ events: ['issues'] }), call)).toMatchObject({ kind: 'goal' });
		expect(goalOfCall(only({ events: ['issue'] }), call)).toMatchObject({ kind: 'ignored' });
		const by = (value: string) => ({ when: { path: 'issue.user.login', op: 'equals', value } }) as const;
		expect(goalOfCall(only(by('eve')), call)).toMatchObject({ kind: 'goal' });
		expect(goalOfCall(only(by('mallory')), call)).toMatchObject({ kind: 'ignored' });
	});

	it('names the hook where the template asks for it', () => {
		const generic = goalOfCall({ ...hook, goal: { template: 'generic' } }, { payload: { a: 'b' } });
		expect(generic).toMatchObject({ goal: `Summarise this text: The hook "repo" received "{'a':'b'}".` });
	});

	it('has templates that can be used', () => {
		for (const { goal } of Object.values(BUILT_IN_TEMPLATES)) expect(templateProblem(goal)).toBeUndefined();
	});

	it('takes an action into the event’s name only if it is a word', () => {
		expect(eventName('push', {})).toBe('push');
		expect(eventName('issues', { action: 'a b' })).toBe('issues');
		expect(eventName('issues', [{ action: 'x' }])).toBe('issues');
	});
});
