import { isJsonObject, type Json } from '../domain/json.ts';
import type { PlanProblem } from '../domain/task/check-plan.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import { isReference } from '../domain/task/references.ts';

/**
 * addressProblems finds addresses written into a plan that stand in none of the texts the person gave: whoever plans may
 * not make up addresses, only repeat or refer to them. Spellings of one address are one: the case of its host, `www.`, the
 * scheme, a closing slash, the part after `#`.
 */
export function addressProblems(steps: readonly PlanStep[], given: readonly string[]): PlanProblem[] {
	const known = new Set(given.flatMap((text) => addressesIn(text)).map(inOneSpelling));
	return steps.flatMap((step) => {
		const unknown = addressesOfInput(step.input).filter((address) => !known.has(inOneSpelling(address)));
		return [...new Set(unknown)].slice(0, MAX_TOLD).map((address) => ({
			stepId: step.id,
			message: `The input has the address "${address.slice(0, 200)}", which the person did not give; do not make up addresses: search, follow a link of a page that is read ({"$from": …}), or ask.`,
		}));
	});
}

const MAX_TOLD = 3;
const MAX_DEPTH = 64;

/** Anything with a scheme, anything that begins with `www.` or `//`. */
const PLAIN =
	/(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/|(?<![\w/:.@-])(?:www\.|\/\/(?=[\w-]+\.)))[^\s<>"'`|\\^{}\u3000-\u303F]+/giu;
/** A bare host, with or without a path; e-mail addresses are none. */
const BARE =
	/(?<![\p{L}\p{N}@/:._-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}(?::\d{1,5})?(?:[/?#][^\s<>"'`|\\^{}]*)?/gu;
/** Where an input holds an address, whatever it looks like. */
const ADDRESS_KEY = /(?:^|[a-z_])(?:url|uri|href|address|link|site|host|domain|start|page)s?$/i;

function addressesOfInput(input: Json): string[] {
	const found: string[] = [];
	const visit = (value: Json, key: string, depth: number): void => {
		if (typeof value === 'string') found.push(...writtenAddresses(value, ADDRESS_KEY.test(key)));
		if (typeof value !== 'object' || value === null || isReference(value) || depth > MAX_DEPTH) return;
		const isList = !isJsonObject(value);
		for (const [name, part] of Object.entries(value)) visit(part as Json, isList ? key : name, depth + 1);
	};
	visit(input, '', 0);
	return found;
}

function writtenAddresses(text: string, isAddress: boolean): string[] {
	const plain = Array.from(text.matchAll(PLAIN), ([found]) => withoutTail(found));
	if (plain.length > 0 || !isAddress) return plain;
	const whole = text.trim();
	return /^[^\s/]+\.[^\s]+$/u.test(whole) || /^(?:localhost|[\d.]+|\[[\da-f:.]+\])(?:[:/]|$)/i.test(whole)
		? [whole]
		: [];
}

/** What the person wrote is read generously: more that counts as given does no harm. */
function addressesIn(text: string): string[] {
	return [PLAIN, BARE].flatMap((pattern) =>
		Array.from(text.matchAll(pattern), ([found]) => found).flatMap((found) => [
			...found.split(/,(?=https?:\/\/)/i).flatMap((part) => [withoutTail(part), withoutBrackets(part)]),
		]),
	);
}

/** Punctuation after an address belongs to the sentence. */
function withoutTail(found: string): string {
	return found.replace(/[.,;:!?'*”’»…]+$/u, '');
}

/** Brackets around an address, as in `(https://a.example)` or a Markdown link, do not belong to it either. */
function withoutBrackets(found: string): string {
	return found.replace(/[)\]}>.,;:!?'*”’»…]+$/u, '');
}

/** Unlike the domain's `addressKey` this leaves no part of the query out: what looks like tracking may carry something away. */
function inOneSpelling(address: string): string {
	const text = address.startsWith('//') ? `https:${address}` : address;
	const full = /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(full)) return full.toLowerCase();
	const url = new URL(full);
	const scheme = url.protocol === 'http:' || url.protocol === 'https:' ? '' : url.protocol;
	const user = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}@`;
	const host = url.hostname
		.toLowerCase()
		.replace(/^www\./, '')
		.replace(/\.$/, '');
	return `${scheme}${user}${host}:${url.port}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
