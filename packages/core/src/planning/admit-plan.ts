import { DEFAULT_RETRY, DEFAULT_TIMEOUT_MS, type Effects } from '../domain/capability.ts';
import type { StepId } from '../domain/ids.ts';
import { type PlanProblem, planProblems } from '../domain/task/check-plan.ts';
import type { PlannedStep, PlannedUndo, PlanStep, Promises, Undo } from '../domain/task/plan.ts';
import { dependenciesOf } from '../domain/task/step-references.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { FLOW_CAPABILITIES } from './flow-capabilities.ts';
import { inputProblems } from './input-problems.ts';
import { matchedName, withKnownName } from './loose-names.ts';
import { nearestName } from './nearest-name.ts';

/** Admission is a plan made ready to run, or everything that keeps it from running. */
export type Admission =
	| { readonly ok: true; readonly steps: readonly PlannedStep[] }
	| { readonly ok: false; readonly problems: readonly PlanProblem[] };

/** AdmissionContext is what the new steps join: the steps the plan has already, for an edit or an extension. */
export interface AdmissionContext {
	readonly existing?: readonly PlanStep[] | undefined;
	/** Why a capability that exists is not offered here. */
	readonly missing?: ReadonlyMap<string, string> | undefined;
}

/**
 * admitPlan checks steps against the catalogue and writes into each what its capability promises, so that nothing after it
 * needs the catalogue; into the steps inside steps and into what undoes them too. A step that is referred to becomes a
 * dependency; one that names a capability loosely gets the one it means (see `withKnownName`). All problems are told at once.
 */
export function admitPlan(
	steps: readonly PlanStep[],
	catalogue: readonly CapabilityDeclaration[],
	{ existing = [], missing }: AdmissionContext = {},
): Admission {
	const structure = planProblems([...existing, ...steps]);
	// Too many steps is one problem, told without looking at each of them.
	if (structure.some(({ stepId }) => stepId === undefined)) return { ok: false, problems: structure };
	const entering = new Entering(catalogue, missing, new Set(structure.map((problem) => problem.stepId)));
	const admitted = steps.map((step) => entering.admit(step));
	const problems = [...structure, ...entering.problems];
	return problems.length === 0 ? { ok: true, steps: admitted } : { ok: false, problems };
}

/** Steps of one plan that are admitted one after the other; what is wrong with them adds up. */
class Entering {
	readonly problems: PlanProblem[] = [];
	readonly #catalogue: readonly CapabilityDeclaration[];
	readonly #missing: ReadonlyMap<string, string> | undefined;
	readonly #malformed: ReadonlySet<StepId | undefined>;
	readonly #known: ReadonlyMap<string, CapabilityDeclaration>;

	constructor(
		catalogue: readonly CapabilityDeclaration[],
		missing: ReadonlyMap<string, string> | undefined,
		malformed: ReadonlySet<StepId | undefined>,
	) {
		this.#catalogue = catalogue;
		this.#missing = missing;
		this.#malformed = malformed;
		this.#known = new Map([...FLOW_CAPABILITIES, ...catalogue].map((capability) => [capability.name, capability]));
	}

	/** The step with its promises; where it cannot be admitted, a problem says why. */
	admit(written: PlanStep): PlannedStep {
		const { body, undo, ...called } = this.#checked(written, written.id);
		return {
			...called,
			dependsOn: dependenciesOf(written),
			...(body === undefined ? {} : { body: { ...body, steps: body.steps.map((inner) => this.admit(inner)) } }),
			...(undo === undefined ? {} : { undo: this.#undo(written, undo) }),
		};
	}

	/** An undo is a call like a step's: of a capability that exists, with an input that fits it. */
	#undo({ id, title }: PlanStep, undo: Undo): PlannedUndo {
		const call = { id, title: `Undo: ${title}`, capability: undo.capability, input: undo.input };
		const admitted = this.#checked({ ...call, dependsOn: [], essential: false }, id);
		const { id: _id, title: _title, dependsOn: _dependsOn, essential: _essential, ...promised } = admitted;
		return promised;
	}

	#checked<Call extends PlanStep>(written: Call, stepId: StepId): Call & Promises {
		const exact = this.#known.has(written.capability) || this.#malformed.has(stepId);
		const step = exact ? written : { ...written, ...withKnownName(written, this.#catalogue, this.#missing) };
		const capability = this.#known.get(step.capability);
		// An input that is no proper JSON with references cannot be held against a schema.
		const misfits = (one: CapabilityDeclaration) => (this.#malformed.has(stepId) ? [] : inputProblems(one, step.input));
		if (capability === undefined) {
			const { message, meant } = unknownCapability(step.capability, this.#catalogue, this.#missing);
			this.#say(stepId, [message, ...(meant === undefined ? [] : misfits(meant))]);
			return { ...step, retry: DEFAULT_RETRY, timeoutMs: DEFAULT_TIMEOUT_MS, effects: 'external' };
		}
		const loosened = effectsProblem(step, capability);
		this.#say(stepId, [...misfits(capability), ...(loosened === undefined ? [] : [loosened])]);
		return { ...step, ...promisesOf(step, capability) };
	}

	#say(stepId: StepId, messages: readonly string[]): void {
		for (const message of messages) this.problems.push({ stepId, message });
	}
}

function promisesOf(step: PlanStep, capability: CapabilityDeclaration): Promises {
	return {
		retry: step.retry ?? capability.retry ?? DEFAULT_RETRY,
		timeoutMs: step.timeoutMs ?? capability.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		effects: step.effects ?? effectsOf(step, capability),
		...(capability.sessions === undefined ? {} : { sessions: capability.sessions }),
		...(capability.addresses === undefined ? {} : { addresses: capability.addresses }),
		...(capability.copiesAddresses === true ? { copiesAddresses: true } : {}),
	};
}

/** Why no capability could be chosen, and the one that was meant if that is why it was not: its input does not fit. */
function unknownCapability(
	name: string,
	catalogue: readonly CapabilityDeclaration[],
	missing: ReadonlyMap<string, string> = new Map(),
): { message: string; meant?: CapabilityDeclaration | undefined } {
	const match = matchedName(name, catalogue, missing)?.name;
	const why = missing.get(name) ?? missing.get(match ?? '');
	if (why !== undefined) return { message: why };
	const known = catalogue.map((one) => one.name);
	const nearest = match ?? nearestName(name, known);
	if (nearest === undefined) {
		return {
			message: `There is no capability "${name}"; there are ${namesOf(known)}.`,
		};
	}
	const message = `There is no capability "${name}"; did you mean "${nearest}"?`;
	return { message, meant: catalogue.find((one) => one.name === match) };
}

function namesOf(known: readonly string[]): string {
	if (known.length === 0) return 'none';
	const more = known.length - MAX_NAMED;
	return `${known.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MAX_NAMED = 60;

const STRICTNESS: Record<Effects, number> = { none: 0, idempotent: 1, external: 2 };

function effectsOf({ input }: PlanStep, capability: CapabilityDeclaration): Effects {
	return capability.effectsOf?.(input) ?? capability.effects;
}

function effectsProblem(step: PlanStep, capability: CapabilityDeclaration): string | undefined {
	const { effects: planned } = step;
	const { name } = capability;
	const effects = effectsOf(step, capability);
	if (planned === undefined || STRICTNESS[planned] >= STRICTNESS[effects]) return undefined;
	return `effects "${planned}" is weaker than what "${name}" declares ("${effects}"); a plan may only be stricter.`;
}
