import { DEFAULT_RETRY, DEFAULT_TIMEOUT_MS, type Effects } from '../domain/capability.ts';
import { dependenciesOf, type PlanProblem, planProblems } from '../domain/task/check-plan.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { inputProblems } from './input-problems.ts';
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
 * needs the catalogue. A step that is referred to becomes a dependency. All problems are told at once.
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
	for (const step of structure.some(({ stepId }) => stepId === undefined) ? [] : steps) {
		const capability = known.get(step.capability);
		if (capability === undefined) {
			const message = missing?.get(step.capability) ?? unknownCapability(step.capability, [...known.keys()]);
			problems.push({ stepId: step.id, message });
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

function unknownCapability(name: string, known: readonly string[]): string {
	const nearest = nearestName(name, known);
	if (nearest !== undefined) return `There is no capability "${name}"; did you mean "${nearest}"?`;
	return `There is no capability "${name}"; there are ${known.length === 0 ? 'none' : known.join(', ')}.`;
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
