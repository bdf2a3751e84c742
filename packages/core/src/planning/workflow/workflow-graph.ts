import type { WorkflowDefinition, WorkflowStep } from '../../domain/workflow/definition.ts';
import type { GraphStep } from '../../domain/workflow/problem.ts';
import { PlanIds } from './compile/plan-ids.ts';
import { namesUsed } from './names-used.ts';
import { idOf, kindOf, listsOf, titleOf } from './step-kind.ts';

/** workflowGraph shows a definition as a graph: its steps, what each comes after, and what each is inside of. */
export function workflowGraph(definition: WorkflowDefinition): readonly GraphStep[] {
	return graphOf(definition.steps, { ids: new PlanIds(), parallel: false, parent: undefined, within: undefined });
}

interface Around {
	readonly ids: PlanIds;
	readonly parallel: boolean;
	readonly parent: string | undefined;
	/** The step of the plan that the list is in. */
	readonly within: string | undefined;
}

function graphOf(list: readonly WorkflowStep[], { ids, parallel, parent, within }: Around): GraphStep[] {
	const own = list.map((step, index) => ids.make(idOf(step, index), within));
	const known = new Map(list.flatMap((step, index) => (step.id === undefined ? [] : [[step.id, own[index]] as const])));
	return list.flatMap((step, index) => {
		const id = own[index] ?? '';
		const before = step.after?.map((other) => known.get(other)) ?? (parallel || index === 0 ? [] : [own[index - 1]]);
		const looked = [...namesUsed(step)].map((name) => known.get(name));
		const dependsOn = [...new Set([...before, ...looked])].filter((other) => other !== undefined && other !== id);
		const { kind } = kindOf(step);
		const node = { id, title: titleOf(step), kind: kindWord(step, kind), dependsOn: dependsOn as string[] };
		const inner = listsOf(step).flatMap(({ steps, path }) => {
			// A branch is a step of its own in the plan.
			const within = path[0] === 'choose' ? ids.make(`${id}-${Number(path[1]) + 1}`) : id;
			return graphOf(steps, { ids, parallel: path[0] === 'parallel', parent: id, within });
		});
		return [{ ...node, ...(parent === undefined ? {} : { parent }) }, ...inner];
	});
}

/** Calls are shown by their capability, everything else by its construct. */
function kindWord(step: WorkflowStep, kind: string): string {
	return 'use' in step ? step.use : kind;
}
