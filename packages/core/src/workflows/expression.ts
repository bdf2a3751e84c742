import { CoreError } from '../domain/errors.ts';
import type { Ref } from './reference.ts';

/** Scope is a list of steps: what is made in it can be used in it and in what stands inside it. */
export interface Scope {
	readonly parent: Scope | undefined;
}

/** Build is the definition of one workflow that is under way. */
export interface Build {
	readonly workflow: string;
	/** False once the definition stands: references mean nothing after that. */
	readonly open: boolean;
	/** Keeps an expression until the text in which it stands is made a template. */
	mark(expression: Expression): string;
	/** A name that no step and no other element has. */
	nameFor(base: string): string;
	/** Does work in a list of its own. */
	inside<T>(scope: Scope, work: () => T): T;
	readonly scope: Scope;
}

/** Expression is CEL, and which lists of steps it takes its values from. */
export interface Expression {
	readonly cel: string;
	readonly scopes: readonly Scope[];
	readonly build: Build;
	/** It needs no brackets in a larger one. */
	readonly atom: boolean;
}

/** expressionOf is the expression behind a reference; undefined for any other value. */
export function expressionOf(value: unknown): Expression | undefined {
	if (typeof value !== 'function' || !(BEHIND in value)) return undefined;
	return value[BEHIND] as Expression;
}

/** refTo makes the reference to what an expression gives. It is a proxy: which members there are, only its type knows. */
export function refTo<T>(expression: Expression, called?: Called): Ref<T> {
	const { build } = expression;
	const proxy: unknown = new Proxy(() => {}, {
		has: (_target, key) => key === BEHIND,
		get: (_target, key) => {
			if (!build.open) throw usedLater(build);
			if (key === BEHIND) return expression;
			if (key === Symbol.toPrimitive) return () => build.mark(expression);
			if (typeof key === 'symbol') return undefined;
			return refTo(memberOf(expression, key), { list: expression, method: key });
		},
		ownKeys: () => {
			throw unknownYet(expression);
		},
		apply: (_target, _self, args: readonly unknown[]) => {
			const method = called === undefined ? undefined : METHODS[called.method];
			if (called === undefined || method === undefined) throw unknownYet(called?.list ?? expression);
			return refTo(method(called.list, args));
		},
	});
	return proxy as Ref<T>;
}

/** combined is an expression made of others. */
export function combined(parts: readonly [Expression, ...Expression[]], cel: string, atom = false): Expression {
	const [first] = parts;
	const scopes = new Set(parts.flatMap((part) => part.scopes));
	return { cel, scopes: [...scopes], build: first.build, atom };
}

/** bracketed is an expression's CEL as part of a larger one. */
export function bracketed({ cel, atom }: Pick<Expression, 'cel' | 'atom'>): string {
	return atom ? cel : `(${cel})`;
}

/** isWithin tells whether what was made in `outer` can be used in `scope`. */
export function isWithin(outer: Scope, scope: Scope): boolean {
	for (let one: Scope | undefined = scope; one !== undefined; one = one.parent) if (one === outer) return true;
	return false;
}

/** CEL_WORDS cannot be names in CEL, nor are they good ones for steps. */
export const CEL_WORDS: ReadonlySet<string> = new Set(
	(
		'true false null in as break const continue else for function if import let loop package namespace return var void while ' +
		'has all exists exists_one map filter size type dyn int uint double string bool bytes list timestamp duration matches ' +
		'input kept previous item self now step steps run'
	).split(' '),
);

const BEHIND = Symbol('errand.expression');

interface Called {
	readonly list: Expression;
	readonly method: string;
}

function memberOf(expression: Expression, key: string): Expression {
	const named = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !CEL_WORDS.has(key);
	return combined([expression], `${bracketed(expression)}${named ? `.${key}` : `[${JSON.stringify(key)}]`}`, true);
}

const METHODS: Readonly<Record<string, (list: Expression, args: readonly unknown[]) => Expression>> = {
	at: (list, [key]) =>
		typeof key === 'number' ? combined([list], `${bracketed(list)}[${key}]`, true) : memberOf(list, String(key)),
	size: (list) => combined([list], `size(${list.cel})`, true),
	map: (list, [make]) => overElements(list, 'map', make),
	filter: (list, [holds]) => overElements(list, 'filter', holds),
};

function overElements(list: Expression, macro: string, make: unknown): Expression {
	const { build } = list;
	const scope: Scope = { parent: build.scope };
	const name = build.nameFor('each');
	const element: Expression = { cel: name, scopes: [scope], build, atom: true };
	const made = build.inside(scope, () => celOf((make as (element: unknown) => unknown)(refTo(element)), build));
	const cel = `${bracketed(list)}.${macro}(${name}, ${made.cel})`;
	const scopes = [...new Set([...list.scopes, ...made.scopes])].filter((one) => one !== scope);
	return { cel, scopes, build, atom: true };
}

/** celOf is a value, which may hold references, as CEL. */
export function celOf(value: unknown, build: Build): Expression {
	const expression = expressionOf(value);
	if (expression !== undefined) return expression;
	const literal = (cel: string, scopes: readonly Scope[] = []) => ({ cel, scopes, build, atom: true });
	if (typeof value === 'string') return literal(JSON.stringify(value));
	if (value === null || typeof value === 'boolean') return literal(String(value));
	if (typeof value === 'number' && Number.isFinite(value)) return { ...literal(String(value)), atom: value >= 0 };
	if (Array.isArray(value)) {
		const parts = value.map((part) => celOf(part, build));
		return literal(`[${parts.map(({ cel }) => cel).join(', ')}]`, scopesOf(parts));
	}
	if (typeof value === 'object' && value !== null) {
		const entries = Object.entries(value).filter(([, part]) => part !== undefined);
		const parts = entries.map(([key, part]) => ({ key, ...celOf(part, build) }));
		const members = parts.map(({ key, cel }) => `${JSON.stringify(key)}: ${cel}`);
		return literal(`{${members.join(', ')}}`, scopesOf(parts));
	}
	throw new CoreError(
		'invalid-workflow',
		`The workflow "${build.workflow}" holds a ${typeof value} where a value is.`,
		{
			hint: 'Give JSON, or what a step gave.',
		},
	);
}

function scopesOf(parts: readonly Pick<Expression, 'scopes'>[]): readonly Scope[] {
	return [...new Set(parts.flatMap(({ scopes }) => scopes))];
}

function unknownYet({ cel, build }: Expression): CoreError {
	return new CoreError(
		'invalid-workflow',
		`The workflow "${build.workflow}" looks at "${cel}" while it is being defined, and its value is not known before it runs.`,
		{ hint: 'Give it to a step as input, or ask about it with a condition such as eq(…) or exists(…).' },
	);
}

function usedLater({ workflow }: Build): CoreError {
	return new CoreError(
		'invalid-workflow',
		`A function of the workflow "${workflow}" uses what a step gave from outside of it.`,
		{ hint: 'Name it in the `input` of the step: the function is given its value there.' },
	);
}
