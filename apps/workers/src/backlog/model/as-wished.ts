import type { Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';

/** asWished is a run's model that is asked as the project's person wishes: by the models they chose, for words in their language. */
export function asWished(model: RunModel | undefined, wishes: Wishes | undefined): RunModel | undefined {
	if (model === undefined || wishes === undefined) return model;
	const { models, language } = wishes;
	return {
		name: model.name,
		contextTokens: model.contextTokens,
		embed: (texts, options) => model.embed(texts, options),
		reply: (request, options) => {
			const prefer = models.length === 0 ? {} : { prefer: models };
			return model.reply({ ...request, ...prefer, messages: inLanguage(request.messages, language) }, options);
		},
	};
}

function inLanguage(messages: readonly ModelMessage[], language: string | undefined): readonly ModelMessage[] {
	const [first, ...others] = messages;
	if (language === undefined || first?.role !== 'system') return messages;
	const line = `Write in this language: ${language}. Keep names, figures and the fields of JSON as they are.`;
	return [{ ...first, text: `${first.text}\n\n${line}` }, ...others];
}
