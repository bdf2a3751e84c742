import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { WorkflowDefinition } from './definition.ts';
import { type GoalValue, goalValues } from './goal-values.ts';
import { LEARNED_FROM } from './learn-workflow.ts';

/** learnedGoal is the goal a workflow was made from, with `{name}` for each parameter; undefined for one that somebody wrote. */
export function learnedGoal({ description }: Pick<WorkflowDefinition, 'description'>): string | undefined {
	return description?.startsWith(LEARNED_FROM) === true ? description.slice(LEARNED_FROM.length) : undefined;
}

/**
 * readInput reads a workflow's parameters from a goal: where the goal has the words of the one it was learned from, by their
 * places, else by what kind of value each parameter is. What cannot be read is left out.
 */
export function readInput(definition: WorkflowDefinition, goal: string): JsonObject {
	const properties = propertiesOf(definition);
	const learned = learnedGoal(definition);
	const placed = learned === undefined ? undefined : byPlaces(learned, goal);
	const values = goalValues(goal);
	const used = new Set<GoalValue>();
	const read = properties.flatMap(([name, schema]): [string, Json][] => {
		const there = placed?.get(name);
		if (there !== undefined) return typed(schema, there).map((value) => [name, value]);
		const kinds = kindsOf(schema);
		const fitting = values.filter((one) => kinds.includes(one.kind) && !used.has(one));
		// `5 sources` is meant for the parameter of that name.
		const found = fitting.find((one) => one.name === name) ?? fitting[0];
		if (found === undefined) return [];
		used.add(found);
		return typed(schema, found.value).map((value) => [name, value]);
	});
	return Object.fromEntries(read);
}

/** neededOf lists the parameters that a workflow cannot do without. */
export function neededOf(
	definition: Pick<WorkflowDefinition, 'input'>,
): readonly { readonly name: string; readonly description?: string | undefined }[] {
	const required = definition.input?.['required'];
	const names: readonly Json[] = Array.isArray(required) ? required : [];
	return propertiesOf(definition).flatMap(([name, schema]) => {
		if (!names.includes(name) || schema['default'] !== undefined) return [];
		const { description } = schema;
		return typeof description === 'string' ? { name, description } : { name };
	});
}

/** saysTheSame tells whether a goal has all the words of the one a workflow was learned from, and in their order. */
export function saysTheSame(definition: WorkflowDefinition, goal: string): boolean {
	const learned = learnedGoal(definition);
	return learned !== undefined && byPlaces(learned, goal) !== undefined;
}

/** propertiesOf lists the parameters of a workflow with their schemas. */
export function propertiesOf({ input }: Pick<WorkflowDefinition, 'input'>): readonly (readonly [string, JsonObject])[] {
	const properties = input?.['properties'] as Json | undefined;
	if (properties === undefined || !isJsonObject(properties)) return [];
	return Object.entries(properties).map(([name, schema]) => [name, isJsonObject(schema) ? schema : {}] as const);
}

/** What stands where the slots are: the words between them are looked for one after the other, never backwards. */
function byPlaces(learned: string, goal: string): ReadonlyMap<string, string> | undefined {
	const parts = learned.split(/\{([a-z]\w{0,60})\}/i);
	const [said, end] = [even(goal), parts.length - 1];
	const values = new Map<string, string>();
	let at = 0;
	for (let index = 0; index <= end; index += 2) {
		const words = even(parts[index] ?? '');
		const rest = said.length - words.length;
		const found = index === 0 ? (said.startsWith(words) ? 0 : -1) : index === end ? rest : said.indexOf(words, at + 1);
		if (found < at || !said.startsWith(words, found)) return undefined;
		const slot = parts[index - 1];
		if (slot !== undefined) values.set(slot, asSaid(goal).slice(at, found).trim());
		at = found + words.length;
	}
	return at === said.length && [...values.values()].every((value) => value !== '') ? values : undefined;
}

/** Case and spaces may differ, and how it ends. */
function even(text: string): string {
	return asSaid(text).toLowerCase();
}

function asSaid(text: string): string {
	return text
		.replaceAll(/\s+/g, ' ')
		.trimStart()
		.replace(/[\s.!]+$/, (end) => (end.startsWith(' ') ? ' ' : ''));
}

function kindsOf({ type, format }: JsonObject): readonly GoalValue['kind'][] {
	if (type === 'number' || type === 'integer') return ['number'];
	if (type === 'array') return ['url'];
	if (type !== undefined && type !== 'string') return [];
	if (format === 'uri' || format === 'url') return ['url'];
	if (format === 'email') return ['email'];
	if (format === 'date' || format === 'date-time') return ['date'];
	return ['text', 'name', 'date', 'email', 'url'];
}

/** Undefined where the words are no such value. */
function typed({ type }: JsonObject, words: string): Json[] {
	if (type === 'number' || type === 'integer') {
		const number = Number(words);
		return words !== '' && Number.isFinite(number) && (type === 'number' || Number.isInteger(number)) ? [number] : [];
	}
	if (type === 'boolean') return /^(?:true|false)$/i.test(words) ? [words.toLowerCase() === 'true'] : [];
	return type === 'array' ? [[words]] : [words];
}
