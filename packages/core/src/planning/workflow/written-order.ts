import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';

const TOP = ['name', 'version', 'title', 'description', 'input', 'steps', 'result'];
const STEP = [
	...[
		'id',
		'title',
		'after',
		'when',
		'each',
		'as',
		'max',
		'use',
		'workflow',
		'with',
		'loop',
		'choose',
		'parallel',
		'steps',
	],
	...['gives', 'wait', 'ask', 'let', 'retry', 'timeout', 'effects', 'undo', 'optional'],
];

/** inWrittenOrder is a definition with its keys in the order in which people write them; what is undefined is left out. */
export function inWrittenOrder(definition: WorkflowDefinition | JsonObject): JsonObject {
	const data = JSON.parse(JSON.stringify(definition)) as JsonObject;
	const { steps, ...rest } = data;
	return sorted({ ...rest, steps: stepsInOrder(steps ?? []) }, TOP);
}

function stepsInOrder(list: Json): Json {
	if (!Array.isArray(list)) return list;
	return (list as readonly Json[]).map((step) => {
		if (!isJsonObject(step)) return step;
		const inner = Object.entries(step).map(([key, value]) => {
			if (key === 'steps' || key === 'parallel') return [key, stepsInOrder(value)] as const;
			if (key !== 'choose' || !Array.isArray(value)) return [key, value] as const;
			const branches = (value as readonly Json[]).map((branch) =>
				isJsonObject(branch) ? branchInOrder(branch) : branch,
			);
			return [key, branches] as const;
		});
		return sorted(Object.fromEntries(inner), STEP);
	});
}

function branchInOrder({ steps, ...rest }: JsonObject): JsonObject {
	return sorted({ ...rest, steps: stepsInOrder(steps ?? []) }, STEP);
}

function sorted(object: JsonObject, order: readonly string[]): JsonObject {
	const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
	return Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => rank(one) - rank(other)));
}
