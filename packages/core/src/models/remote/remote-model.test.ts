import { expect, it } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { IServices, ServiceCallOptions } from '../../ports/services.ts';
import { RemoteModel } from './remote-model.ts';

const request = { purpose: 'test', messages: [{ role: 'user', text: 'Hello?' }], maxTokens: 100 } as const;
const reply = { text: 'Good day.', toolCalls: [], finish: 'stop', usage: { tokens: 5, microUsd: 1 }, model: 'small' };
const gone = new CoreError('service-down', 'It is gone.', { hint: 'Make the call again.' });

/** Services whose processes answer one after the other, each as it is told. */
function services(
	...calls: readonly ((options: ServiceCallOptions) => Json)[]
): Pick<IServices, 'call' | 'state' | 'watch'> {
	const left = [...calls];
	return {
		call: async (_name, method, _body, options) => {
			const next = method === 'reply' ? left.shift() : undefined;
			if (next === undefined) throw gone;
			return next(options);
		},
		state: (name) => ({ name, available: left.length > 0, instances: left.length, since: 0 }),
		watch: () => () => {},
	};
}

const dies = ({ onPiece }: ServiceCallOptions): Json => {
	onPiece?.({ text: 'Goo' });
	throw gone;
};
const answers = ({ onPiece }: ServiceCallOptions): Json => {
	onPiece?.({ text: 'Good day.' });
	return reply;
};

it('asks another process where the one that was asked dies, and its words begin anew', async () => {
	let text = '';
	const heard = {
		onText: (piece: string) => {
			text += piece;
		},
		onRestart: () => {
			text = '';
		},
	};
	const model = new RemoteModel({ services: services(dies, dies, answers) });
	expect(await model.reply(request, { signal: new AbortController().signal, ...heard })).toEqual(reply);
	expect(text).toBe('Good day.');
});

it('gives up where nobody else is left to ask, where nobody wants it any more, and for what the model itself refuses', async () => {
	const { signal } = new AbortController();
	const alone = new RemoteModel({ services: services(dies) });
	await expect(alone.reply(request, { signal })).rejects.toMatchObject({ code: 'model-unavailable' });
	const unwanted = new RemoteModel({ services: services(dies, answers) });
	const options = { signal: AbortSignal.abort() };
	await expect(unwanted.reply(request, options)).rejects.toMatchObject({ code: 'model-unavailable' });
	const refuses = (): Json => {
		throw new CoreError('over-budget', 'No money.', { hint: 'Wait.' });
	};
	const poor = new RemoteModel({ services: services(refuses, answers) });
	await expect(poor.reply(request, { signal })).rejects.toMatchObject({ code: 'over-budget' });
});

it('takes no reply that is none, such as one of another release', async () => {
	const { signal } = new AbortController();
	for (const odd of [
		null,
		'Good day.',
		{ ...reply, usage: { tokens: '5', microUsd: 1 } },
		{ ...reply, finish: 'bored' },
	]) {
		const model = new RemoteModel({
			services: services(
				() => odd,
				() => odd,
			),
		});
		await expect(model.reply(request, { signal })).rejects.toMatchObject({
			code: 'model-unavailable',
			hint: expect.stringContaining('the same release'),
		});
	}
});
