import type { Json, JsonObject } from '../../../domain/json.ts';
import { fromCel, toCel } from './cel-json.ts';
import { type Expression, parseExpression, wrongIn } from './parse-expression.ts';

/** Evaluated is what an expression gives, or why it gives nothing; `missing`: it looked at something that is not there. */
export type Evaluated =
	| { readonly ok: true; readonly value: Json }
	| { readonly ok: false; readonly message: string; readonly offset: number; readonly missing: boolean };

/** evaluate works out an expression; `values` are the values of its names. It never throws. */
export function evaluate(expression: Expression, values: JsonObject): Evaluated {
	try {
		return { ok: true, value: fromCel(expression.run(toCel(values) as Record<string, unknown>)) };
	} catch (error) {
		const { message, offset, code } = wrongIn(error);
		// Positions in an expression that was written anew mean nothing to its author.
		const there = offset < expression.text.length ? offset : 0;
		return { ok: false, message, offset: there, missing: MISSING.has(code) };
	}
}

/** evaluateText reads an expression and works it out. */
export function evaluateText(text: string, values: JsonObject): Evaluated {
	const read = parseExpression(text);
	return read.ok ? evaluate(read.expression, values) : { ...read, missing: false };
}

const MISSING: ReadonlySet<string> = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable']);
