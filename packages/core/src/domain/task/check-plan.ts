import type { StepId } from '../ids.ts';
import { inputShapeProblem } from './check-input.ts';
import { conditionPaths } from './condition.ts';
import { findCycle } from './find-cycle.ts';
import { flowKind, hasBody } from './flow.ts';
import { PLAN_LIMITS, type PlanStep } from './plan.ts';
import { ITEM, parseReference, referencesIn } from './references.ts';
import { elementName, PREVIOUS, SELF } from './step-references.ts';

/** PlanProblem is one reason why a plan cannot run, as a sentence for whoever wrote it. */
export interface PlanProblem {
	readonly stepId?: StepId | undefined;
	readonly message: string;
}

/** Scope is what the steps of one list may refer to. */
interface Scope {
	/** Steps of the lists around this one, without those that it is a part of. */
	readonly outer: ReadonlySet<StepId>;
	/** Elements of lists around it, and `previous` inside a loop. */
	readonly names: ReadonlySet<StepId>;
}

const MAX_REFERENCE_LENGTH = 500;
const NOWHERE: Scope = { outer: new Set(), names: new Set() };

/**
 * planProblems checks what can be checked without a catalogue: the limits, unique ids, dependencies and references that
 * exist where they are, and no cycle; of steps inside steps too. An empty list means the plan's structure is sound.
 */
export function planProblems(steps: readonly PlanStep[]): PlanProblem[] {
	const { maxSteps, maxDepth } = PLAN_LIMITS;
	if (steps.length === 0) return [{ message: 'The plan has no steps.' }];
	const all: PlanStep[] = [];
	if (collect(steps, all, 1) > maxDepth) return [{ message: `Steps stand in steps more than ${maxDepth} deep.` }];
	if (all.length > maxSteps) return [{ message: `The plan has ${all.length} steps; at most ${maxSteps} are allowed.` }];
	return [...idProblems(all), ...listProblems(steps, NOWHERE)];
}

/** Lists steps of all depths, and tells how deep they stand; it goes no deeper than one too many. */
function collect(steps: readonly PlanStep[], all: PlanStep[], depth: number): number {
	if (depth > PLAN_LIMITS.maxDepth) return depth;
	let deepest = depth;
	for (const step of steps) {
		all.push(step);
		if (step.body !== undefined) deepest = Math.max(deepest, collect(step.body.steps, all, depth + 1));
	}
	return deepest;
}

function idProblems(all: readonly PlanStep[]): PlanProblem[] {
	const problems: PlanProblem[] = [];
	const taken = new Map<StepId, string>([[ITEM, 'the element of a forEach']]);
	for (const step of all) {
		if (step.forEach?.as !== undefined) taken.set(elementName(step), 'the element of a forEach');
		if (step.repeat !== undefined) taken.set(PREVIOUS, 'what the time before gave');
		if (step.undo !== undefined) taken.set(SELF, 'the output that an undo takes back');
	}
	const seen = new Set<StepId>();
	for (const { id } of all) {
		if (seen.has(id)) problems.push({ stepId: id, message: `Two steps have the id "${id}"; ids must be unique.` });
		const meaning = taken.get(id);
		if (meaning !== undefined) problems.push({ stepId: id, message: `"${id}" names ${meaning}; use another id.` });
		seen.add(id);
	}
	return problems;
}

function listProblems(steps: readonly PlanStep[], scope: Scope): PlanProblem[] {
	const own = new Set(steps.map((step) => step.id));
	const visible = new Set([...scope.outer, ...own]);
	const problems = steps.flatMap((step) => [
		...stepProblems(step, visible, scope),
		...undoProblems(step, visible, scope),
		...bodyProblems(step, visible, scope),
	]);
	// References of an input that is too deep or malformed were reported above; a cycle is looked for in sound plans only.
	if (problems.length > 0) return problems;
	const cycle = findCycle(steps, own);
	if (cycle === undefined) return [];
	return [{ stepId: cycle[0], message: `Steps wait for each other in a circle: ${cycle.join(' → ')}.` }];
}

