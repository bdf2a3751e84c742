import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { WorkflowStep } from '../../domain/workflow/definition.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { hasExpression, readTemplate } from './expression/template.ts';
import { listsOf } from './step-kind.ts';

/** Keys of a definition that hold an expression without `${}`. */
const BARE: ReadonlySet<string> = new Set(['when', 'each', 'until']);
/** Keys of a definition that hold steps. */
const LISTS: ReadonlySet<string> = new Set(['steps', 'parallel']);

/** namesUsed lists the names outside a step that its expressions use, and those of the steps inside it. */
export function namesUsed(step: WorkflowStep): ReadonlySet<string> {
	const names = new Set<string>();
	visit(step, undefined, names);
	for (const { steps } of listsOf(step)) {
		for (const inner of steps) for (const name of namesUsed(inner)) names.add(name);
	}
	for (const { steps } of listsOf(step)) for (const { id } of steps) if (id !== undefined) names.delete(id);
	if ('each' in step) names.delete(step.as ?? 'item');
	if ('loop' in step) names.delete('previous');
	return names;
}

/** namesInTemplate lists the names that a value's expressions use. */
export function namesInTemplate(template: unknown): ReadonlySet<string> {
	const names = new Set<string>();
	visit(template, undefined, names);
	return names;
}

function visit(value: unknown, key: string | undefined, names: Set<string>): void {
	if (typeof value === 'string') {
		if (hasExpression(value)) addTemplate(value, names);
		else if (key !== undefined && BARE.has(key)) addExpression(value, names);
		return;
	}
	if (Array.isArray(value)) {
		for (const part of value as readonly unknown[]) visit(part, undefined, names);
		return;
	}
	if (isJsonObject(value)) visitMembers(value, names);
}

function visitMembers(value: JsonObject, names: Set<string>): void {
	for (const [key, part] of Object.entries(value)) if (!LISTS.has(key)) visit(part, key, names);
}

function addTemplate(text: string, names: Set<string>): void {
	const read = readTemplate(text);
	for (const part of read.ok ? read.parts : []) if (part.kind === 'expression') addExpression(part.text, names);
}

function addExpression(text: string, names: Set<string>): void {
	const read = parseExpression(text);
	if (read.ok) for (const name of read.expression.names.keys()) names.add(name);
}
