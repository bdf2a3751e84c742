import { isJsonObject, type Json, type JsonObject } from '../../../domain/json.ts';
import { toCel } from './cel-json.ts';
import { textOf } from './environment.ts';
import { evaluateText } from './evaluate-expression.ts';

/** TemplatePart is a piece of a text: words as they stand, or an expression that was between `${` and `}`. */
export type TemplatePart =
	| { readonly kind: 'words'; readonly text: string }
	| { readonly kind: 'expression'; readonly text: string; readonly offset: number };
export type ReadTemplate =
	| { readonly ok: true; readonly parts: readonly TemplatePart[] }
	| { readonly ok: false; readonly message: string; readonly offset: number };

/** readTemplate takes a text with `${…}` apart; `$${` stands for the characters `${`. */
export function readTemplate(text: string): ReadTemplate {
	const parts: TemplatePart[] = [];
	let words = '';
	let at = 0;
	for (let found = text.indexOf('${'); found !== -1; found = text.indexOf('${', at)) {
		if (text[found - 1] === '$' && found > at) {
			words += `${text.slice(at, found - 1)}\${`;
			at = found + 2;
			continue;
		}
		words += text.slice(at, found);
		const end = endOfExpression(text, found + 2);
		if (end === undefined)
			return {
				ok: false,
				message: 'There is no `}` for this `${`; write `$${` for the characters themselves.',
				offset: found,
			};
		if (words !== '') parts.push({ kind: 'words', text: words });
		words = '';
		parts.push({ kind: 'expression', text: text.slice(found + 2, end), offset: found + 2 });
		at = end + 1;
	}
	words += text.slice(at);
	if (words !== '' || parts.length === 0) parts.push({ kind: 'words', text: words });
	return { ok: true, parts };
}

/** hasExpression tells whether a text could have an expression in it. */
export function hasExpression(text: string): boolean {
	return text.includes('${');
}

/** Filled is a template with values in the place of its expressions, or why one gives nothing. */
export type Filled =
	| { readonly ok: true; readonly value: Json }
	| { readonly ok: false; readonly message: string; readonly expression: string };

/** fillTemplate works out every `${…}` of a template. */
export function fillTemplate(template: Json, values: JsonObject): Filled {
	if (typeof template === 'string') return fillText(template, values);
	if (Array.isArray(template)) {
		const filled = fillAll(template as readonly Json[], values);
		return filled.ok ? { ok: true, value: filled.list } : filled;
	}
	if (!isJsonObject(template)) return { ok: true, value: template };
	const filled = fillAll(Object.values(template), values);
	if (!filled.ok) return filled;
	return {
		ok: true,
		value: Object.fromEntries(Object.keys(template).map((key, index) => [key, filled.list[index] ?? null])),
	};
}

function fillAll(
	templates: readonly Json[],
	values: JsonObject,
): { ok: true; list: Json[] } | Extract<Filled, { ok: false }> {
	const list: Json[] = [];
	for (const template of templates) {
		const filled = fillTemplate(template, values);
		if (!filled.ok) return filled;
		list.push(filled.value);
	}
	return { ok: true, list };
}

function fillText(text: string, values: JsonObject): Filled {
	const read = readTemplate(text);
	if (!read.ok) return { ok: false, message: read.message, expression: text };
	const [first] = read.parts;
	if (read.parts.length === 1 && first?.kind === 'words') return { ok: true, value: first.text };
	const gives: Json[] = [];
	for (const part of read.parts) {
		if (part.kind === 'words') {
			gives.push(part.text);
			continue;
		}
		const found = evaluateText(part.text, values);
		if (!found.ok) return { ok: false, message: found.message, expression: part.text };
		gives.push(found.value);
	}
	const [only = null] = gives;
	return { ok: true, value: gives.length === 1 ? only : gives.map((value) => textOf(toCel(value))).join('') };
}

/** Where the expression ends: at the `}` that is neither in quotes nor closes a `{` of its own. */
function endOfExpression(text: string, from: number): number | undefined {
	let depth = 0;
	let quote: string | undefined;
	for (let at = from; at < text.length; at++) {
		const character = text.charAt(at);
		if (quote !== undefined) {
			if (character === '\\') at++;
			else if (character === quote) quote = undefined;
		} else if (character === '"' || character === "'") quote = character;
		else if (character === '{') depth++;
		else if (character === '}' && depth-- === 0) return at;
	}
	return undefined;
}
