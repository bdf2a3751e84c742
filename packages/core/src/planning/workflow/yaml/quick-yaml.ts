import type { Json } from '../../../domain/json.ts';
import { flowValue, NotPlain, plainScalar, quotedScalar } from './quick-scalars.ts';

/**
 * quickYaml reads YAML that is written plainly (blocks, plain and quoted texts on one line, short flow collections), about ten times
 * as fast as all of YAML can be read; undefined where a text uses more of YAML than that, or is wrong.
 */
export function quickYaml(text: string): Json | undefined {
	if (UNUSUAL.test(text)) return undefined;
	try {
		const reader = new Reader(linesOf(text));
		return reader.document();
	} catch (error) {
		if (error instanceof NotPlain) return undefined;
		throw error;
	}
}

/** Signs that YAML has other rules for; spaces that are none to it among them. */
const UNUSUAL =
	/[^\n\u0020-\u007e\u00a1-\u2027\u202a-\ud7ff\ud800-\udfff\ue000-\ufefe\uff00-\ufffd]|[^\S \n]|^(?:---|\.\.\.|%)/m;
const KEY = /^([A-Za-z_][\w.-]*):(?: +(.*))?$/;
const WORDS = /^(?:null|true|false)$/i;
const MAX_DEPTH = 60;

interface Line {
	indent: number;
	content: string;
}

class Reader {
	readonly #lines: readonly Line[];
	#at = 0;

	constructor(lines: readonly Line[]) {
		this.#lines = lines;
	}

	document(): Json {
		const first = this.#lines[0];
		if (first === undefined || first.indent !== 0) throw new NotPlain();
		const value = this.#block(0, 0);
		if (this.#at < this.#lines.length) throw new NotPlain();
		return value;
	}

	#block(indent: number, depth: number): Json {
		if (depth > MAX_DEPTH) throw new NotPlain();
		const content = this.#lines[this.#at]?.content ?? '';
		return isItem(content) ? this.#sequence(indent, depth) : this.#mapping(indent, depth);
	}

	#mapping(indent: number, depth: number): Json {
		const entries = new Map<string, Json>();
		for (let line = this.#lines[this.#at]; line !== undefined && line.indent >= indent; line = this.#lines[this.#at]) {
			const found = line.indent === indent ? KEY.exec(line.content) : null;
			const key = found?.[1];
			if (key === undefined || entries.has(key) || WORDS.test(key)) throw new NotPlain();
			this.#at++;
			const rest = found?.[2] ?? '';
			entries.set(key, rest === '' ? this.#below(indent, depth, true) : this.#scalar(rest, indent));
		}
		// `fromEntries` defines properties, so that a key like `__proto__` stays data.
		return Object.fromEntries(entries);
	}

	#sequence(indent: number, depth: number): Json {
		const items: Json[] = [];
		for (let line = this.#lines[this.#at]; line !== undefined && line.indent >= indent; line = this.#lines[this.#at]) {
			if (line.indent !== indent) throw new NotPlain();
			// After a list at the same column comes the next key of the mapping it stands in.
			if (!isItem(line.content)) break;
			items.push(this.#item(line, indent, depth));
		}
		return items;
	}

	#item(line: Line, indent: number, depth: number): Json {
		const rest = line.content.slice(1).trimStart();
		if (rest === '') {
			this.#at++;
			return this.#below(indent, depth, false);
		}
		if (!isItem(rest) && !KEY.test(rest)) {
			this.#at++;
			return this.#scalar(rest, indent);
		}
		// What begins on the line of the dash stands in the column it begins in.
		const column = indent + line.content.length - rest.length;
		line.indent = column;
		line.content = rest;
		return this.#block(column, depth + 1);
	}

	/** What stands below a key or a dash. */
	#below(indent: number, depth: number, listMayStandLevel: boolean): Json {
		const next = this.#lines[this.#at];
		if (next === undefined) return null;
		if (next.indent > indent) return this.#block(next.indent, depth + 1);
		return listMayStandLevel && next.indent === indent && isItem(next.content) ? this.#block(indent, depth + 1) : null;
	}

	#scalar(text: string, indent: number): Json {
		// A text may go on in the lines below.
		if ((this.#lines[this.#at]?.indent ?? -1) > indent) throw new NotPlain();
		const first = text.charAt(0);
		if (first === '"' || first === "'") return quotedScalar(text);
		return first === '[' || first === '{' ? flowValue(text) : plainScalar(text);
	}
}

function isItem(content: string): boolean {
	return content.charCodeAt(0) === 45 && (content.length === 1 || content.charCodeAt(1) === 32);
}

function linesOf(text: string): Line[] {
	const lines: Line[] = [];
	for (const line of text.split('\n')) {
		const content = line.trim();
		if (content !== '' && content.charCodeAt(0) !== 35)
			lines.push({ indent: line.length - line.trimStart().length, content });
	}
	return lines;
}
