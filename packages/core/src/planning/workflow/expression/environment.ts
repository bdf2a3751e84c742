import { Environment } from '@marcbachmann/cel-js';
import { parseDuration } from '../duration.ts';
import { fromCel } from './cel-json.ts';

let shared: Environment | undefined;

/**
 * celEnvironment is CEL as workflows have it: the standard functions, calculations with whole and other numbers mixed, and a few
 * functions for texts and lists. Nothing in it depends on time, chance or the machine.
 */
export function celEnvironment(): Environment {
	shared ??= withText(withNumbers(new Environment(OPTIONS)));
	return shared;
}

const OPTIONS = {
	unlistedVariablesAreDyn: true,
	homogeneousAggregateLiterals: false,
	limits: { maxAstNodes: 2_000, maxDepth: 64 },
};

function withNumbers(cel: Environment): Environment {
	cel.registerOperator('int + double', (a: bigint, b: number) => Number(a) + b);
	cel.registerOperator('double + int', (a: number, b: bigint) => a + Number(b));
	cel.registerOperator('int - double', (a: bigint, b: number) => Number(a) - b);
	cel.registerOperator('double - int', (a: number, b: bigint) => a - Number(b));
	cel.registerOperator('int * double', (a: bigint, b: number) => Number(a) * b);
	cel.registerOperator('double * int', (a: number, b: bigint) => a * Number(b));
	cel.registerFunction('quotient(dyn, dyn): dyn', (a: unknown, b: unknown) => quotient(a, b));
	cel.registerFunction('round(dyn): int', (a: unknown) => BigInt(Math.round(asNumber(a))));
	cel.registerFunction('list.sum(): dyn', (list: readonly unknown[]) => asCel(list.reduce<number>(sum, 0)));
	return cel;
}

function withText(cel: Environment): Environment {
	cel.registerFunction('text(dyn): string', (value: unknown) => textOf(value));
	cel.registerFunction('milliseconds(dyn): int', (value: unknown) => milliseconds(value));
	cel.registerFunction('string.lower(): string', (text: string) => text.toLowerCase());
	cel.registerFunction('string.upper(): string', (text: string) => text.toUpperCase());
	cel.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
		text.split(from).join(to),
	);
	cel.registerFunction('list<dyn>.join(string): string', (list: readonly unknown[], between: string) =>
		list.map(textOf).join(between),
	);
	cel.registerFunction('list.distinct(): dyn', (list: readonly unknown[]) => [
		...new Map(list.map((element) => [JSON.stringify(fromCel(element)), element])).values(),
	]);
	cel.registerFunction('list.sort(): dyn', (list: readonly unknown[]) => list.toSorted(inOrder));
	return cel;
}

/** textOf is a value as it reads inside a text: texts as they are, nothing for null, lists and objects as JSON. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	const json = fromCel(value);
	return json === null ? '' : typeof json === 'string' ? json : JSON.stringify(json);
}

/** Whole where it comes out even, so that what is counted stays whole, and exact where it does not. */
function quotient(a: unknown, b: unknown): bigint | number {
	if (Number(b) === 0) throw new RangeError('division by zero');
	if (typeof a === 'bigint' && typeof b === 'bigint' && a % b === 0n) return a / b;
	return asNumber(a) / asNumber(b);
}

function asNumber(value: unknown): number {
	if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
	throw new TypeError(`a number is needed, not ${value === null ? 'null' : typeof value}`);
}

const sum = (total: number, element: unknown) => total + asNumber(element);
const asCel = (value: number) => (Number.isSafeInteger(value) ? BigInt(value) : value);

function milliseconds(value: unknown): bigint {
	const ms = parseDuration(typeof value === 'string' ? value : Number(value));
	if (ms === undefined) throw new TypeError(`"${String(value)}" is no duration; write 30s, 10m, 2h or 1d`);
	return BigInt(ms);
}

function inOrder(one: unknown, other: unknown): number {
	if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
	return asNumber(one) - asNumber(other);
}
