import type { StepId } from '../ids.ts';
import { hasEnded, isPlanned, parentOf, type Step, type Task } from './state.ts';

type Steps = Task['steps'];

/** A task of so many steps is looked through as quickly as anything could be kept about it. */
const FEW_STEPS = 24;

/** Frontiers of tasks as they are now: that of a state goes on to the state after it, so that few facts cost a look at all steps. */
const KNOWN = new WeakMap<Steps, Frontier>();

/** stepsGoingOn lists the steps of a task that may change next, in its order, and perhaps others. */
export function stepsGoingOn({ steps }: Task): readonly Step[] {
	return frontierOf(steps)?.live() ?? Object.values(steps);
}

/** hasOpenSteps tells whether a planned step of a task has not ended. */
export function hasOpenSteps({ steps }: Task): boolean {
	const frontier = frontierOf(steps);
	if (frontier !== undefined) return frontier.plannedOpen > 0;
	return Object.values(steps).some((step) => !hasEnded(step) && isPlanned(step));
}

/** deadLettersIn counts the steps of a task that gave up. */
export function deadLettersIn({ steps }: Task): number {
	const known = frontierOf(steps)?.deadLettered;
	if (known !== undefined) return known;
	let count = 0;
	for (const { phase } of Object.values(steps)) if (phase.status === 'dead-lettered') count += 1;
	return count;
}

/** isKnownReady tells whether everything was found to be there for a waiting step: it stays so until the step changes, or another is reopened. */
export function isKnownReady({ steps }: Task, step: Step): boolean {
	return KNOWN.get(steps)?.ready.has(step) === true;
}

/** learnReady notes that everything is there for a step of a task as it is now. */
export function learnReady({ steps }: Task, step: Step): void {
	KNOWN.get(steps)?.ready.add(step);
}

/** StepChange is one step before and after a fact, with those that came into the task behind all others. */
interface StepChange {
	readonly before: Step;
	readonly after: Step;
	readonly added?: readonly Step[] | undefined;
}

/** carryFrontier hands what is known of steps on to those after a change. */
export function carryFrontier(from: Steps, to: Steps, change: StepChange): void {
	const known = KNOWN.get(from);
	if (known === undefined) return;
	KNOWN.delete(from);
	if (known.change(to, change)) KNOWN.set(to, known);
}

/** Worked out from the steps alone: those that are asked about again, after others came of them, are looked through anew. */
function frontierOf(steps: Steps): Frontier | undefined {
	const known = KNOWN.get(steps);
	if (known !== undefined) return known;
	const all = Object.values(steps);
	if (all.length <= FEW_STEPS) return undefined;
	const made = new Frontier(steps, all);
	KNOWN.set(steps, made);
	return made;
}

/** Where a task goes on: without what has ended, what waits for other steps, and what waits for those inside it. */
class Frontier {
	plannedOpen = 0;
	deadLettered = 0;
	/** Waiting steps that everything is there for. */
	readonly ready = new Set<Step>();
	#steps: Steps;
	/** In the order of the task. */
	#live: Step[] = [];
	readonly #places = new Map<StepId, number>();
	/** How many that a waiting step waits for have not ended. */
	readonly #blockers = new Map<StepId, number>();
	readonly #dependents = new Map<StepId, StepId[]>();
	/** Of a step that others are a part of: how many of them go on, and whether one has given up. */
	readonly #openInside = new Map<StepId, number>();
	readonly #brokenInside = new Set<StepId>();

	constructor(steps: Steps, all: readonly Step[]) {
		this.#steps = steps;
		for (const [place, step] of all.entries()) {
			this.#places.set(step.spec.id, place);
			this.#count(step, 1);
		}
		for (const { spec } of all) for (const id of new Set(spec.dependsOn)) this.#needs(spec.id, id);
		this.#live = all.filter((step) => this.#isLive(step));
	}

	/** Never changed once it was given out. */
	live(): readonly Step[] {
		return this.#live;
	}

	/** Takes in the change of one step; false where all has to be looked at anew. */
	change(steps: Steps, { before, after, added = [] }: StepChange): boolean {
		if (before.spec !== after.spec || hasEnded(before)) return false;
		if (added.some(({ spec }) => this.#places.has(spec.id))) return false;
		this.#steps = steps;
		this.ready.delete(before);
		this.#count(before, -1);
		this.#count(after, 1);
		for (const step of added) {
			this.#places.set(step.spec.id, this.#places.size);
			this.#count(step, 1);
		}
		for (const { spec } of added) for (const id of new Set(spec.dependsOn)) this.#needs(spec.id, id);
		const changed = [after, ...added];
		if (hasEnded(after)) this.#release(after, changed);
		this.#live = this.#live.slice();
		for (const step of changed) this.#place(step);
		return true;
	}

	#needs(id: StepId, needed: StepId): void {
		const step = own(this.#steps, needed);
		if (step === undefined) return;
		const others = this.#dependents.get(needed);
		if (others === undefined) this.#dependents.set(needed, [id]);
		else others.push(id);
		if (!hasEnded(step)) add(this.#blockers, id, 1);
	}

	/** Adds what waited for a step that has ended, and goes on now. */
	#release(ended: Step, changed: Step[]): void {
		const parent = parentOf(ended);
		for (const id of this.#dependents.get(ended.spec.id) ?? []) {
			if (add(this.#blockers, id, -1) === 0) changed.push(...this.#found(id));
		}
		if (parent === undefined) return;
		for (const owner of this.#found(parent)) if (this.#isLive(owner)) changed.push(owner);
	}

	#found(id: StepId): readonly Step[] {
		const step = own(this.#steps, id);
		return step === undefined ? [] : [step];
	}

	#count(step: Step, by: number): void {
		const parent = parentOf(step);
		if (!hasEnded(step)) {
			if (isPlanned(step)) this.plannedOpen += by;
			if (parent !== undefined) add(this.#openInside, parent, by);
		} else if (step.phase.status === 'dead-lettered') {
			this.deadLettered += by;
			if (parent !== undefined) this.#brokenInside.add(parent);
		}
	}

	#isLive({ spec: { id }, phase }: Step): boolean {
		switch (phase.status) {
			case 'running':
			case 'retrying':
			case 'suspended':
				return true;
			case 'waiting':
				return (this.#blockers.get(id) ?? 0) === 0;
			case 'unfolded':
			case 'expanded':
				if (phase.status === 'unfolded' && phase.resumeAt !== undefined) return true;
				return (this.#openInside.get(id) ?? 0) === 0 || this.#brokenInside.has(id);
			default:
				return false;
		}
	}

	/** Puts a step among those that go on, or takes it out. */
	#place(step: Step): void {
		const place = this.#placeOf(step) ?? 0;
		let [low, high] = [0, this.#live.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#placeOf(this.#live[middle]) ?? 0) < place) low = middle + 1;
			else high = middle;
		}
		const isThere = this.#placeOf(this.#live[low]) === place;
		if (this.#isLive(step)) this.#live.splice(low, isThere ? 1 : 0, step);
		else if (isThere) this.#live.splice(low, 1);
	}

	#placeOf(step: Step | undefined): number | undefined {
		return step && this.#places.get(step.spec.id);
	}
}

function own(steps: Steps, id: StepId): Step | undefined {
	return Object.hasOwn(steps, id) ? steps[id] : undefined;
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): number {
	const count = (counts.get(key) ?? 0) + by;
	counts.set(key, count);
	return count;
}
