import type { StepStatus, StepView } from './view.ts';

/** PlanNode is a step as a tree shows it: the children of a `forEach` step stand under it, counted. */
export interface PlanNode {
	readonly step: StepView;
	readonly children: readonly StepView[];
	/** How many children have ended, of whatever kind. */
	readonly ended: number;
	readonly failed: number;
}

/** planTree groups the children of `forEach` steps under their parents; everything stays in plan order. */
export function planTree(steps: readonly StepView[]): PlanNode[] {
	const known = new Set(steps.map((step) => step.id as string));
	const children = new Map<string, StepView[]>();
	for (const step of steps) {
		if (step.parent === undefined || !known.has(step.parent)) continue;
		const siblings = children.get(step.parent);
		if (siblings === undefined) children.set(step.parent, [step]);
		else siblings.push(step);
	}
	return steps
		.filter((step) => step.parent === undefined || !known.has(step.parent))
		.map((step) => {
			const under = children.get(step.id) ?? [];
			return {
				step,
				children: under,
				ended: under.filter((child) => isEnded(child.status)).length,
				failed: under.filter((child) => isFailed(child.status)).length,
			};
		});
}

/** planProgress counts the planned steps that have ended, for a task's own progress bar; children count for their parent. */
export function planProgress(steps: readonly StepView[]): { readonly ended: number; readonly of: number } {
	let ended = 0;
	const nodes = planTree(steps);
	for (const node of nodes) {
		if (isEnded(node.step.status)) ended += 1;
		else if (node.children.length > 0) ended += node.ended / node.children.length;
	}
	return { ended, of: nodes.length };
}

/** isEnded tells whether a step will not change any more, short of a retry or an edit. */
export function isEnded(status: StepStatus): boolean {
	return status === 'done' || status === 'skipped' || status === 'cancelled' || isFailed(status);
}

const isFailed = (status: StepStatus) => status === 'failed' || status === 'dead-lettered';
