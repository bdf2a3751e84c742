import { readFileSync } from 'node:fs';
import { CoreError, describeError } from '../../domain/errors.ts';
import { PROVIDER_KINDS } from '../providers/provider-kinds.ts';
import type { ModelsFile } from './models-schema.ts';
import type { Mistake } from './name-mistakes.ts';
import { parseModelsFile } from './parse-models-file.ts';

/** ProviderConfig is one provider of a models file; `apiKey` is what its variable holds, never part of the file. */
export type ProviderConfig = ModelsFile['providers'][number] & { readonly apiKey?: string | undefined };

/** ModelConfig is one model of a models file; what is left out is taken from what is known of it. */
export type ModelConfig = ModelsFile['models'][number];

/** ModelsConfig is which models there are, what they are for and what they may cost, as the operator wrote it down. */
export type ModelsConfig = Omit<ModelsFile, 'providers'> & { readonly providers: readonly ProviderConfig[] };

/** Variables are those of the environment, by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * readModelsFile reads the file of ERRAND_MODELS; every mistake, with its line, is in the one `invalid-config` error it throws.
 * Keys are taken from `variables`; one that is named and not set is a mistake, too. Without `variables` none is looked for.
 */
export function readModelsFile(path: string, variables?: Variables): ModelsConfig {
	const read = parseModelsFile(readText(path), (file) => missingKeys(file, variables));
	if ('mistakes' in read) {
		const mistakes = read.mistakes
			.toSorted((one, other) => one.line - other.line)
			.map(({ line, path: place, message }) => `line ${line}${wordsOf(place)} ${message}`);
		throw new CoreError('invalid-config', `The models file “${path}” cannot be used: ${mistakes.join('; ')}.`, {
			hint: 'Mend these lines and start again. docs/models.md shows a whole file.',
		});
	}
	const providers = read.file.providers.map((provider) => ({ ...provider, apiKey: keyOf(provider, variables) }));
	return Object.freeze({ ...read.file, providers });
}

/** keyVariable names the variable that holds a provider's key: the one the file names, else the one usual for its kind. */
export function keyVariable({ kind, apiKeyEnv }: Pick<ProviderConfig, 'kind' | 'apiKeyEnv'>): string | undefined {
	return apiKeyEnv ?? PROVIDER_KINDS[kind].apiKeyEnv;
}

function readText(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (cause) {
		throw new CoreError('invalid-config', `The models file “${path}” cannot be read: ${describeError(cause)}.`, {
			hint: 'Check ERRAND_MODELS: it names the file, from the folder that Errand is started in, or with its whole path.',
			cause,
		});
	}
}

function keyOf(provider: ProviderConfig, variables: Variables | undefined): string | undefined {
	const name = keyVariable(provider);
	const key = name === undefined ? undefined : variables?.[name]?.trim();
	return key === '' ? undefined : key;
}

function missingKeys(file: ModelsFile, variables: Variables | undefined): readonly Mistake[] {
	if (variables === undefined) return [];
	return file.providers.flatMap((provider, index): Mistake[] => {
		// Whoever moves a provider to another address may have put something there that needs no key.
		const needed = provider.apiKeyEnv !== undefined || (provider.baseUrl === undefined && keyVariable(provider));
		if (!needed || keyOf(provider, variables) !== undefined) return [];
		return [{ path: ['providers', index, 'apiKeyEnv'], message: `needs ${keyVariable(provider)}, which is not set` }];
	});
}

function wordsOf(path: readonly PropertyKey[]): string {
	return path.length === 0 ? ':' : `, ${path.map(String).join('.')}:`;
}
