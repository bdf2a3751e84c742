import { CoreError } from '../../domain/errors.ts';
import type { PersonId, TaskId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IModelLedger, ModelCall, ModelTranscript, Spending } from '../../ports/model-ledger.ts';
import type { Principal } from '../desks/desk.ts';
import type { IModelDesk, ModelView } from '../desks/models.ts';
import { modelNamed } from './model-named.ts';

/** Pins is who keeps which model each person wants. */
export interface Pins {
	modelOf(person: PersonId): Promise<string | undefined>;
	pinModel(principal: Principal, model: string | undefined): Promise<void>;
}

interface Dependencies {
	/** The models there are; none where no provider is configured. */
	readonly views: () => readonly ModelView[] | Promise<readonly ModelView[]>;
	readonly ledger: IModelLedger;
	readonly pins: Pins;
	readonly clock: IClock;
}

/** ModelDesk shows models and what they cost to those who may see it. */
export class ModelDesk implements IModelDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async models({ role }: Principal): Promise<readonly ModelView[]> {
		const views = await this.#deps.views();
		// How providers refuse is for those who pay them.
		return role === 'owner' ? views : views.map(({ trouble: _trouble, ...view }) => view);
	}

	async usage(
		principal: Principal,
		{ task: taskId, ...query }: Parameters<IModelDesk['usage']>[1],
	): Promise<readonly Spending[]> {
		return this.#deps.ledger.sums({ ...query, taskId, person: seenOf(principal) });
	}

	async calls(
		principal: Principal,
		query: { readonly task?: TaskId | undefined; readonly before?: string | undefined; readonly limit: number },
	): Promise<readonly ModelCall[]> {
		const { task: taskId, before, limit } = query;
		// Clocks of processes differ a little.
		const to = this.#deps.clock.now() + 60_000;
		return this.#deps.ledger.calls({ from: 0, to, taskId, person: seenOf(principal), before, limit });
	}

	async transcript(principal: Principal, call: string): Promise<ModelTranscript> {
		const kept = await this.#deps.ledger.transcript(call, seenOf(principal));
		if (kept !== undefined) return kept;
		throw new CoreError('not-found', 'What was said in this call was not kept, or not for so long.', {
			hint: 'Whoever runs the server has it kept with `audit` in the file of models (ERRAND_MODELS).',
		});
	}

	async pinned({ person }: Principal): Promise<string | undefined> {
		return this.#deps.pins.modelOf(person);
	}

	async pin(principal: Principal, model: string | undefined): Promise<void> {
		if (model !== undefined && principal.role === 'guest') {
			throw new CoreError('forbidden', 'Guests cannot choose a model.', { hint: 'Ask the owner of this server.' });
		}
		await this.#deps.pins.pinModel(principal, model && modelNamed(model, await this.#deps.views()));
	}
}

/** The owner sees everybody's. */
function seenOf({ person, role }: Principal): PersonId | undefined {
	return role === 'owner' ? undefined : person;
}
