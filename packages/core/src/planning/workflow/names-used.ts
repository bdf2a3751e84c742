import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { WorkflowStep } from '../../domain/workflow/definition.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { hasExpression, readTemplate } from './expression/template.ts';

/** Keys of a definition that hold an expression without `${}`. */
const BARE: ReadonlySet<string> = new Set(['when', 'each', 'until']);

/** namesUsed lists the names that the expressions of a step use, those of the steps inside it too. */
export function namesUsed(step: WorkflowStep | JsonObject): ReadonlySet<string> {
	const names = new Set<string>();
	visit(step, undefined, names);
	return names;
}

function visit(value: unknown, key: string | undefined, names: Set<string>): void {
	if (typeof value === 'string') {
		if (hasExpression(value)) addTemplate(value, names);
		else if (key !== undefined && BARE.has(key)) addExpression(value, names);
		return;
	}
	if (Array.isArray(value)) for (const part of value as readonly unknown[]) visit(part, undefined, names);
	else if (isJsonObject(value)) for (const [inner, part] of Object.entries(value)) visit(part, inner, names);
}

function addTemplate(text: string, names: Set<string>): void {
	const read = readTemplate(text);
	for (const part of read.ok ? read.parts : []) if (part.kind === 'expression') addExpression(part.text, names);
}

function addExpression(text: string, names: Set<string>): void {
	const read = parseExpression(text);
	if (read.ok) for (const name of read.expression.names.keys()) names.add(name);
}
