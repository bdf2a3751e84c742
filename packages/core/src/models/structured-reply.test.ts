import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CoreError } from '../domain/errors.ts';
import { ScriptedModel } from '../testing/scripted-model.ts';
import { structuredReply } from './structured-reply.ts';

const schema = z.object({ title: z.string().min(1), score: z.number().optional(), tags: z.array(z.string()) });
const request = {
	purpose: 'test',
	name: 'card',
	messages: [{ role: 'user' as const, text: 'Make a card.' }],
	maxTokens: 100,
	schema,
};

describe('structuredReply', () => {
	it('gives the value that the model wrote, whatever stands around it', async () => {
		const model = new ScriptedModel(['Here: ```json\n{"title": "A", "score": 2, "tags": ["x",]}\n```']);
		expect(await structuredReply(model, request)).toEqual({
			value: { title: 'A', score: 2, tags: ['x'] },
			usage: { tokens: 10, microUsd: 5 },
			model: 'scripted-1',
		});
		expect(model.requests[0]?.output?.name).toBe('card');
	});

	it('takes null for a property that may be left out', async () => {
		const { value } = await structuredReply(new ScriptedModel(['{"title":"A","score":null,"tags":[]}']), request);
		expect(value).toEqual({ title: 'A', tags: [] });
	});

	it('shows the model its bad reply with the problems, once, and adds both costs up', async () => {
		const model = new ScriptedModel(['{"title": "", "tags": "x"}', '{"title": "A", "tags": []}']);
		let restarts = 0;
		const { usage } = await structuredReply(model, { ...request, onRestart: () => (restarts += 1) });
		expect(usage).toEqual({ tokens: 20, microUsd: 10 });
		expect(restarts).toBe(1);
		const [, reply, problems] = model.requests[1]?.messages ?? [];
		expect(reply).toEqual({ role: 'assistant', text: '{"title": "", "tags": "x"}' });
		expect(problems?.text).toMatch(/title: .*tags: /s);
	});

	it('gives up after the second bad reply with all that it cost', async () => {
		const model = new ScriptedModel(['no', '{"title": 1}', '{"title": "A", "tags": []}']);
		await expect(structuredReply(model, request)).rejects.toMatchObject({
			code: 'model-reply',
			usage: { tokens: 20, microUsd: 10 },
		});
		expect(model.requests).toHaveLength(2);
	});

	it('says what a refusing model said', async () => {
		const model = new ScriptedModel([{ text: 'I will not.', finish: 'refusal' }]);
		await expect(structuredReply(model, request)).rejects.toMatchObject({
			code: 'model-refused',
			message: expect.stringContaining('I will not.'),
			usage: { tokens: 10, microUsd: 5 },
		});
	});

	it('uses a reply that was cut short where closing it is enough', async () => {
		const model = new ScriptedModel([{ text: '{"title": "A", "tags": ["x", "y', finish: 'length' }]);
		expect((await structuredReply(model, request)).value).toEqual({ title: 'A', tags: ['x', 'y'] });
	});

	it('asks for a shorter reply where it is not', async () => {
		const model = new ScriptedModel([{ text: '{"title": "A", ', finish: 'length' }, '{"title": "A", "tags": []}']);
		expect((await structuredReply(model, request)).value).toEqual({ title: 'A', tags: [] });
		expect(model.requests[1]?.messages.at(-1)?.text).toContain('shorter');
	});

	it('keeps the cost of the first reply when the second never comes', async () => {
		const down = Object.assign(new CoreError('model-unavailable', 'Down.', { hint: 'Wait.' }), {
			usage: { tokens: 3, microUsd: 1 },
		});
		const model = new ScriptedModel(['', down]);
		await expect(structuredReply(model, request)).rejects.toMatchObject({
			code: 'model-unavailable',
			usage: { tokens: 13, microUsd: 6 },
		});
		// Servers refuse an assistant turn without text.
		expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
	});

	it('passes on the pieces of the text', async () => {
		const pieces: string[] = [];
		const text = '{"title":"A","tags":[]}';
		await structuredReply(new ScriptedModel([text.match(/.{1,5}/g) ?? []]), {
			...request,
			onText: (piece) => pieces.push(piece),
		});
		expect(pieces.join('')).toBe(text);
	});
});
