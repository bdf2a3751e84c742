import { DEFAULT_RETRY, DEFAULT_TIMEOUT_MS, type Effects } from '../domain/capability.ts';
import { dependenciesOf, type PlanProblem, planProblems } from '../domain/task/check-plan.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
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
 * needs the catalogue. A step that is referred to becomes a dependency; one that names a capability loosely gets the one it
 * means (see `withKnownName`). All problems are told at once.
 */
export function admitPlan(
	steps: readonly PlanStep[],
	catalogue: readonly CapabilityDeclaration[],
	{ existing = [], missing }: AdmissionContext = {},
): Admission {
	const structure = planProblems([...existing, ...steps]);
	const malformed = new Set(structure.map((problem) => problem.stepId));
	const known = new Map(catalogue.map((capability) => [capability.name, capability]));
	const admitted: PlannedStep[] = [];
	const problems: PlanProblem[] = [...structure];
	// Too many steps is one problem, told without looking at each of them.
	for (const written of structure.some(({ stepId }) => stepId === undefined) ? [] : steps) {
		const exact = known.has(written.capability) || malformed.has(written.id);
		const step = exact ? written : withKnownName(written, catalogue, missing);
		const capability = known.get(step.capability);
		if (capability === undefined) {
			const { message, meant } = unknownCapability(step.capability, catalogue, missing);
			const misfits = meant === undefined || malformed.has(step.id) ? [] : inputProblems(meant, step.input);
			problems.push(...[message, ...misfits].map((text) => ({ stepId: step.id, message: text })));
			continue;
		}
		// An input that is no proper JSON with references cannot be held against a schema.
		const wrong = malformed.has(step.id) ? [] : inputProblems(capability, step.input);
		const loosened = effectsProblem(step, capability);
		if (loosened !== undefined) wrong.push(loosened);
		problems.push(...wrong.map((message) => ({ stepId: step.id, message })));
		admitted.push(withPromises(step, capability));
	}
	return problems.length === 0 ? { ok: true, steps: admitted } : { ok: false, problems };
}

function withPromises(step: PlanStep, capability: CapabilityDeclaration): PlannedStep {
	return {
		...step,
		dependsOn: dependenciesOf(step),
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
			message: `There is no capability "${name}"; there are ${known.length === 0 ? 'none' : known.join(', ')}.`,
		};
	}
	const message = `There is no capability "${name}"; did you mean "${nearest}"?`;
	return { message, meant: catalogue.find((one) => one.name === match) };
}

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
