import type { Json } from '../../domain/json.ts';

const MAX_VALUE = 80;
const MAX_ALL = 300;

/** inputWords shows the input of a run in brackets: ` (url: https://…, top: 3)`; nothing where there is none. */
export function inputWords(input: Json): string {
	const given = typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.entries(input) : [];
	const parts = given.map(([key, value]) => {
		const text = typeof value === 'string' ? value : JSON.stringify(value);
		return `${key}: ${text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text}`;
	});
	const all = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
	return all.length > MAX_ALL ? `${all.slice(0, MAX_ALL)}…)` : all;
}
