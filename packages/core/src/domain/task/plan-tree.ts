import type { StepStatus, StepView } from './view.ts';

/** PlanNode is a step as a tree shows it: the children of a `forEach` step and the steps of a body stand under it, counted. */
export interface PlanNode {
	readonly step: StepView;
	/** Those right under it. */
	readonly children: readonly StepView[];
	/** The same with what is under them in turn. */
	readonly nodes: readonly PlanNode[];
	/** How many children have ended, of whatever kind. */
	readonly ended: number;
	readonly failed: number;
}

/** planTree groups steps under those that they are a part of, at any depth; everything stays in plan order. */
export function planTree(steps: readonly StepView[]): PlanNode[] {
	const known = new Set(steps.map((step) => step.id as string));
	const children = new Map<string, StepView[]>();
	for (const step of steps) {
		if (step.parent === undefined || !known.has(step.parent)) continue;
		const siblings = children.get(step.parent);
		if (siblings === undefined) children.set(step.parent, [step]);
		else siblings.push(step);
	}
	const nodeOf = (step: StepView): PlanNode => {
		const under = children.get(step.id) ?? [];
		return {
			step,
			children: under,
			nodes: under.map(nodeOf),
			ended: under.filter((child) => isEnded(child.status)).length,
			failed: under.filter((child) => isFailed(child.status)).length,
		};
	};
	return steps.filter((step) => step.parent === undefined || !known.has(step.parent)).map(nodeOf);
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
