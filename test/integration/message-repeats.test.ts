import { asConversationId } from '@errand/core/domain/ids.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import type { IPlanner } from '@errand/core/ports/planner.ts';
import { humanAsk } from '@errand/workers/capabilities/human-ask.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { ANN, type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

/** Never ends by itself. */
const endless = inline(
	'test.endless',
	(_input, { signal }) =>
		new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
	{ input: z.object({}), output: z.object({}), timeoutMs: 3_600_000 },
);

const choice = (text: string) => ({
	capability: 'human.ask',
	input: { questions: [{ kind: 'choice', text, choices: ['Red', 'Blue'] }] },
});

const planner: IPlanner = {
	plan: async ({ goal }) => {
		const steps =
			goal === 'two questions'
				? [
						{ id: 'first', title: 'First', ...choice('Which wall?') },
						{ id: 'second', title: 'Second', ...choice('Which door?'), dependsOn: ['first'] },
					]
				: [{ id: 'only', title: 'Only', capability: 'test.endless', input: {} }];
		return { kind: 'plan', by: 'rules:test', method: 'rules', note: 'On it', steps: PlanStepsSchema.parse(steps) };
	},
};

let errand: InProcessErrand;
beforeEach(async () => {
	errand = await startInProcess({ catalogue: [endless, humanAsk], planner });
});
afterEach(() => errand.stop());

/** The first note that a message went to such a place is lost, as by a kill before it; resolves once it was, and once it was made good. */
function loseNote(kind: 'answer' | 'command') {
	const { store } = errand.ports;
	const append = store.append.bind(store);
	let lose = (): void => {};
	let mend = (): void => {};
	const lost = new Promise<void>((resolve) => {
		lose = resolve;
	});
	const mended = new Promise<void>((resolve) => {
		mend = resolve;
	});
	let loses: unknown;
	store.append = async (request) => {
		const routed = request.facts.find(({ type }) => type === 'MessageRouted')?.data;
		if (routed !== undefined && loses === undefined && kindOf(routed) === kind) {
			loses = routed['messageId'];
			lose();
			throw new Error('killed before the note');
		}
		const result = await append(request);
		if (routed !== undefined && routed['messageId'] === loses) mend();
		return result;
	};
	return { lost, mended };
}

function kindOf({ to }: Readonly<Record<string, unknown>>): unknown {
	return (to as { kind: string }).kind;
}

it('a bare answer answers one question, however often a crash has it routed', async () => {
	const conversation = asConversationId('web-ann-other');
	const { id } = await errand.orchestrator.tasks.submit(ANN, { goal: 'two questions', conversation });
	await errand.until(ANN, id, ({ questions }) => questions[0]?.text === 'Which wall?');
	const note = loseNote('answer');
	await errand.say('2');
	await note.lost;
	await errand.until(ANN, id, ({ questions }) => questions[0]?.text === 'Which door?');
	await note.mended;
	const { questions } = await errand.orchestrator.tasks.view(ANN, id);
	expect(questions.map(({ text }) => text)).toEqual(['Which door?']);
	expect((await errand.orchestrator.tasks.list(ANN, { limit: 10 })).tasks).toHaveLength(1);
});

it('a word about a held message is nothing else, however often a crash has it routed', async () => {
	await errand.say('walk the dog');
	await errand.heard(({ kind }) => kind === 'progress');
	await errand.say('the cat');
	await errand.heard(({ text }) => text.startsWith('Does that change'));
	const note = loseNote('command');
	await errand.say('2');
	await note.mended;
	const { tasks } = await errand.orchestrator.tasks.list(ANN, { limit: 10 });
	expect(tasks.map(({ goal }) => goal)).toEqual(['the cat', 'walk the dog']);
});