function stepProblems(step: PlanStep, visible: ReadonlySet<StepId>, { names }: Scope): PlanProblem[] {
	const says = (message: string): PlanProblem => ({ stepId: step.id, message });
	const shape = inputShapeProblem(step.input);
	if (shape !== undefined) return [says(shape)];
	const problems: PlanProblem[] = [];
	for (const id of step.dependsOn) {
		if (!visible.has(id) && !names.has(id))
			problems.push(says(`dependsOn names the step "${id}", which does not exist.`));
	}
	const inside = step.forEach === undefined ? names : new Set([...names, elementName(step)]);
	const places = [
		...referencesIn(step.input).map((text) => ({ text, where: 'The input', known: inside })),
		...(step.when === undefined ? [] : conditionPaths(step.when)).map((text) => ({
			text,
			where: 'when',
			known: names,
		})),
		...(step.forEach === undefined ? [] : [{ text: step.forEach.$from, where: 'forEach', known: names }]),
	];
	for (const { text, where, known } of places) {
		const problem = referenceProblem(text, where, visible, known);
		if (problem !== undefined) problems.push(says(problem));
	}
	return problems;
}

function undoProblems({ id, undo, forEach }: PlanStep, visible: ReadonlySet<StepId>, { names }: Scope): PlanProblem[] {
	if (undo === undefined) return [];
	const shape = inputShapeProblem(undo.input);
	if (shape !== undefined) return [{ stepId: id, message: `undo: ${shape}` }];
	const known = new Set([...names, SELF, ...(forEach === undefined ? [] : [elementName({ forEach })])]);
	return referencesIn(undo.input).flatMap((text) => {
		const message = referenceProblem(text, 'undo', visible, known);
		return message === undefined ? [] : [{ stepId: id, message }];
	});
}

/** What is wrong with a step that is made of steps, or that should be, or should not be. */
function bodyProblems(step: PlanStep, visible: ReadonlySet<StepId>, scope: Scope): PlanProblem[] {
	const says = (message: string): PlanProblem => ({ stepId: step.id, message });
	const { id, capability, body, repeat } = step;
	if (!hasBody(step)) {
		if (body !== undefined) return [says(`"${capability}" takes no body; "flow.group" and "flow.loop" do.`)];
		return repeat === undefined ? [] : [says(`"${capability}" takes no repeat; "flow.loop" does.`)];
	}
	if (body === undefined || body.steps.length === 0) return [says(`"${capability}" needs a body with steps.`)];
	const isLoop = flowKind(step) === 'loop';
	if (isLoop !== (repeat !== undefined))
		return [
			says(isLoop ? 'A loop needs `repeat`, which says how long.' : '"flow.group" takes no repeat; "flow.loop" does.'),
		];
	const problems: PlanProblem[] = [];
	const inner = new Set(body.steps.map((one) => one.id));
	if (body.gives !== undefined && !inner.has(body.gives))
		problems.push(says(`gives names "${body.gives}", which is no step of the body.`));
	const outer = new Set(visible);
	outer.delete(id);
	const names = new Set(scope.names);
	if (step.forEach !== undefined) names.add(elementName(step));
	if (repeat !== undefined) {
		const { first, until, max } = repeat;
		const shape = first === undefined ? undefined : inputShapeProblem(first);
		if (shape !== undefined) problems.push(says(`repeat.first: ${shape}`));
		for (const text of first === undefined || shape !== undefined ? [] : referencesIn(first)) {
			const problem = referenceProblem(text, 'repeat.first', outer, names);
			if (problem !== undefined) problems.push(says(problem));
		}
		names.add(PREVIOUS);
		for (const path of conditionPaths(until)) {
			const problem = referenceProblem(path, 'repeat.until', new Set([...outer, ...inner]), names);
			if (problem !== undefined) problems.push(says(problem));
		}
		if (!Number.isInteger(max) || max < 1 || max > PLAN_LIMITS.maxRounds)
			problems.push(says(`repeat.max is ${max}; 1 to ${PLAN_LIMITS.maxRounds} are allowed.`));
	}
	return [...problems, ...listProblems(body.steps, { outer, names })];
}

function referenceProblem(
	text: string,
	where: string,
	visible: ReadonlySet<StepId>,
	names: ReadonlySet<StepId>,
): string | undefined {
	if (text.length > MAX_REFERENCE_LENGTH)
		return `${where} has a reference of ${text.length} characters; at most ${MAX_REFERENCE_LENGTH} are allowed.`;
	const { stepId, path } = parseReference(text);
	if (path.includes('')) return `${where} refers to "${text}", which has an empty part.`;
	if (names.has(stepId) || visible.has(stepId)) return undefined;
	if (stepId === ITEM) return `${where} refers to "${text}"; ${itemRule(where)}`;
	if (stepId === PREVIOUS) return `${where} refers to "${text}"; there is a previous only inside a loop.`;
	return `${where} refers to "${text}", but there is no step "${stepId}".`;
}

function itemRule(where: string): string {
	if (where !== 'when' && where !== 'forEach') return 'an item exists only in a step with forEach.';
	return `${where} is looked at once, before there are items.`;
}
