import { asJson, isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { ModelView } from '../../ports/model-view.ts';
import type { Principal } from '../desks/desk.ts';
import type { IModelDesk } from '../desks/models.ts';
import { modelNamed } from '../models/model-named.ts';

/** ModelChoice is what the `models` tool needs of the models. */
export type ModelChoice = Pick<IModelDesk, 'models' | 'pinned' | 'pin'>;

/** ROLES are the roles that clients know models under, as the tool's arguments and config.json name them. */
const ROLES = { main: 'setMain', research: 'setResearch', fallback: 'setFallback' } as const;
type Role = keyof typeof ROLES;

/** chosenModels are the models that a call of `models` chooses, by role; an unknown one is refused. */
export function chosenModels(args: JsonObject, known: readonly ModelView[]): Partial<Record<Role, string>> {
	const chosen: Partial<Record<Role, string>> = {};
	for (const [role, argument] of Object.entries(ROLES) as [Role, string][]) {
		const asked = args[argument];
		if (typeof asked !== 'string' || asked.trim() === '') continue;
		chosen[role] = modelNamed(asked, known);
	}
	return chosen;
}

/** modelsAnswer shows which models do the work, and all there are where that was asked. */
export async function modelsAnswer(
	models: ModelChoice | undefined,
	principal: Principal,
	settings: Partial<Record<Role, string | undefined>>,
	{ all }: { readonly all: boolean },
): Promise<JsonObject> {
	const known = (await models?.models(principal)) ?? [];
	const pinned = await models?.pinned(principal);
	const active = Object.fromEntries(
		(Object.keys(ROLES) as Role[]).map((role) => {
			const model = settings[role] ?? (role === 'main' ? pinned : undefined);
			return [role, model === undefined ? { chosenBy: 'errand' } : { modelId: model, chosenBy: 'person' }];
		}),
	);
	const message =
		known.length === 0
			? 'No model is set up: documents are read by their structure. `npm run setup-model` sets one up.'
			: 'Errand chooses the model for each piece of work by what it needs, price, speed and health, unless one is named.';
	return { activeModels: active, message, ...(all ? { availableModels: asJson(known) } : {}) };
}

/** configWith is a project's config.json with the chosen models in it. */
export function configWith(config: JsonObject, chosen: Partial<Record<Role, string>>): JsonObject {
	const before = isJsonObject(config['models']) ? config['models'] : {};
	const models = Object.fromEntries(
		Object.entries(chosen).map(([role, model]) => {
			const [provider = '', ...rest] = model.split('/');
			const kept = isJsonObject(before[role]) ? before[role] : {};
			return [role, { ...kept, provider, modelId: rest.join('/') }];
		}),
	);
	return { ...config, models: { ...before, ...models } };
}
