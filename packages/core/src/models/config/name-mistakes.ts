import { PROVIDER_KINDS } from '../providers/provider-kinds.ts';
import type { ModelsFile } from './models-schema.ts';

/** Mistake is what is wrong in a file, and where: the path to a value, or to where one is missing. */
export interface Mistake {
	readonly path: readonly PropertyKey[];
	readonly message: string;
}

const TIERS: ReadonlySet<string> = new Set(['small', 'middle', 'large']);

/** nameMistakes finds names that are given twice or point to nothing, and providers that lack what their kind cannot do without. */
export function nameMistakes(file: ModelsFile): readonly Mistake[] {
	const providers = new Map(file.providers.map((provider) => [provider.name, provider]));
	const isKnown = (model: string) => providers.has(model.slice(0, model.indexOf('/')));
	return [
		...twice(file.providers, 'providers'),
		...twice(file.models, 'models'),
		...file.providers.flatMap(({ kind, baseUrl }, index): Mistake[] =>
			baseUrl === undefined && PROVIDER_KINDS[kind].addressNeeded
				? [{ path: ['providers', index, 'baseUrl'], message: 'is missing: this kind has no address of its own' }]
				: [],
		),
		...file.models.flatMap(({ name }, index) =>
			isKnown(name) ? [] : [{ path: ['models', index, 'name'], message: `names no provider of this file: ${name}` }],
		),
		...Object.entries(file.purposes).flatMap(([purpose, wanted]) =>
			TIERS.has(wanted) || isKnown(wanted)
				? []
				: [
						{
							path: ['purposes', purpose],
							message: `must be small, middle, large or <provider>/<model>, not ${wanted}`,
						},
					],
		),
		...(file.embeddings === undefined || file.embeddings === 'local' || isKnown(file.embeddings)
			? []
			: [{ path: ['embeddings'], message: `names no provider of this file: ${file.embeddings}` }]),
	];
}

function twice(entries: readonly { readonly name: string }[], list: string): Mistake[] {
	return entries.flatMap(({ name }, index) =>
		entries.findIndex((other) => other.name === name) === index
			? []
			: [{ path: [list, index, 'name'], message: `is there twice: ${name}` }],
	);
}
