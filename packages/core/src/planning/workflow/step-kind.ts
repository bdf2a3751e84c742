import type { WorkflowStep } from '../../domain/workflow/definition.ts';

type With<Key extends string> = Extract<WorkflowStep, Readonly<Record<Key, unknown>>>;
type Without<Kind, Key extends string> = Exclude<Kind, Readonly<Record<Key, unknown>>>;

/** KindOfStep is a step with the name of its kind. */
export type KindOfStep =
	| { readonly kind: 'use'; readonly step: Without<With<'use'>, 'each'> }
	| { readonly kind: 'each-use'; readonly step: With<'use'> & With<'each'> }
	| { readonly kind: 'each'; readonly step: With<'each'> & With<'steps'> }
	| { readonly kind: 'group'; readonly step: Without<With<'steps'>, 'each' | 'loop'> }
	| { readonly kind: 'parallel'; readonly step: With<'parallel'> }
	| { readonly kind: 'choose'; readonly step: With<'choose'> }
	| { readonly kind: 'loop'; readonly step: With<'loop'> }
	| { readonly kind: 'workflow'; readonly step: With<'workflow'> }
	| { readonly kind: 'wait'; readonly step: With<'wait'> }
	| { readonly kind: 'ask'; readonly step: With<'ask'> }
	| { readonly kind: 'let'; readonly step: With<'let'> };
export type StepKind = KindOfStep['kind'];

/** kindOf tells what kind of step this is, by the one key that only that kind has. */
export function kindOf(step: WorkflowStep): KindOfStep {
	if ('use' in step) return 'each' in step ? { kind: 'each-use', step } : { kind: 'use', step };
	if ('each' in step) return { kind: 'each', step };
	if ('loop' in step) return { kind: 'loop', step };
	if ('parallel' in step) return { kind: 'parallel', step };
	if ('choose' in step) return { kind: 'choose', step };
	if ('workflow' in step) return { kind: 'workflow', step };
	if ('wait' in step) return { kind: 'wait', step };
	if ('ask' in step) return { kind: 'ask', step };
	if ('let' in step) return { kind: 'let', step };
	return { kind: 'group', step };
}

/** idOf is the step's own id, or the one that is made up for it: by its kind and its position, from 1. */
export function idOf(step: WorkflowStep, index: number): string {
	return step.id ?? `${wordFor(kindOf(step)).toLowerCase()}-${index + 1}`;
}

/** titleOf is the step's title, or what its id and kind say. */
export function titleOf(step: WorkflowStep): string {
	if (step.title !== undefined) return step.title;
	const words = (step.id ?? wordFor(kindOf(step))).replace(/[-_]+/g, ' ').trim();
	return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function wordFor(kind: KindOfStep): string {
	switch (kind.kind) {
		case 'use':
		case 'each-use':
			return kind.step.use.replace(/[^a-z0-9]+/gi, '-').slice(0, 40);
		case 'workflow':
			return kind.step.workflow.slice(0, 40);
		default:
			return kind.kind;
	}
}

/** listsOf are the lists of steps inside a step, each with its path. */
export function listsOf(
	step: WorkflowStep,
): readonly { readonly path: readonly (string | number)[]; readonly steps: readonly WorkflowStep[] }[] {
	if ('parallel' in step) return [{ path: ['parallel'], steps: step.parallel }];
	if ('choose' in step)
		return step.choose.map((branch, index) => ({ path: ['choose', index, 'steps'], steps: branch.steps }));
	return 'steps' in step ? [{ path: ['steps'], steps: step.steps }] : [];
}
