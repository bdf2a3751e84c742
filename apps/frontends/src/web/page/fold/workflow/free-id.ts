import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import type { Draft } from './draft.ts';

/** freeId is an id like the last word of what is wanted, that no step of a draft has yet. */
export function freeId(draft: Draft, wanted: string): string {
	const taken = idsOf(draft);
	const word = (wanted.split(/[.]/).at(-1) ?? '').replace(/\W+/g, '_').replace(/^[^a-z]+/i, '');
	const base = word.slice(0, 40) || 'step';
	for (let number = 1; ; number++) {
		const id = number === 1 ? base : `${base}${number}`;
		if (!taken.has(id)) return id;
	}
}

/** Names that mean something else in expressions. */
const MEANT = ['input', 'kept', 'previous', 'item'];

function idsOf(draft: Draft): ReadonlySet<string> {
	const ids = new Set<string>(MEANT);
	const waiting: Json[] = [draft['steps'] ?? []];
	for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
		if (Array.isArray(value)) waiting.push(...(value as readonly Json[]));
		else if (isJsonObject(value)) {
			if (typeof value['id'] === 'string') ids.add(value['id']);
			for (const key of ['steps', 'parallel', 'choose'] as const) {
				const inner = value[key];
				if (inner !== undefined) waiting.push(inner);
			}
		}
	}
	return ids;
}
