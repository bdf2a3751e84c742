import { CoreError } from '../domain/errors.ts';
import { bracketed, celOf, combined, type Expression, expressionOf, refTo } from './expression.ts';
import type { Given, Ref, RefOf } from './reference.ts';

/** Condition is true or false once the workflow runs. */
export type Condition = RefOf<boolean>;

/** eq holds where two values are the same. */
export function eq<T>(one: RefOf<T>, other: NoInfer<Given<T>>): Ref<boolean> {
	return compare(one, '==', other);
}

/** gt holds where a number, or a text in the order of letters, is above another. */
export function gt<T extends number | string>(one: RefOf<T>, other: NoInfer<Given<Wide<T>>>): Ref<boolean> {
	return compare(one, '>', other);
}

/** lt holds where a number, or a text in the order of letters, is below another. */
export function lt<T extends number | string>(one: RefOf<T>, other: NoInfer<Given<Wide<T>>>): Ref<boolean> {
	return compare(one, '<', other);
}

/** contains holds where a text has a piece of text in it. */
export function contains(text: RefOf<string>, piece: Given<string>): Ref<boolean> {
	const [one, other] = pair(text, piece);
	return refTo(combined([one, other], `${bracketed(one)}.contains(${other.cel})`, true));
}

/** includes holds where a list has an element. */
export function includes<T>(list: RefOf<readonly T[]>, element: NoInfer<Given<T>>): Ref<boolean> {
	const [one, other] = pair(list, element);
	return refTo(combined([one, other], `${bracketed(other)} in ${bracketed(one)}`));
}

/** exists holds where there is a value: the member is there, the step was not left out, and it is not null. */
export function exists(value: RefOf<unknown>): Ref<boolean> {
	const one = read(value);
	return refTo(combined([one], isThere(one)));
}

/** and holds where all of its conditions do. */
export function and(first: Condition, ...others: readonly Condition[]): Ref<boolean> {
	return join('&&', [first, ...others]);
}

/** or holds where one of its conditions does. */
export function or(first: Condition, ...others: readonly Condition[]): Ref<boolean> {
	return join('||', [first, ...others]);
}

/** not holds where its condition does not. */
export function not(condition: Condition): Ref<boolean> {
	const one = read(condition);
	return refTo(combined([one], `!${bracketed(one)}`, true));
}

/** orElse is a value, and another one where it is not there. */
export function orElse<T>(value: RefOf<T>, fallback: NoInfer<Given<NonNullable<T>>>): Ref<NonNullable<T>> {
	const [one, other] = pair(value, fallback);
	return refTo(combined([one, other], `${isThere(one)} ? ${bracketed(one)} : ${bracketed(other)}`));
}

type Wide<T> = T extends number ? number : string;

function isThere({ cel, atom }: Expression): string {
	// Only a member can be asked for; what a step gave as a whole is null where it gave nothing.
	const isMember = atom && /\.[A-Za-z_]\w*$/.test(cel);
	return isMember ? `has(${cel}) && ${cel} != null` : `${bracketed({ cel, atom })} != null`;
}

function compare(one: unknown, operator: string, other: unknown): Ref<boolean> {
	const [left, right] = pair(one, other);
	return refTo(combined([left, right], `${bracketed(left)} ${operator} ${bracketed(right)}`));
}

function join(operator: string, conditions: readonly [Condition, ...Condition[]]): Ref<boolean> {
	const [first, ...others] = conditions;
	if (others.length === 0) return refTo(read(first));
	const parts: [Expression, ...Expression[]] = [read(first), ...others.map(read)];
	return refTo(combined(parts, parts.map(bracketed).join(` ${operator} `)));
}

function pair(one: unknown, other: unknown): readonly [Expression, Expression] {
	const left = read(one);
	return [left, celOf(other, left.build)];
}

function read(value: unknown): Expression {
	const expression = expressionOf(value);
	if (expression !== undefined) return expression;
	throw new CoreError('invalid-workflow', 'A condition of a workflow begins with a value that is known already.', {
		hint: 'Name what a step gave first: eq(page.status, 200).',
	});
}
