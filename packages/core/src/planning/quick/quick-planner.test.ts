import { describe, expect, it } from 'vitest';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { Turn } from '../../domain/task/submission.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { ScriptedModel } from '../../testing/scripted-model.ts';
import { QuickPlanner } from './quick-planner.ts';

const plan: PlanOutcome = { kind: 'plan', by: 'rules:test', method: 'rules', steps: [] };
const rules: IPlanner = { plan: async () => plan };
const signal = new AbortController().signal;

function asked(goal: string, answerOnly?: readonly Turn[], change: Partial<PlanRequest> = {}): PlanRequest {
	const only = answerOnly === undefined ? {} : { answerOnly };
	const allowance = { tokens: 100_000, microUsd: 1_000_000 };
	return {
		taskId: asTaskId('t'),
		person: asPersonId('ann'),
		at: 0,
		goal,
		attachments: [],
		answers: [],
		earlier: [],
		allowance,
		...only,
		...change,
	};
}

describe('a quick planner', () => {
	it('answers with one call that holds the conversation, and shows the words as they come', async () => {
		const model = new ScriptedModel([{ pieces: ['<think>hm</think>', 'It is ', 'Rome.'] }]);
		const shown: string[] = [];
		const turns: Turn[] = [
			{ role: 'system', text: 'Be kind.' },
			{ role: 'user', text: 'Capital of France?' },
			{ role: 'assistant', text: 'Paris.' },
		];
		const outcome = await new QuickPlanner({ model, otherwise: rules }).plan(
			asked('And of Italy?', turns, { onPartial: (text) => shown.push(text) }),
			signal,
		);
		expect(outcome).toMatchObject({ kind: 'answer', text: 'It is Rome.', method: 'model', usage: { tokens: 10 } });
		expect(shown).toEqual(['It is', 'It is Rome.']);
		expect(model.requests).toHaveLength(1);
		const [opening, ...said] = model.requests[0]?.messages ?? [];
		expect(opening?.role).toBe('system');
		expect(said.map(({ role, text }) => [role, text])).toEqual([
			['user', '(From the app) Be kind.'],
			['user', 'Capital of France?'],
			['assistant', 'Paris.'],
			['user', 'And of Italy?'],
		]);
	});

	it('gives a model no tools, so that nothing can come of it but words', async () => {
		const model = new ScriptedModel(['Booked!']);
		await new QuickPlanner({ model, otherwise: rules }).plan(asked('Book a flight', []), signal);
		expect(model.requests[0]?.tools).toBeUndefined();
	});

	it('drops the oldest turns where the model holds less', async () => {
		const model = new ScriptedModel(['Yes.'], { contextTokens: 4_000 });
		const turns = Array.from({ length: 20 }, (_, n): Turn => ({ role: 'user', text: `${n} ${'word '.repeat(200)}` }));
		await new QuickPlanner({ model, otherwise: rules }).plan(asked('Well?', turns), signal);
		const texts = model.requests[0]?.messages.map(({ text }) => text) ?? [];
		expect(texts.at(-1)).toBe('Well?');
		expect(texts.at(-2)).toMatch(/^19 /);
		expect(texts.length).toBeLessThan(15);
	});

	it('says so when the budget leaves no room', async () => {
		const model = new ScriptedModel(['Yes.']);
		const outcome = await new QuickPlanner({ model, otherwise: rules }).plan(
			asked('Well?', [], { allowance: { tokens: 100, microUsd: 5 } }),
			signal,
		);
		expect(outcome).toMatchObject({ kind: 'answer', method: 'rules' });
		expect(model.requests).toEqual([]);
	});

	it('answers small talk and chores by rules without a model, and says how to get one for the rest', async () => {
		const quick = new QuickPlanner({ model: undefined, otherwise: rules });
		expect(await quick.plan(asked('thanks!', []), signal)).toMatchObject({ by: 'rules:small-talk' });
		const title =
			'Provide a concise, 5-word-or-less title for the conversation, using title case conventions.\n\nConversation:\nUser: Where is Rome?';
		expect(await quick.plan(asked(title, []), signal)).toMatchObject({ by: 'rules:chore', text: 'Where is Rome?' });
		const rest = await quick.plan(asked('Summarise https://a.example', []), signal);
		expect(rest).toMatchObject({ kind: 'answer', by: 'rules:no-model' });
		expect(rest).toHaveProperty('text', expect.stringContaining('setup-model'));
	});

	it('leaves everything else to the other planner', async () => {
		const quick = new QuickPlanner({ model: new ScriptedModel([]), otherwise: rules });
		expect(await quick.plan(asked('Summarise https://a.example'), signal)).toBe(plan);
	});
});
