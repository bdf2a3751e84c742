import type { Json } from '../../../domain/json.ts';

/** NotPlain is thrown where a text uses more of YAML than is read quickly. */
export class NotPlain extends Error {}

/** plainScalar is what a text without quotes stands for. */
export function plainScalar(text: string): Json {
	if (INDICATORS.test(text) || text.includes(': ') || text.includes(' #') || text.endsWith(':')) throw new NotPlain();
	return resolved(text);
}

/** quotedScalar is a text in quotes that ends where the line ends. */
export function quotedScalar(text: string): string {
	if (SINGLE.test(text)) return text.slice(1, -1).replaceAll("''", "'");
	if (DOUBLE.test(text)) return JSON.parse(text);
	throw new NotPlain();
}

/** flowValue is `[…]` or `{…}` on one line. */
export function flowValue(text: string): Json {
	const flow = { text, at: 0 };
	const value = readFlow(flow, 0);
	if (flow.at !== text.length) throw new NotPlain();
	return value;
}

const INDICATORS = /^(?:[&*!|>%@`#,\]}]|[-?:](?: |$))/;
const SINGLE = /^'(?:[^']|'')*'$/;
const DOUBLE = /^"(?:[^"\\]|\\["\\nt/])*"$/;
/** The numbers of YAML's core schema; only those that everybody writes alike are read here. */
const NUMBER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|[-+]?\.inf|\.nan)$/i;
const USUAL = /^(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{1,6})$/;

function resolved(text: string): Json {
	switch (text) {
		case 'null':
		case 'Null':
		case 'NULL':
		case '~':
			return null;
		case 'true':
		case 'True':
		case 'TRUE':
			return true;
		case 'false':
		case 'False':
		case 'FALSE':
			return false;
		default:
			if (!NUMBER.test(text)) return text;
			if (USUAL.test(text)) return Number(text);
			throw new NotPlain();
	}
}

interface Flow {
	readonly text: string;
	at: number;
}

const MAX_DEPTH = 20;
const FLOW_QUOTED = /"(?:[^"\\]|\\["\\nt/])*"|'(?:[^']|'')*'/y;
const FLOW_PLAIN = /[A-Za-z0-9_./$-][^,[\]{}:#"']*/y;
const FLOW_KEY = /([A-Za-z_][\w.-]*): +/y;

function readFlow(flow: Flow, depth: number): Json {
	if (depth > MAX_DEPTH) throw new NotPlain();
	const first = flow.text.charAt(flow.at);
	if (first === '[') return readItems(flow, depth);
	if (first === '{') return readMembers(flow, depth);
	if (first === '"' || first === "'") return quotedScalar(take(flow, FLOW_QUOTED)[0]);
	return plainScalar(take(flow, FLOW_PLAIN)[0].trimEnd());
}

function readItems(flow: Flow, depth: number): Json {
	const items: Json[] = [];
	readAll(flow, ']', () => items.push(readFlow(flow, depth + 1)));
	return items;
}

function readMembers(flow: Flow, depth: number): Json {
	const entries = new Map<string, Json>();
	readAll(flow, '}', () => {
		const [, key = ''] = take(flow, FLOW_KEY);
		if (entries.has(key) || /^(?:null|true|false)$/i.test(key)) throw new NotPlain();
		entries.set(key, readFlow(flow, depth + 1));
	});
	return Object.fromEntries(entries);
}

function readAll(flow: Flow, end: string, readOne: () => void): void {
	flow.at++;
	skipSpaces(flow);
	if (flow.text.charAt(flow.at) === end) {
		flow.at++;
		return;
	}
	for (;;) {
		readOne();
		skipSpaces(flow);
		const next = flow.text.charAt(flow.at++);
		if (next === end) return;
		if (next !== ',') throw new NotPlain();
		skipSpaces(flow);
	}
}

function take(flow: Flow, pattern: RegExp): RegExpExecArray {
	pattern.lastIndex = flow.at;
	const found = pattern.exec(flow.text);
	if (found === null) throw new NotPlain();
	flow.at = pattern.lastIndex;
	return found;
}

function skipSpaces(flow: Flow): void {
	while (flow.text.charCodeAt(flow.at) === 32) flow.at++;
}
