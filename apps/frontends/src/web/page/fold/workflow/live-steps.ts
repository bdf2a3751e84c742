import { isEnded } from '@errand/core/domain/task/plan-tree.ts';
import type { StepStatus, StepView } from '@errand/core/domain/task/view.ts';

/** LiveStep is how a step of a definition stands in a run: all its rounds and elements together. */
export interface LiveStep {
	readonly status: StepStatus;
	/** Of how many elements, or how often inside others, where that is not once. */
	readonly ended?: number | undefined;
	readonly of?: number | undefined;
	/** The round that a loop is in. */
	readonly round?: number | undefined;
	readonly error?: string | undefined;
}

/** liveSteps tells how each step of a definition stands, by its path; `places` says which step of it a planned one comes from. */
export function liveSteps(
	steps: readonly StepView[],
	places: Readonly<Record<string, string>>,
): ReadonlyMap<string, LiveStep> {
	// Of all that one step becomes in a plan, the first is the step itself.
	const main = new Map<string, string>();
	for (const [id, path] of Object.entries(places)) if (!main.has(path)) main.set(path, id);
	const own = new Map<string, StepView[]>();
	const elements = new Map<string, StepView[]>();
	const rounds = new Map<string, number>();
	const inside = new Map<string, StepStatus[]>();
	for (const step of steps) {
		const planned = plannedId(step.id);
		const path = places[planned];
		for (const [, loop = '', round] of step.id.matchAll(/([^/]+)#(\d+)\//g)) {
			const at = places[plannedId(loop)];
			if (at !== undefined) rounds.set(at, Math.max(rounds.get(at) ?? 0, Number(round)));
		}
		if (path === undefined) continue;
		for (const above of pathsAbove(path)) push(inside, above, step.status);
		if (main.get(path) === planned) push(/:\d+$/.test(step.id) ? elements : own, path, step);
	}
	const found = new Map<string, LiveStep>();
	for (const [path, views] of own) {
		const parts = elements.get(path) ?? [];
		const counted = parts.length > 0 ? parts : views.length > 1 ? views : undefined;
		const round = rounds.get(path);
		const error = [...views, ...parts].find((step) => step.error !== undefined && step.status !== 'skipped')?.error;
		found.set(path, {
			status: together(
				views.map(({ status }) => status),
				inside.get(path) ?? [],
			),
			...(counted === undefined
				? {}
				: { ended: counted.filter((step) => isEnded(step.status)).length, of: counted.length }),
			...(round === undefined ? {} : { round }),
			...(error === undefined ? {} : { error: error.message }),
		});
	}
	return found;
}

/** A step's id in a plan, without what it is inside of, its round and its element. */
function plannedId(id: string): string {
	return id.slice(id.lastIndexOf('/') + 1).replace(/[#:]\d+$/, '');
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [value]);
	else list.push(value);
}

function pathsAbove(path: string): readonly string[] {
	const keys = path.split('.');
	return keys.slice(1).map((_, at) => keys.slice(0, at + 1).join('.'));
}

const URGENT: readonly StepStatus[] = ['asking', 'running', 'retrying', 'ready', 'dead-lettered', 'failed'];

/** One word for some runs of a step; a step that holds others asks or runs where one of them does. */
function together(own: readonly StepStatus[], inside: readonly StepStatus[]): StepStatus {
	for (const status of ['asking', 'running'] as const) {
		if (own.some((one) => !isEnded(one)) && inside.includes(status)) return status;
	}
	const urgent = URGENT.find((status) => own.includes(status));
	if (urgent !== undefined) return urgent;
	if (own.some((status) => !isEnded(status))) return 'waiting';
	return own.includes('done') ? 'done' : (own[0] ?? 'waiting');
}
