import type { StepId } from '../ids.ts';
import type { PlanStep } from './plan.ts';
import { dependenciesOf } from './step-references.ts';

/** findCycle looks for steps of one list that wait for each other: it takes away steps whose dependencies are all gone, again and again; what cannot be taken away holds a cycle. */
export function findCycle(steps: readonly PlanStep[], own: ReadonlySet<StepId>): StepId[] | undefined {
	const waitsFor = new Map(steps.map((step) => [step.id, dependenciesOf(step).filter((id) => own.has(id))]));
	const dependents = new Map<StepId, StepId[]>();
	const open = new Map<StepId, number>();
	for (const [id, dependencies] of waitsFor) {
		open.set(id, dependencies.length);
		for (const dependency of dependencies) {
			const known = dependents.get(dependency);
			if (known === undefined) dependents.set(dependency, [id]);
			else known.push(id);
		}
	}
	const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
	for (let id = free.pop(); id !== undefined; id = free.pop()) {
		open.delete(id);
		for (const dependent of dependents.get(id) ?? []) {
			const count = (open.get(dependent) ?? 0) - 1;
			open.set(dependent, count);
			if (count === 0) free.push(dependent);
		}
	}
	const [start] = open.keys();
	return start === undefined ? undefined : walkCycle(start, (id) => waitsFor.get(id)?.find((other) => open.has(other)));
}

/** Every step left waits for another one left, so walking from any of them comes back to where it has been. */
function walkCycle(start: StepId, next: (id: StepId) => StepId | undefined): StepId[] {
	const walked: StepId[] = [];
	let id: StepId | undefined = start;
	while (id !== undefined && !walked.includes(id)) {
		walked.push(id);
		id = next(id);
	}
	return id === undefined ? walked : [...walked.slice(walked.indexOf(id)), id];
}
