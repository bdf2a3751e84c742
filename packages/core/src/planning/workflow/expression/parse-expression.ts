import {
	type ASTNode,
	EvaluationError,
	ParseError,
	type ParseResult,
	TypeError as TypeProblem,
} from '@marcbachmann/cel-js';
import { LRUCache } from 'lru-cache';
import { celEnvironment } from './environment.ts';
import { freeNames, hasQuotient, isCheap, usesIn, withQuotients } from './expression-tree.ts';

/** Expression is a CEL expression that was read. */
export interface Expression {
	readonly text: string;
	readonly tree: ASTNode;
	/** The names it uses that it does not bind itself. */
	readonly names: ReadonlyMap<string, NameUse>;
	/** The name and the keys, where it is nothing but a way into a value: `read.items[0].title`. */
	readonly path: ExpressionPath | undefined;
	/** How often it uses names. */
	readonly uses: number;
	/** Its cost is bounded by the size of what it is given, so that it may be worked out anywhere. */
	readonly cheap: boolean;
	/** Works it out with what CEL works with. */
	readonly run: ParseResult;
}
/** NameUse says how a name is used: its position, and the fields that are all that is used of it. */
export interface NameUse {
	readonly offset: number;
	/** Undefined where the value as a whole is used. */
	readonly fields: ReadonlySet<string> | undefined;
}
export interface ExpressionPath {
	readonly name: string;
	readonly keys: readonly string[];
}
export type ReadExpression =
	| { readonly ok: true; readonly expression: Expression }
	| { readonly ok: false; readonly message: string; readonly offset: number };

const remembered = new LRUCache<string, ReadExpression>({
	max: 4_000,
	maxSize: 2_000_000,
	sizeCalculation: (_, text) => text.length + 1,
});

/** parseExpression reads one expression and finds what can be found wrong without values; it never throws. */
export function parseExpression(text: string): ReadExpression {
	const known = remembered.get(text);
	if (known !== undefined) return known;
	const read = readAnew(text);
	remembered.set(text, read);
	return read;
}

/** wrongIn is what an error of CEL says, in a few words, and where. */
export function wrongIn(error: unknown): { readonly message: string; readonly offset: number; readonly code: string } {
	if (error instanceof ParseError || error instanceof EvaluationError || error instanceof TypeProblem)
		return { message: error.summary, offset: error.range?.start ?? 0, code: error.code };
	if (error instanceof RangeError && /call stack/i.test(error.message))
		return { message: 'it is nested too deeply', offset: 0, code: 'too_deep' };
	return { message: error instanceof Error ? error.message : String(error), offset: 0, code: 'other' };
}

function readAnew(text: string): ReadExpression {
	try {
		const written = celEnvironment().parse(text);
		const checked = written.check();
		if (checked.valid === false) return { ok: false, ...wrongIn(checked.error) };
		const tree = written.ast;
		const run = hasQuotient(tree) ? celEnvironment().parse(withQuotients(tree)) : written;
		const names = freeNames(tree);
		const cost = { uses: usesIn(tree), cheap: isCheap(tree) };
		return { ok: true, expression: { text, tree, names, path: pathOf(tree), ...cost, run } };
	} catch (error) {
		return { ok: false, ...wrongIn(error) };
	}
}

function pathOf(node: ASTNode): ExpressionPath | undefined {
	switch (node.op) {
		case 'id':
			return { name: node.args, keys: [] };
		case '.': {
			const path = pathOf(node.args[0]);
			return path === undefined ? undefined : withKey(path, node.args[1]);
		}
		case '[]': {
			const path = pathOf(node.args[0]);
			const key = node.args[1].op === 'value' ? node.args[1].args : undefined;
			if (path === undefined || (typeof key !== 'string' && typeof key !== 'bigint')) return undefined;
			return withKey(path, String(key));
		}
		default:
			return undefined;
	}
}

/** A key that a path of a plan cannot spell makes it a calculation. */
function withKey({ name, keys }: ExpressionPath, key: string): ExpressionPath | undefined {
	if (key === '' || key.includes('.') || key.startsWith('-')) return undefined;
	return { name, keys: [...keys, key] };
}
