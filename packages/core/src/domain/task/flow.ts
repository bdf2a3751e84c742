import type { PlanStep } from './plan.ts';

/** FLOW names the capabilities of control flow: the task itself carries them out, by rule. */
export const FLOW = {
	group: 'flow.group',
	loop: 'flow.loop',
	wait: 'flow.wait',
	event: 'flow.event',
	value: 'flow.value',
} as const;
export type FlowKind = keyof typeof FLOW;

const KINDS: ReadonlyMap<string, FlowKind> = new Map(
	Object.entries(FLOW).map(([kind, name]) => [name, kind as FlowKind]),
);

/** flowKind tells what kind of control flow a step is; undefined for one that a worker carries out. */
export function flowKind({ capability }: Pick<PlanStep, 'capability'>): FlowKind | undefined {
	return KINDS.get(capability);
}

/** hasBody tells whether a step is one that is made of others. */
export function hasBody(step: Pick<PlanStep, 'capability'>): boolean {
	const kind = flowKind(step);
	return kind === 'group' || kind === 'loop';
}
