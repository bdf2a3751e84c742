import { CoreError } from '@errand/core/domain/errors.ts';
import { parseEnvironment } from '@errand/core/infrastructure/environment.ts';
import { findOllama } from '@errand/core/models/find-ollama.ts';
import { MODEL_VARIABLES } from '@errand/core/models/model-variables.ts';
import { OPENAI_URL } from '@errand/core/models/open-model.ts';
import { chatModels, openAiDefault } from '@errand/core/models/openai/choose-model.ts';
import { listModels } from '@errand/core/models/openai/list-models.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import type { Asker } from '../setup/asker.ts';
import type { EnvChanges } from '../setup/env-text.ts';
import type { Provider, SetupArguments } from './arguments.ts';

interface Ways {
	readonly asker: Asker;
	readonly signal: AbortSignal;
	/** Where Ollama listens, if that was written down before. */
	readonly ollama: string | undefined;
}

/** chooseVariables finds out, by what was typed and by asking for the rest, which variables mean the model that is wanted. */
export async function chooseVariables(typed: SetupArguments, ways: Ways): Promise<EnvChanges> {
	const key = typed.keyFromInput ? await ways.asker.askHidden('Key:') : undefined;
	const provider = typed.provider ?? (await chooseProvider(typed, ways));
	const chosen =
		provider === 'ollama' ? await chooseOllama(typed, ways) : await chooseServer(provider, { typed, key }, ways);
	const variables = { ...NOTHING, ...chosen, OPENAI_PRICE: typed.price };
	// Mistakes show here, and not at the next start.
	parseEnvironment(MODEL_VARIABLES, variables);
	return variables;
}

/** What an earlier set-up wrote and this one does not is taken out, else both would be mixed. */
const NOTHING: EnvChanges = {
	OPENAI_API_KEY: undefined,
	OPENAI_BASE_URL: undefined,
	OPENAI_MODEL: undefined,
	OPENAI_PRICE: undefined,
};

async function chooseProvider(typed: SetupArguments, { asker, ollama: host }: Ways): Promise<Provider> {
	if (typed.yes) throw missing('--provider');
	const found = await findOllama({ host: ollamaHost(typed.url ?? host) });
	const ollama = { words: `Ollama${found === undefined ? '' : ', found on this machine'}`, value: 'ollama' as const };
	const others = [
		{ words: 'OpenAI', value: 'openai' as const },
		{
			words: 'another server that speaks like OpenAI (llama.cpp, vLLM, LiteLLM, OpenRouter …)',
			value: 'other' as const,
		},
	];
	return await asker.choose(
		'Whose model should Errand use?',
		found === undefined ? [...others, ollama] : [ollama, ...others],
	);
}

async function chooseOllama(typed: SetupArguments, { asker, ollama }: Ways): Promise<EnvChanges> {
	const address = typed.url ?? ollama;
	const host = ollamaHost(address);
	// A model may be loading just now, so there is more patience than at a start.
	const found = await findOllama({ host, timeoutMs: 3_000 });
	if (found === undefined) {
		asker.say(`No Ollama answers at ${host}.`);
		if (typed.model === undefined && typed.yes) throw missing('--model');
	}
	const ids = chatModels((found?.models ?? []).map((id) => ({ id }))).map(({ id }) => id);
	const byDefault = found?.model?.id;
	const model = typed.model ?? (await chooseModel(ids, { typed, asker, byDefault }));
	return { ...(address === undefined ? {} : { OLLAMA_HOST: address }), OPENAI_MODEL: model };
}

async function chooseServer(
	provider: 'openai' | 'other',
	{ typed, key }: { typed: SetupArguments; key: string | undefined },
	{ asker, signal }: Ways,
): Promise<EnvChanges> {
	const url =
		typed.url ??
		(provider === 'openai'
			? undefined
			: await askFor('--url', 'The address of its API, such as http://127.0.0.1:8080/v1:', { typed, asker }));
	const apiKey = key ?? (await askForKey(provider, { typed, asker }));
	const parsed = parseEnvironment(MODEL_VARIABLES, { OPENAI_BASE_URL: url, OPENAI_API_KEY: apiKey });
	const model =
		typed.model ??
		(await chooseListed({ baseUrl: parsed.OPENAI_BASE_URL ?? OPENAI_URL, apiKey, provider }, { typed, asker, signal }));
	return { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: url, OPENAI_MODEL: model };
}

async function chooseListed(
	{ baseUrl, apiKey, provider }: { baseUrl: string; apiKey: string | undefined; provider: 'openai' | 'other' },
	{ typed, asker, signal }: { typed: SetupArguments; asker: Asker; signal: AbortSignal },
): Promise<string> {
	const within = AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]);
	const listed = await listModels({ baseUrl, apiKey, signal: within }).catch((error: unknown) => {
		if (signal.aborted || !(error instanceof CoreError)) throw error;
		asker.say(`Its models cannot be listed: ${cleanLine(error.message)} ${cleanLine(error.hint)}`);
		return [];
	});
	const chat = chatModels(listed);
	const byDefault = (provider === 'openai' ? openAiDefault(listed) : chat[0])?.id;
	return await chooseModel(
		chat.map(({ id }) => id),
		{ typed, asker, byDefault },
	);
}

const LIST_MS = 15_000;
/** A longer list is no help at a terminal. */
const MAX_LISTED = 30;

async function chooseModel(
	ids: readonly string[],
	{ typed, asker, byDefault }: { typed: SetupArguments; asker: Asker; byDefault: string | undefined },
): Promise<string> {
	if (byDefault === undefined) return await askFor('--model', 'The name of the model:', { typed, asker });
	if (typed.yes) return byDefault;
	const ordered = [byDefault, ...ids.filter((id) => id !== byDefault)];
	const choices = ordered.slice(0, MAX_LISTED).map((id) => ({ words: id, value: id }));
	const other = { words: 'another: type its name', value: undefined };
	const chosen = await asker.choose('Which model?', [...choices, other]);
	return chosen ?? (await askFor('--model', 'The name of the model:', { typed, asker }));
}

async function askForKey(
	provider: 'openai' | 'other',
	{ typed, asker }: { typed: SetupArguments; asker: Asker },
): Promise<string | undefined> {
	if (typed.yes) {
		if (provider === 'openai') throw missing('--key -');
		return undefined;
	}
	const hint = provider === 'openai' ? 'Your key (https://platform.openai.com/api-keys):' : 'Its key, if it wants one:';
	for (;;) {
		const key = await asker.askHidden(hint);
		if (key !== '') return key;
		if (provider === 'other') return undefined;
	}
}

async function askFor(
	flag: string,
	question: string,
	{ typed, asker }: { typed: SetupArguments; asker: Asker },
): Promise<string> {
	if (typed.yes) throw missing(flag);
	for (;;) {
		const answer = await asker.ask(question);
		if (answer !== '') return answer;
	}
}

function ollamaHost(url: string | undefined): string {
	return parseEnvironment(MODEL_VARIABLES, { OLLAMA_HOST: url }).OLLAMA_HOST;
}

function missing(flag: string): CoreError {
	return new CoreError('invalid-input', `${flag} is missing, and --yes allows no questions.`, {
		hint: 'Give it, or leave out --yes. “npm run setup-model -- --help” lists all options.',
	});
}
