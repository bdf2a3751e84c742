import { asStepId, type StepId } from '../ids.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { PlannedStep, PlannedUndo, Repeat, When } from './plan.ts';
import { isReference } from './references.ts';
import { elementName, PREVIOUS } from './step-references.ts';

/** Names says what the names in references are to become: steps of a body their ids in the task, elements their places in lists. */
export type Names = ReadonlyMap<string, string>;

/** rewriteStep is a step whose references name what the given names stand for; its own id and those inside its body stay. */
export function rewriteStep(step: PlannedStep, names: Names): PlannedStep {
	const { input, dependsOn, when, forEach, body, repeat, undo } = step;
	const inside = step.forEach === undefined ? names : without(names, elementName(step));
	const inLoop = repeat === undefined ? inside : without(inside, PREVIOUS);
	return {
		...step,
		input: rewriteJson(input, inside),
		dependsOn: dependsOn.flatMap((id) => dependencyFor(id, names)),
		...(when === undefined ? {} : { when: rewriteWhen(when, names) }),
		...(forEach === undefined ? {} : { forEach: { ...forEach, $from: rewriteText(forEach.$from, names) } }),
		...(body === undefined ? {} : { body: { ...body, steps: body.steps.map((inner) => rewriteStep(inner, inLoop)) } }),
		...(repeat === undefined ? {} : { repeat: rewriteRepeat(repeat, inside) }),
		...(undo === undefined ? {} : { undo: rewriteUndo(undo, inside) }),
	};
}

/** rewriteUndo rewrites what an undo refers to. */
export function rewriteUndo(undo: PlannedUndo, names: Names): PlannedUndo {
	return { ...undo, input: rewriteJson(undo.input, names) };
}

/** rewriteWhen rewrites the paths of a condition. */
export function rewriteWhen(when: When, names: Names): When {
	if ('all' in when) return { all: when.all.map((part) => rewriteWhen(part, names)) };
	if ('any' in when) return { any: when.any.map((part) => rewriteWhen(part, names)) };
	return { ...when, path: rewriteText(when.path, names) };
}

/** rewriteJson rewrites every reference of an input. */
export function rewriteJson(input: Json, names: Names): Json {
	if (typeof input !== 'object' || input === null) return input;
	if (isReference(input)) return { ...input, $from: rewriteText(input.$from, names) };
	if (!isJsonObject(input)) return input.map((element) => rewriteJson(element, names));
	// `fromEntries` defines properties, so that a key like `__proto__` stays data.
	return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, rewriteJson(value, names)]));
}

function rewriteRepeat(repeat: Repeat, names: Names): Repeat {
	const { until, first } = repeat;
	const rewritten = { ...repeat, until: rewriteWhen(until, without(names, PREVIOUS)) };
	return first === undefined ? rewritten : { ...rewritten, first: rewriteJson(first, names) };
}

/** An element's place is inside another step's output: that step has ended before its list was gone over. */
function dependencyFor(id: StepId, names: Names): StepId[] {
	const name = names.get(id);
	if (name === undefined) return [id];
	return name.includes('.') ? [] : [asStepId(name)];
}

function rewriteText(text: string, names: Names): string {
	const end = text.indexOf('.');
	const name = names.get(end === -1 ? text : text.slice(0, end));
	if (name === undefined) return text;
	return end === -1 ? name : name + text.slice(end);
}

function without(names: Names, name: string): Names {
	if (!names.has(name)) return names;
	const rest = new Map(names);
	rest.delete(name);
	return rest;
}
