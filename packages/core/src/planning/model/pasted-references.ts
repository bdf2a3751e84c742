import { isJsonObject, type Json } from '../../domain/json.ts';
import { pastedDocument } from './goal-brief.ts';

/** Filled is a plan with pasted texts in place, and the names it used that nothing has. */
export interface Filled {
	readonly value: Json;
	readonly unknown: readonly string[];
}

/** Deeper is no sensible input; the check of the plan says so. */
const MAX_DEPTH = 100;

/**
 * fillPasted puts texts that came with a goal into a plan, so that a model need not repeat them word for word:
 * `{"$pasted": "text-1"}` becomes a document, `{"$pasted": "text-1.markdown"}` the text itself.
 */
export function fillPasted(plan: Json, pasted: ReadonlyMap<string, string>): Filled {
	const unknown: string[] = [];
	const fill = (value: Json, depth: number): Json => {
		if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
		if (!isJsonObject(value)) return value.map((part) => fill(part, depth + 1));
		const name = value['$pasted'];
		if (typeof name === 'string' && Object.keys(value).length === 1) {
			const [base = '', part] = name.split('.');
			const text = pasted.get(base);
			if (text !== undefined && (part === undefined || part === 'markdown' || part === 'text'))
				return part === undefined ? pastedDocument(base, text) : text;
			unknown.push(name);
			return value;
		}
		return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part, depth + 1)]));
	};
	return { value: fill(plan, 0), unknown };
}

/** pastedBytes is what the pasted texts would take up in a step's input. */
export function pastedBytes(pasted: ReadonlyMap<string, string>): number {
	let bytes = 0;
	for (const text of pasted.values()) bytes += new TextEncoder().encode(JSON.stringify(text)).length;
	return bytes;
}
