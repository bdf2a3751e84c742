import { expect, it } from 'vitest';
import { llamaHistory } from './llama-history.ts';

it('gives a model its own calls back with what came of them, one system turn, and an open turn at the end', () => {
	const messages = [
		{ role: 'system' as const, text: 'Be brief.' },
		{ role: 'user' as const, text: 'Go' },
		{ role: 'assistant' as const, text: 'Well', toolCalls: [{ id: 'c', name: 'web.read', arguments: '{"url":"a"}' }] },
		{ role: 'tool' as const, callId: 'c', text: 'Seen.' },
		{ role: 'tool' as const, callId: 'unknown', text: 'Stray.' },
	];
	const schema = { type: 'object' };
	expect(llamaHistory({ messages, output: { name: 'card', schema } })).toEqual([
		{ type: 'system', text: expect.stringMatching(/^Be brief\.\n\nReply with one JSON value.*"type":"object"/s) },
		{ type: 'user', text: 'Go' },
		{
			type: 'model',
			response: ['Well', { type: 'functionCall', name: 'web_read', params: { url: 'a' }, result: 'Seen.' }],
		},
		{ type: 'user', text: 'Stray.' },
		{ type: 'model', response: [] },
	]);
});
