import { isJsonObject, type Json } from '../json.ts';
import type { When } from '../task/plan.ts';
import { isReference } from '../task/references.ts';

/** Rename gives what a step of a plan is called in a workflow. */
export type Rename = (step: string) => string;

/** pathExpression is the CEL of a reference: `read.pages.0.text` becomes `read.pages[0].text`. */
export function pathExpression(path: string, rename: Rename): string {
	const [step = '', ...rest] = path.split('.');
	const parts = rest.map((part) => {
		if (/^\d+$/.test(part)) return `[${part}]`;
		return /^[a-z_][a-z0-9_]*$/i.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
	});
	return rename(step) + parts.join('');
}

/** valueExpression is the CEL of a value that holds references. */
export function valueExpression(value: Json, rename: Rename): string {
	if (isReference(value)) return pathExpression(value.$from, rename);
	if (Array.isArray(value)) return listExpression(value as readonly Json[], rename);
	if (!isJsonObject(value)) return JSON.stringify(value);
	const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${valueExpression(one, rename)}`);
	return `{${members.join(', ')}}`;
}

/** hasSpread tells whether a list has parts that are lists whose elements are meant. */
export function hasSpread(list: readonly Json[]): boolean {
	return list.some(isSpread);
}

/** conditionExpression is the CEL of a condition. */
export function conditionExpression(when: When, rename: Rename): string {
	if ('all' in when) return joined(when.all, ' && ', 'true', rename);
	if ('any' in when) return joined(when.any, ' || ', 'false', rename);
	const path = pathExpression(when.path, rename);
	const value = JSON.stringify(when.value ?? null);
	const tests = {
		exists: `has(${path})`,
		equals: `${path} == ${value}`,
		contains: typeof when.value === 'string' ? `${path}.contains(${value})` : `${value} in ${path}`,
		gt: `${path} > ${value}`,
		lt: `${path} < ${value}`,
	};
	return when.not === true ? `!(${tests[when.op]})` : tests[when.op];
}

function joined(parts: readonly When[], sign: string, none: string, rename: Rename): string {
	return parts.length === 0 ? none : parts.map((part) => `(${conditionExpression(part, rename)})`).join(sign);
}

function listExpression(list: readonly Json[], rename: Rename): string {
	const parts = list.map((one) => (isSpread(one) ? valueExpression(one, rename) : `[${valueExpression(one, rename)}]`));
	return hasSpread(list) ? parts.join(' + ') : `[${list.map((one) => valueExpression(one, rename)).join(', ')}]`;
}

function isSpread(value: Json): boolean {
	return isReference(value) && value.$spread === true;
}
