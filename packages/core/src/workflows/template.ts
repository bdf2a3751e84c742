import type { z } from 'zod';
import { CoreError } from '../domain/errors.ts';
import { celOf, type Expression, expressionOf, isWithin } from './expression.ts';
import type { Recorder } from './recorder.ts';

/** templateOf is a value with references in it as a definition writes it, with `${…}` in their place. */
export function templateOf(value: unknown, recorder: Recorder): z.core.util.JSONType {
	const expression = expressionOf(value);
	if (expression !== undefined) return `\${${checked(expression, recorder)}}`;
	if (typeof value === 'string') return textOf(value, recorder);
	if (value === null || typeof value === 'boolean') return value;
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	if (Array.isArray(value)) return value.map((part) => templateOf(part, recorder));
	if (typeof value === 'object' && isPlain(value)) {
		const entries = Object.entries(value).filter(([, part]) => part !== undefined);
		return Object.fromEntries(entries.map(([key, part]) => [key, templateOf(part, recorder)]));
	}
	const what = typeof value === 'object' ? value.constructor.name : typeof value;
	throw new CoreError('invalid-workflow', `The workflow "${recorder.workflow}" holds a ${what}, which is no JSON.`, {
		hint: 'Give JSON, or what a step gave.',
	});
}

/** conditionOf is a condition as a definition writes it: CEL alone. */
export function conditionOf(value: unknown, recorder: Recorder): string {
	return checked(celOf(value, recorder), recorder);
}

/** The CEL of an expression, if all that it uses can be used here. */
function checked({ cel, scopes, build }: Expression, recorder: Recorder): string {
	if (build === recorder && scopes.every((scope) => isWithin(scope, recorder.scope))) return cel;
	throw new CoreError(
		'invalid-workflow',
		`The workflow "${recorder.workflow}" uses "${cel}" outside of the part in which it is made.`,
		{ hint: 'Return it from the function of that part, and use what the part gives.' },
	);
}

/** What is put into a text becomes text; a `${` of the author's own stays what it is. */
function textOf(text: string, recorder: Recorder): string {
	const pieces = text.split(MARK);
	if (pieces.length === 1) return literal(text);
	const said = pieces.map((piece, at) => {
		// A dollar before what is put in would make words of that.
		if (at % 2 === 0) return at < pieces.length - 1 ? literal(piece).replace(/\$$/, `${OPEN}"$"}`) : literal(piece);
		const cel = checked(recorder.marked(piece), recorder);
		// Alone, it would keep the kind of its value.
		return pieces.length === 3 && pieces[0] === '' && pieces[2] === '' ? `\${text(${cel})}` : `\${${cel}}`;
	});
	return said.join('');
}

const MARK = /\uE000([^\uE001]*)\uE001/;

function literal(text: string): string {
	return text.replaceAll(OPEN, () => `$${OPEN}`);
}

const OPEN = `\${`;

function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
