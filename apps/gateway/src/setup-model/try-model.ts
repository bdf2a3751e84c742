import { CoreError } from '@errand/core/domain/errors.ts';
import { parseEnvironment } from '@errand/core/infrastructure/environment.ts';
import { MODEL_VARIABLES } from '@errand/core/models/model-variables.ts';
import { openModel } from '@errand/core/models/open-model.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ModelReply } from '@errand/core/ports/language-model.ts';
import type { EnvChanges } from '../setup/env-text.ts';

/** Trial is what a model answered to one tiny request, and how soon. */
export interface Trial {
	readonly reply: ModelReply;
	readonly firstTextMs: number;
	readonly wholeMs: number;
}

/** tryModel asks the model that these variables mean for one word, as the server would. Rejects with CoreError. */
export async function tryModel(
	variables: EnvChanges,
	{ clock, signal }: { clock: IClock; signal: AbortSignal },
): Promise<Trial> {
	const opened = await openModel(parseEnvironment(MODEL_VARIABLES, variables), clock);
	if (opened === undefined) {
		throw new CoreError('model-unavailable', 'No Ollama answers where it was looked for.', {
			hint: 'Start Ollama (“ollama serve”), or name where it listens with --url.',
		});
	}
	const startedAt = clock.now();
	let firstTextAt: number | undefined;
	const reply = await opened.model.reply(
		{ purpose: 'setup', messages: [{ role: 'user', text: 'Reply with one word: ready' }], maxTokens: 200 },
		{
			signal,
			onText: () => {
				firstTextAt ??= clock.now();
			},
		},
	);
	const endedAt = clock.now();
	return { reply, firstTextMs: (firstTextAt ?? endedAt) - startedAt, wholeMs: endedAt - startedAt };
}
