import { CoreError } from '../../domain/errors.ts';
import { asJson, type Json } from '../../domain/json.ts';
import type { ILanguageModel } from '../../ports/language-model.ts';
import type { IServices, ServiceRequest } from '../../ports/services.ts';
import { writeFloats } from './float-text.ts';
import { readSentRequest, readSentTexts } from './sent-request.ts';

/** MODEL_SERVICE is the name under which the models of an Errand are offered. */
export const MODEL_SERVICE = 'models';

/** ServedModel is what is offered: a model that also says which ones stand behind it. */
export type ServedModel = ILanguageModel & { views(): readonly unknown[] };

/** serveModels offers a model to the other processes, which need no keys then. Returns the way to stop. */
export function serveModels(services: Pick<IServices, 'register'>, model: ServedModel): () => void {
	return services.register(MODEL_SERVICE, (request) => answer(model, request));
}

async function answer(model: ServedModel, request: ServiceRequest): Promise<Json> {
	const { method, body, signal } = request;
	switch (method) {
		case 'describe':
			return { name: model.name, contextTokens: model.contextTokens };
		case 'views':
			return asJson(model.views());
		case 'reply': {
			const reply = await model.reply(readSentRequest(body), {
				signal,
				onText: (text) => request.piece({ text }),
				onRestart: () => request.piece({ restart: true }),
			});
			return asJson(reply);
		}
		case 'embed': {
			const { texts, caller, model: wanted } = readSentTexts(body);
			const { vectors, usage, model: by } = await model.embed(texts, { signal, caller, model: wanted });
			return asJson({ vectors: vectors.map(writeFloats), usage, model: by });
		}
		default:
			throw new CoreError('invalid-input', `The models have no "${method}".`, {
				hint: 'Let all processes of this Errand be of the same release.',
			});
	}
}
