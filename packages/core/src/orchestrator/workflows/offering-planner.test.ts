import { expect, it } from 'vitest';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { OfferingPlanner } from './offering-planner.ts';
import type { IWorkflowOffers, WorkflowOffer } from './workflow-offers.ts';

const ANSWER: PlanOutcome = { kind: 'answer', by: 'rules:test', method: 'rules', text: 'Planned otherwise.' };
const OFFER: WorkflowOffer = {
	...{ name: 'greet', title: 'Greet', input: { text: 'hello' }, certain: false },
	missing: [{ name: 'whom', description: 'Who is greeted.' }, { name: 'times' }],
	definition: {
		name: 'greet',
		input: { type: 'object', properties: { whom: { type: 'string' }, times: { type: 'number' } } },
	} as unknown as WorkflowOffer['definition'],
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function request(change: Partial<PlanRequest> = {}): PlanRequest {
	return {
		...{ taskId: asTaskId('t'), person: asPersonId('ann'), at: 0, goal: 'Greet somebody warmly', spoken: true },
		...{ attachments: [], answers: [], earlier: [], allowance: { tokens: 1, microUsd: 1 } },
		...change,
	};
}

function open(change: Partial<IWorkflowOffers> = {}) {
	const clock = new FakeClock();
	const looked: string[] = [];
	const plans: unknown[] = [];
	const offers: IWorkflowOffers = {
		find: async () => OFFER,
		named: async () => OFFER,
		plan: async (_person, name, input) => {
			plans.push(input);
			return { by: `workflow:${name}@1`, steps: [] };
		},
		completed: ({ input }, answers) => ({ ...input, ...answers }),
		decline: async () => {},
		...change,
	};
	const planner = new OfferingPlanner({
		...{ clock, log: silent, otherwise: { plan: async () => ANSWER } },
		hasSaved: async (person) => looked.push(person) > 0,
		offers: async () => offers,
	});
	const plan = (given: PlanRequest) => planner.plan(given, new AbortController().signal);
	return { clock, looked, plans, plan };
}

it('asks for what the goal did not say once a workflow is wanted, and runs it with all of it', async () => {
	const { plan, plans } = open();
	const asked = await plan(request());
	if (asked.kind !== 'ask') throw new Error('It did not ask.');
	const question = asked.questions[0]?.text ?? '';
	expect(question).toBe('This looks like your workflow "greet" (text: hello). Run it?');
	const wanted = { question, answer: 'Run it' };
	const lacking = await plan(request({ answers: [wanted] }));
	if (lacking.kind !== 'ask') throw new Error('It did not ask.');
	const words = lacking.questions.map(({ text }) => text);
	expect(words).toEqual(['The workflow "greet" needs `whom`: Who is greeted.', 'The workflow "greet" needs `times`.']);
	const answers = [wanted, ...words.map((text, at) => ({ question: text, answer: ['Bob', '3'][at] ?? '' }))];
	expect(await plan(request({ answers }))).toMatchObject({ kind: 'plan', by: 'workflow:greet@1' });
	expect(plans).toEqual([{ text: 'hello', whom: 'Bob', times: '3' }]);
});

it('does not even look where nobody is there to be asked, files came along, or there is nothing to go by', async () => {
	const { plan, looked } = open();
	const file = { kind: 'url', url: 'https://a.example' } as const;
	const quiet = [{ spoken: undefined }, { attachments: [file] }, { goal: 'hi' }] satisfies Partial<PlanRequest>[];
	for (const change of quiet) expect(await plan(request(change))).toBe(ANSWER);
	expect(looked).toEqual([]);
});

it('plans otherwise when looking takes too long or breaks', async () => {
	const slow = open({ find: () => new Promise(() => {}) });
	const planned = slow.plan(request());
	await new Promise((resolve) => setImmediate(resolve));
	await slow.clock.advance(400);
	expect(await planned).toBe(ANSWER);
	expect(await open({ find: () => Promise.reject(new Error('The store is away.')) }).plan(request())).toBe(ANSWER);
});
