import { CoreError } from '@errand/core/domain/errors.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import type { ModelReply, ModelRequest, ReplyOptions } from '@errand/core/ports/language-model.ts';
import { estimateTokens } from './text-size.ts';

/** MOST_CALLS is how often one run of a text capability may ask the model. */
export const MOST_CALLS = 40;
const MOST_TOKENS = 600_000;

/** BoundedModel is a run's model that stops answering once this run has asked enough, so that no document makes it endless. */
export class BoundedModel implements Pick<RunModel, 'name' | 'contextTokens' | 'reply'> {
	readonly name: string;
	readonly contextTokens: number;
	readonly #model: RunModel;
	#calls = 0;
	#tokens = 0;

	constructor(model: RunModel) {
		this.name = model.name;
		this.contextTokens = model.contextTokens;
		this.#model = model;
	}

	get callsLeft(): number {
		return this.#tokens >= MOST_TOKENS ? 0 : MOST_CALLS - this.#calls;
	}

	async reply(request: ModelRequest, options?: Omit<ReplyOptions, 'signal'>): Promise<ModelReply> {
		if (this.callsLeft <= 0) {
			throw new CoreError('model-reply', `The model was asked ${this.#calls} times for one step, which is the most.`, {
				hint: 'Give fewer or shorter documents.',
			});
		}
		this.#calls += 1;
		const asked = request.messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
		// Counted before the reply comes, because several are under way at once.
		this.#tokens += asked;
		const reply = await this.#model.reply(request, options);
		this.#tokens += Math.max(0, reply.usage.tokens - asked);
		return reply;
	}
}
