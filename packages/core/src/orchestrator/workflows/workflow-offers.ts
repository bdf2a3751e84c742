import type { PersonId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { likeness, telling } from '../../domain/workflow/likeness.ts';
import { neededOf, saysTheSame } from '../../domain/workflow/read-input.ts';
import type { ICatalogue } from '../../ports/catalogue.ts';
import type { IClock } from '../../ports/clock.ts';
import { chatInput } from './chat-input.ts';
import type { LearnedWorkflows } from './learned-workflows.ts';
import type { SavedWorkflows } from './saved-workflows.ts';
import type { WorkflowDesk } from './workflow-desk.ts';

/** WorkflowOffer is a saved workflow of a person's that suits their goal. */
export interface WorkflowOffer {
	readonly name: string;
	readonly title: string;
	/** Read from the goal. */
	readonly input: JsonObject;
	/** What it needs besides, with what its author says of it. */
	readonly missing: readonly { readonly name: string; readonly description?: string | undefined }[];
	/** The goal says what the saved one said, all it needs was read, and nothing of it acts on the world: nobody has to be asked. */
	readonly certain: boolean;
	readonly definition: WorkflowDefinition;
}

/** IWorkflowOffers finds a person's own workflow for a goal, makes a plan of it, and keeps what they never want it for. */
export interface IWorkflowOffers {
	find(person: PersonId, goal: string): Promise<WorkflowOffer | undefined>;
	/** The one of that name for this goal; undefined where it is not there any more. */
	named(person: PersonId, name: string, goal: string): Promise<WorkflowOffer | undefined>;
	/** Rejects as a run does. `by` is what made the plan. */
	plan(
		person: PersonId,
		name: string,
		input: Json,
	): Promise<{ readonly by: string; readonly steps: readonly PlanStep[] }>;
	/** The input of an offer with what was answered to what it lacked. */
	completed(offer: WorkflowOffer, answers: Readonly<Record<string, string>>): JsonObject;
	/** From now on it is not offered for goals like this one. */
	decline(person: PersonId, name: string, goal: string): Promise<void>;
}

interface Dependencies {
	readonly saved: SavedWorkflows;
	readonly learned: LearnedWorkflows;
	readonly desk: WorkflowDesk;
	readonly catalogue: Pick<ICatalogue, 'list'>;
	readonly clock: IClock;
}

/** From here on nobody asks whether it is the same errand. */
const SAME = 0.95;
/** Of goals this much alike, what was said of one holds for the other. */
const DECLINED_ALIKE = 0.85;
const MAX_SAID = 500;

/** WorkflowOffers finds workflows that their own person saved. */
export class WorkflowOffers implements IWorkflowOffers {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async find(person: PersonId, goal: string): Promise<WorkflowOffer | undefined> {
		for (const { name, score } of await this.#deps.learned.suggest({ person, role: 'member' }, goal)) {
			const known = await this.#deps.saved.own(person, name);
			const said = telling(goal);
			if (known?.saved?.declined?.some((declined) => likeness(declined, said) >= DECLINED_ALIKE) === true) continue;
			const offer = await this.named(person, name, goal);
			if (offer === undefined) continue;
			return { ...offer, certain: offer.certain && score >= SAME };
		}
		return undefined;
	}

	async named(person: PersonId, name: string, goal: string): Promise<WorkflowOffer | undefined> {
		const known = await this.#deps.saved.own(person, name);
		const definition = known?.definition;
		if (definition === undefined || known?.saved?.use !== 'enabled') return undefined;
		const input = this.#deps.learned.inputFor(definition, goal);
		const missing = neededOf(definition).filter((one) => !Object.hasOwn(input, one.name));
		const title = definition.title ?? name;
		const certain =
			missing.length === 0 && saysTheSame(definition, goal) && (await this.#isHarmless(person, name, input));
		return { name, title, input, missing, certain, definition };
	}

	async plan(person: PersonId, name: string, input: Json) {
		const { planBy: by, plan: steps } = await this.#deps.desk.prepared({ person, role: 'member' }, { name, input });
		return { by, steps };
	}

	completed({ input, definition }: WorkflowOffer, answers: Readonly<Record<string, string>>): JsonObject {
		const words = Object.entries(answers).map(([name, value]) => `${name}="${value.replaceAll('"', '')}"`);
		return { ...input, ...chatInput(definition, words.join(' ')).input };
	}

	async decline(person: PersonId, name: string, goal: string): Promise<void> {
		const said = telling(goal).replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SAID);
		const at = this.#deps.clock.now();
		await this.#deps.saved.handle(person, name, { type: 'DeclineOffer', at, by: person, said });
	}

	/** What acts on the world is asked about, however sure it is. */
	async #isHarmless(person: PersonId, name: string, input: Json): Promise<boolean> {
		const acting = new Set(this.#deps.catalogue.list().flatMap((one) => (one.effects === 'external' ? one.name : [])));
		const isFine = (step: PlanStep): boolean =>
			!acting.has(step.capability) && step.effects !== 'external' && (step.body?.steps ?? []).every(isFine);
		try {
			return (await this.plan(person, name, input)).steps.every(isFine);
		} catch {
			// Whoever runs it is told why that cannot be.
			return false;
		}
	}
}
