import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { parseHTML } from 'linkedom';
import { type HtmlElement, type HtmlNode, isElement, isText } from '../documents/html/html-node.ts';
import { shallowHtml } from './shallow-html.ts';
import type { Fields } from './visit-input.ts';

/** Extracted is what was read off a page: null (or an empty list) where nothing matched, which `missing` names. */
export interface Extracted {
	readonly fields: Readonly<Record<string, Json>>;
	readonly missing: readonly string[];
}

/** extractFields reads fields off a page by CSS selectors. Links come out absolute. Throws `invalid-input` for a selector that is none. */
export function extractFields(html: string, fields: Fields, baseUrl: string): Extracted {
	const { document } = parseHTML(shallowHtml(html)) as unknown as { document: HtmlElement };
	const base = baseOf(document, baseUrl);
	const found: [string, Json][] = [];
	const missing: string[] = [];
	for (const [name, field] of Object.entries(fields)) {
		const spec: FieldSpec = typeof field === 'string' ? { target: field } : field;
		const matches = matchesOf(document, spec.target, name);
		const values = (spec.list === true ? matches : matches.slice(0, 1)).map((match) =>
			fieldValue(match, spec, base, name),
		);
		if (values.length === 0) missing.push(name);
		found.push([name, spec.list === true ? values : (values[0] ?? null)]);
	}
	return { fields: Object.fromEntries(found), missing };
}

const MAX_MATCHES = 1_000;
const MAX_VALUE = 20_000;

type FieldSpec = Exclude<Fields[string], string>;
type PartSpec = Pick<FieldSpec, 'target' | 'attribute'>;

function matchesOf(within: HtmlElement, selector: string, name: string): HtmlElement[] {
	try {
		return [...within.querySelectorAll(selector)].slice(0, MAX_MATCHES);
	} catch (error) {
		throw new CoreError(
			'invalid-input',
			`The field "${name}" cannot be read: "${selector.slice(0, 200)}" is no CSS selector (${describeError(error)}).`,
			{ hint: 'Give a CSS selector such as ".price" or "table tr td:nth-child(2)".', cause: error },
		);
	}
}

function fieldValue(match: HtmlElement, spec: FieldSpec, base: string, name: string): Json {
	if (spec.fields === undefined) return partOf(match, spec, base);
	const parts = Object.entries(spec.fields).map(([key, part]): [string, Json] => {
		const partSpec: PartSpec = typeof part === 'string' ? { target: part } : part;
		const [first] = matchesOf(match, partSpec.target, `${name}.${key}`);
		return [key, first === undefined ? null : partOf(first, partSpec, base)];
	});
	return Object.fromEntries(parts);
}

function partOf(element: HtmlElement, { attribute }: PartSpec, base: string): Json {
	if (attribute === undefined) return shownText(element);
	const value = element.getAttribute(attribute);
	if (value === null) return null;
	const isAddress = ADDRESSES.has(attribute.toLowerCase()) && URL.canParse(value, base);
	return (isAddress ? new URL(value, base).href : value).slice(0, MAX_VALUE);
}

const ADDRESSES: ReadonlySet<string> = new Set(['href', 'src', 'action', 'poster']);
const NOT_SHOWN: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript']);
const IN_LINE: ReadonlySet<string> = new Set(
	'a abbr b bdi bdo cite code del dfn em font i ins kbd label mark q s samp small span strong sub sup time u var wbr'.split(
		' ',
	),
);

/** The words of an element, its parts set apart by spaces. Walked without recursion, because scripts nest as deep as they like. */
function shownText(element: HtmlElement): string {
	const words: string[] = [];
	const open: (HtmlNode | string)[] = [element];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		if (typeof node === 'string') words.push(node);
		else if (isText(node)) words.push(node.nodeValue ?? '');
		else if (isElement(node) && !NOT_SHOWN.has(node.localName)) {
			const gap = IN_LINE.has(node.localName) ? '' : ' ';
			words.push(gap);
			open.push(gap);
			for (const child of [...node.childNodes].reverse()) open.push(child);
		}
	}
	return words.join('').replace(/\s+/g, ' ').trim().slice(0, MAX_VALUE).toWellFormed();
}

function baseOf(document: HtmlElement, url: string): string {
	const given = document.querySelector('base[href]')?.getAttribute('href');
	return typeof given === 'string' && URL.canParse(given, url) ? new URL(given, url).href : url;
}
