import type { Json } from '../../domain/json.ts';
import type { ModelTool } from '../../ports/language-model.ts';

/** PROPOSE_PLAN and ASK_PERSON are the names of what a model may do besides answering in words. */
export const PROPOSE_PLAN = 'propose_plan';
export const ASK_PERSON = 'ask_person';

/** MAX_QUESTIONS bounds what is asked at once. */
export const MAX_QUESTIONS = 5;

const WHEN: Json = {
	type: 'object',
	description:
		'Runs the step only if this holds: {"path": "stepId.path", "op": "exists" | "equals" | "contains" | "gt" | "lt", "value": …, "not": false}, or {"all": […]} or {"any": […]} of such.',
};

const STEP: Json = {
	type: 'object',
	properties: {
		id: { type: 'string', description: 'Short and unique: letters, digits, - and _.' },
		title: { type: 'string', description: 'What the step does, for the person, at most 100 characters.' },
		capability: { type: 'string', description: 'A name from the catalogue.' },
		input: { type: 'object', description: "Fits the capability's input schema; may hold references." },
		dependsOn: {
			type: 'array',
			items: { type: 'string' },
			description: 'Ids of steps to wait for without using their output; references wait by themselves.',
		},
		forEach: {
			type: 'object',
			properties: {
				$from: { type: 'string', description: 'A list in an earlier output: "stepId.path".' },
				maxItems: { type: 'integer', minimum: 1 },
			},
			required: ['$from'],
			description:
				'Runs the step once for each item, {"$from": "item"} in its input; its output is the list of outputs.',
		},
		when: WHEN,
		essential: { type: 'boolean', description: 'false: the plan goes on without it if it fails. Default true.' },
	},
	required: ['id', 'title', 'capability', 'input'],
};

/** PLANNER_TOOLS are offered in every call. */
export const PLANNER_TOOLS: readonly ModelTool[] = [
	{
		name: PROPOSE_PLAN,
		description: 'Proposes the steps that reach the goal. They run at once, in parallel where they can.',
		parameters: {
			type: 'object',
			properties: {
				steps: { type: 'array', minItems: 1, items: STEP },
				note: {
					type: 'string',
					description: 'One or two sentences to the person: how the goal was understood, what is left out and why.',
				},
			},
			required: ['steps'],
		},
	},
	{
		name: ASK_PERSON,
		description: 'Asks for what only the person knows and without which no useful plan is possible.',
		parameters: {
			type: 'object',
			properties: {
				questions: {
					type: 'array',
					minItems: 1,
					maxItems: MAX_QUESTIONS,
					items: {
						type: 'object',
						properties: {
							kind: { type: 'string', enum: ['text', 'choice'] },
							text: { type: 'string' },
							choices: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 10 },
						},
						required: ['kind', 'text'],
					},
				},
			},
			required: ['questions'],
		},
	},
];
