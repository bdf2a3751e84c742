import { expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { ModelRequest } from '../../ports/language-model.ts';
import type { ServiceRequest } from '../../ports/services.ts';
import { type ServedModel, serveModels } from './model-service.ts';
import { RemoteModel } from './remote-model.ts';

const reply = { text: 'Yes.', toolCalls: [], finish: 'stop', usage: { tokens: 3, microUsd: 1 }, model: 'm' } as const;

/** What comes of a request as text, as it comes from another process; and what the model was asked. */
async function served(text: string): Promise<{ readonly asked: ModelRequest[]; readonly code: unknown }> {
	const asked: ModelRequest[] = [];
	const model: ServedModel = {
		...{ name: 'm', contextTokens: 1_000, views: () => [] },
		reply: async (request) => {
			asked.push(request);
			return reply;
		},
		embed: async () => ({ vectors: [], usage: { tokens: 0, microUsd: 0 } }),
	};
	let answer: ((request: ServiceRequest) => Promise<Json>) | undefined;
	const register = (_name: string, serve: (request: ServiceRequest) => Promise<Json>) => {
		answer = serve;
		return () => {};
	};
	serveModels({ register }, model);
	const body = JSON.parse(text) as Json;
	const request = { id: '1', method: 'reply', body, signal: new AbortController().signal, piece: () => {} };
	const code = await answer?.(request).then(
		() => undefined,
		(error: { readonly code?: unknown }) => error.code,
	);
	return { asked, code };
}

const WHOLE: ModelRequest = {
	...{ purpose: 'plan', complexity: 'medium', caller: { person: asPersonId('ann') }, pure: true, maxTokens: 100 },
	allowance: { tokens: -5, microUsd: 10 },
	messages: [
		{ role: 'system', text: 'Be brief.' },
		{ role: 'user', text: 'Is it?', images: [{ type: 'image/png', base64: 'AA==' }] },
		{ role: 'assistant', text: '', toolCalls: [{ id: '1', name: 'look', arguments: '{}' }] },
		{ role: 'tool', callId: '1', text: 'It is.' },
	],
	output: { name: 'answer', schema: { type: 'object' } },
	tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }],
};

it('asks the models what another process asks, as it was asked', async () => {
	expect(await served(JSON.stringify(WHOLE))).toEqual({ asked: [WHOLE], code: undefined });
});

it('takes what is left without bounds for that', async () => {
	const allowance = { tokens: Number.POSITIVE_INFINITY, microUsd: 10 };
	const { asked } = await served(JSON.stringify({ ...WHOLE, allowance }));
	expect(asked[0]?.allowance).toEqual(allowance);
});

it('lets no numbers into budgets that are none, and nothing through that is no request', async () => {
	const { maxTokens: _maxTokens, ...rest } = WHOLE;
	const hostile = ['1e999', '-1000000', 'null', '"9"', '[]'].map(
		(number) => `${JSON.stringify(rest).slice(0, -1)},"maxTokens":${number}}`,
	);
	const others = ['null', '"x"', '{}', JSON.stringify({ ...WHOLE, messages: [{ role: 'user' }] })];
	for (const text of [...hostile, ...others]) expect(await served(text)).toEqual({ asked: [], code: 'invalid-input' });
});

it('makes vectors for whom another process says, and of texts only', async () => {
	const asked: unknown[] = [];
	const model: ServedModel = {
		...{ name: 'm', contextTokens: 1_000, views: () => [] },
		reply: async () => reply,
		embed: async (texts, { caller }) => {
			asked.push({ texts, caller });
			return { vectors: texts.map(() => [0.5, -1]), usage: { tokens: 2, microUsd: 0 } };
		},
	};
	let answer: ((request: ServiceRequest) => Promise<Json>) | undefined;
	const register = (_name: string, serve: (request: ServiceRequest) => Promise<Json>) => {
		answer = serve;
		return () => {};
	};
	serveModels({ register }, model);
	const { signal } = new AbortController();
	const call = async (_name: string, method: string, body: Json) =>
		(await answer?.({ id: '1', method, body, signal, piece: () => {} })) ?? null;
	const state = (name: string) => ({ name, available: false, instances: 0, since: 0 });
	const remote = new RemoteModel({ services: { call, state, watch: () => () => {} } });
	const caller = { person: asPersonId('ann') };
	expect((await remote.embed(['tea'], { signal, caller })).vectors).toEqual([[0.5, -1]]);
	expect(asked).toEqual([{ texts: ['tea'], caller }]);
	await expect(call('models', 'embed', { texts: [1] })).rejects.toMatchObject({ code: 'invalid-input' });
	remote.stop();
});
