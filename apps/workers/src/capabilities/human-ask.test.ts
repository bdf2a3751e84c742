import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { expect, test } from 'vitest';
import { runCapability } from '../runs/run-capability.ts';
import { HandlerContext, StopSwitch } from '../runs/run-context.ts';
import { openRunResources } from '../runs/run-resources.ts';
import { humanAsk } from './human-ask.ts';

async function ask(input: Json, answers: { question: string; answer: Json }[] = []) {
	const scope = { taskId: asTaskId('t'), person: asPersonId('anna'), answers, workspace: undefined };
	const resources = openRunResources({ dataDir: '/nowhere', allowPrivateHosts: [] });
	const context = new HandlerContext(scope, { resources, services: {}, stop: new StopSwitch(), onProgress: () => {} });
	return (await runCapability(humanAsk as ICapability, input, context)).outcome;
}

const questions = [
	{ kind: 'text', text: 'What is it for?' },
	{ kind: 'choice', text: 'Which colour?', choices: ['red', 'blue'] },
];

test('asks all its questions at once', async () => {
	expect(await ask({ questions })).toEqual({ kind: 'asked', questions });
	expect(await ask({ questions: [{ text: 'Why?' }] })).toEqual({
		kind: 'asked',
		questions: [{ kind: 'text', text: 'Why?' }],
	});
});

test('gives the answers back, and as text', async () => {
	const answers = [
		{ question: 'What is it for?', answer: 'a gift' },
		{ question: 'Which colour?', answer: 'blue' },
		{ question: 'How?', answer: 'like this\nartifact:4c10 image/png sketch.png' },
	];
	const text = '**What is it for?** a gift\n\n**Which colour?** blue\n\n**How?** like this (with sketch.png)';
	expect(await ask({ questions }, answers)).toMatchObject({ kind: 'completed', output: { answers, text } });
});

test.each([
	[{ questions: [] }],
	[{ questions: [{ kind: 'text', text: '  ' }] }],
	[{ questions: [{ kind: 'choice', text: 'Which?' }] }],
	[{ questions: [{ kind: 'text', text: 'Which?', choices: ['a', 'b'] }] }],
	[{ questions: 'Which?' }],
])('refuses %j', async (input) => {
	expect(await ask(input)).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', code: 'invalid-input' } });
});
