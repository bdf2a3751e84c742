import { CoreError } from '../../domain/errors.ts';
import type { ModelView } from '../../ports/model-view.ts';

/** modelNamed is the whole name of the model that somebody means, who may leave its provider out; throws `not-found` for none or several. */
export function modelNamed(said: string, views: readonly ModelView[]): string {
	const able = views.filter(({ tiers }) => tiers.length === 0 || tiers.some((tier) => tier !== 'embedding'));
	const wanted = said.trim().toLowerCase();
	const exact = able.find(({ name }) => name.toLowerCase() === wanted);
	const short = able.filter(({ name, provider }) => name.slice(provider.length + 1).toLowerCase() === wanted);
	const [only] = short.length === 1 ? short : [];
	const found = exact ?? only;
	if (found !== undefined) return found.name;
	const shown = said.trim().slice(0, 100);
	const names = able.slice(0, MOST_NAMED).map(({ name }) => name);
	throw new CoreError(
		'not-found',
		`There is no model "${shown}"${short.length > 1 ? ' that only one provider has' : ''}.`,
		{
			hint:
				names.length === 0
					? 'No model is set up here: `npm run setup-model` sets one up.'
					: `There are: ${listed(names, able.length)}.`,
		},
	);
}

const MOST_NAMED = 30;

function listed(names: readonly string[], of: number): string {
	return `${names.join(', ')}${of > names.length ? ` and ${of - names.length} more` : ''}`;
}
