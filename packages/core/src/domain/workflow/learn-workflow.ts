import { isJsonObject, type Json } from '../json.ts';
import { searchText } from '../memory/search-words.ts';
import type { PlanStep } from '../task/plan.ts';
import { isReference } from '../task/references.ts';
import type { WorkflowDefinition } from './definition.ts';
import { goalValues } from './goal-values.ts';
import { learnedParameters, type Parameter, parameterSchema, withSlots } from './learned-parameters.ts';
import { conditionExpression, hasSpread, pathExpression, type Rename, valueExpression } from './plan-expressions.ts';

/** LearnedFrom is what a workflow is made from: a goal, and the plan that led there. */
export interface LearnedFrom {
	readonly goal: string;
	readonly steps: readonly Omit<PlanStep, 'body' | 'repeat' | 'undo' | 'retry' | 'timeoutMs' | 'effects'>[];
	/** Given to it instead of a name made from the goal. */
	readonly name?: string | undefined;
	/** Parameters that a language model found. */
	readonly proposed?: Parameters<typeof learnedParameters>[2];
}

/** LEARNED_FROM begins the description of a workflow that was made from a goal; the goal follows, with `{name}` for each parameter. */
export const LEARNED_FROM = 'Learned from: ';

/** learnWorkflow makes a workflow of a plan: what the goal names in particular becomes its parameters. */
export function learnWorkflow({ goal, steps, name, proposed }: LearnedFrom): {
	readonly definition: WorkflowDefinition;
	readonly parameters: readonly Parameter[];
} {
	const parameters = learnedParameters(
		goal,
		steps.map(({ input }) => input),
		proposed,
	);
	const rename = renaming(steps.map(({ id }) => id));
	const slotted = withSlots(goal, parameters, (parameter) => `{${parameter.name}}`);
	const definition = {
		name: name ?? workflowNameOf(goal),
		version: 1,
		title: titleOf(slotted),
		description: `${LEARNED_FROM}${slotted}`.slice(0, 4_000),
		...(parameters.length === 0 ? {} : { input: parameterSchema(parameters) }),
		steps: steps.map((step, index) => learnedStep(step, { rename, parameters, before: steps[index - 1]?.id })),
	};
	// The same values, but for the types of lists that may not be changed.
	return { definition: definition as unknown as WorkflowDefinition, parameters };
}

interface Context {
	readonly rename: Rename;
	readonly parameters: readonly Parameter[];
	/** The step that comes right before in the list. */
	readonly before: string | undefined;
}

function learnedStep(step: LearnedFrom['steps'][number], context: Context) {
	const { rename, before } = context;
	const { id, title, capability, input, dependsOn, when, forEach, essential } = step;
	const isNext = dependsOn.length === 1 && dependsOn[0] === before;
	return {
		id: rename(id),
		title: title.slice(0, 200),
		...(isNext ? {} : { after: dependsOn.map(rename) }),
		...(when === undefined ? {} : { when: conditionExpression(when, rename) }),
		...(essential ? {} : { optional: true }),
		...(forEach === undefined
			? {}
			: {
					each: pathExpression(forEach.$from, rename),
					as: forEach.as ?? 'item',
					...(forEach.maxItems === undefined ? {} : { max: forEach.maxItems }),
				}),
		use: capability,
		with: template(input, context),
	};
}

function template(value: Json, context: Context): Json {
	const { rename, parameters } = context;
	if (isReference(value)) return `\${${pathExpression(value.$from, rename)}}`;
	if (typeof value === 'string') {
		return withSlots(
			value,
			parameters,
			({ name }) => `\${input.${name}}`,
			(text) => text.replaceAll('${', () => '$${'),
		);
	}
	if (typeof value === 'number') {
		const meant = parameters.find((one) => one.kind === 'number' && Number(one.value) === value);
		return meant === undefined ? value : `\${input.${meant.name}}`;
	}
	if (Array.isArray(value)) {
		const list = value as readonly Json[];
		return hasSpread(list) ? `\${${valueExpression(list, rename)}}` : list.map((one) => template(one, context));
	}
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, template(one, context)]));
}

/** Names that expressions have for something else. */
const RESERVED = ['input', 'item', 'kept', 'previous', 'self', 'true', 'false', 'null', 'in'];

/** Ids of a plan may hold signs that a name in an expression may not. */
function renaming(ids: readonly string[]): Rename {
	const names = new Map<string, string>();
	for (const id of ids) {
		const plain = id.replaceAll(/[^a-z0-9_]/gi, '_').slice(0, 40);
		const base = /^[a-z]/i.test(plain) && !RESERVED.includes(plain) ? plain : `step_${plain}`;
		let name = base;
		for (let number = 2; [...names.values()].includes(name); number++) name = `${base}_${number}`;
		names.set(id, name);
	}
	// An element of a list keeps its name.
	return (id) => names.get(id) ?? id;
}

/** workflowNameOf makes a name of a few words of a goal, without what it names in particular. */
export function workflowNameOf(goal: string): string {
	let plain = goal;
	for (const { start, end } of goalValues(goal).toReversed()) plain = `${plain.slice(0, start)} ${plain.slice(end)}`;
	const words = searchText(plain.normalize('NFKD').replaceAll(/\p{M}/gu, ''))
		.split(' ')
		.filter((word) => /^[a-z0-9]+$/.test(word) && !FILLERS.has(word));
	const name = words.slice(0, 5).join('-').slice(0, 60).replace(/-$/, '');
	return name === '' ? 'learned-errand' : name;
}

const FILLERS = new Set('a an the of to and or for with in on at by from please me my is are it this that'.split(' '));

function titleOf(slotted: string): string {
	const [line = ''] = slotted.trim().split('\n');
	const short = line.length > 100 ? `${line.slice(0, 99)}…` : line;
	return short === '' ? 'Learned errand' : short;
}
