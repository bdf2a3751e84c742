import type { Json } from './json.ts';

/**
 * parseLenientJson finds the JSON in what a language model wrote: the outermost object or array, whatever stands before
 * and after it (prose, code fences, thoughts), with trailing commas, typographic quotes, raw line breaks and bare quotes
 * in strings mended, and the brackets of a reply that was cut short closed. What was cut in mid number, word or key is
 * left out; a cut text keeps its beginning. Undefined when there is none. Its time grows with the length of the text alone.
 */
export function parseLenientJson(text: string): Json | undefined {
	const body = text.replace(THOUGHTS, '').trim();
	try {
		return JSON.parse(body) as Json;
	} catch {
		return findJson(body, false) ?? findJson(body, true);
	}
}

/** Reasoning models of some servers think aloud before they answer. */
const THOUGHTS = /^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/;

/** The longest reading that starts at a bracket; one in which a quoted key was read is what was meant, wherever it stands. */
function findJson(text: string, bareQuotes: boolean): Json | undefined {
	let best: Reading | undefined;
	for (let from = nextBracket(text, 0); from !== -1; ) {
		const reading = new LenientReader(text, from, bareQuotes).read();
		if (reading.end === 'broken' && reading.sawKey) return undefined;
		if (best === undefined || weight(reading) >= weight(best)) best = reading;
		// Going on where this reading ended, never back, keeps hostile input linear.
		from = nextBracket(text, Math.max(reading.to, from + 1));
	}
	return best?.end === 'broken' ? undefined : best?.value;
}

function nextBracket(text: string, from: number): number {
	for (let at = from; at < text.length; at += 1) if (text[at] === '{' || text[at] === '[') return at;
	return -1;
}

function weight({ from, to, sawKey }: Reading): number {
	return to - from + (sawKey ? KEYED : 0);
}

const KEYED = 2 ** 40;
const MAX_DEPTH = 200;

interface Reading {
	readonly from: number;
	readonly to: number;
	/** `cut`: the text ended before the brackets closed. */
	readonly end: 'whole' | 'cut' | 'broken';
	readonly value?: Json | undefined;
	readonly sawKey: boolean;
}

/** Thrown inside the reader where the text is no JSON, and where it ends too early. */
const BROKEN = Symbol('broken');
const CUT = Symbol('cut');

class LenientReader {
	readonly #text: string;
	readonly #from: number;
	readonly #bareQuotes: boolean;
	#at: number;
	#sawKey = false;
	#cut = false;

	constructor(text: string, from: number, bareQuotes: boolean) {
		this.#text = text;
		this.#from = from;
		this.#at = from;
		this.#bareQuotes = bareQuotes;
	}

	read(): Reading {
		try {
			const value = this.#value(0, ',');
			return { ...this.#place(), end: this.#cut ? 'cut' : 'whole', value };
		} catch (thrown) {
			if (thrown !== BROKEN) throw thrown;
			return { ...this.#place(), end: 'broken' };
		}
	}

	#place() {
		return { from: this.#from, to: this.#at, sawKey: this.#sawKey };
	}

	/** `closers` are the characters that may follow a string standing here. */
	#value(depth: number, closers: string): Json {
		if (depth > MAX_DEPTH) throw BROKEN;
		const char = this.#next();
		if (char === '{') return this.#object(depth);
		if (char === '[') return this.#array(depth);
		if (char in CLOSING_QUOTES) return this.#string(closers);
		return this.#scalar();
	}

	#object(depth: number): Json {
		const entries: [string, Json][] = [];
		this.#at += 1;
		this.#until('}', () => {
			if (!(this.#next() in CLOSING_QUOTES)) throw BROKEN;
			const key = this.#string(':');
			if (this.#next() !== ':') throw BROKEN;
			this.#at += 1;
			this.#sawKey = true;
			entries.push([key, this.#value(depth + 1, ',}')]);
		});
		return Object.fromEntries(entries);
	}

	#array(depth: number): Json {
		const items: Json[] = [];
		this.#at += 1;
		this.#until(']', () => items.push(this.#value(depth + 1, ',]')));
		return items;
	}

	/** Reads members up to the bracket. A text that ends before it keeps the members that were read whole. */
	#until(bracket: string, readMember: () => void): void {
		try {
			while (this.#next() !== bracket) {
				readMember();
				const after = this.#cut ? '' : this.#next();
				if (after === ',') this.#at += 1;
				else if (after !== bracket) {
					if (this.#cut) return;
					throw BROKEN;
				}
			}
			this.#at += 1;
		} catch (thrown) {
			if (thrown !== CUT) throw thrown;
			this.#cut = true;
			this.#at = this.#text.length;
		}
	}

	#string(closers: string): string {
		const start = this.#at + 1;
		const end = this.#closingQuote(CLOSING_QUOTES[this.#text[this.#at] ?? ''] ?? '"', start, closers);
		this.#at = end === -1 ? this.#text.length : end + 1;
		if (end !== -1) return unescapeText(this.#text.slice(start, end));
		// A key that was cut says nothing; the beginning of a text does.
		if (closers === ':') throw CUT;
		this.#cut = true;
		return unescapeText(this.#text.slice(start).replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, ''));
	}

	#closingQuote(quotes: string, start: number, closers: string): number {
		for (let at = start; at < this.#text.length; at += 1) {
			const char = this.#text[at] ?? '';
			if (char === '\\') at += 1;
			else if (quotes.includes(char) && (!this.#bareQuotes || this.#closesHere(at + 1, closers))) return at;
		}
		return -1;
	}

	#closesHere(from: number, closers: string): boolean {
		for (let at = from; at < this.#text.length; at += 1) {
			const char = this.#text[at] ?? '';
			if (!SPACE.test(char)) return closers.includes(char);
		}
		return true;
	}

	#scalar(): Json {
		SCALAR.lastIndex = this.#at;
		const word = SCALAR.exec(this.#text)?.[0] ?? '';
		if (this.#at + word.length === this.#text.length) throw CUT;
		if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word)) throw BROKEN;
		this.#at += word.length;
		return JSON.parse(word) as Json;
	}

	/** The next character that is no space; the end of the text is a cut. */
	#next(): string {
		for (; this.#at < this.#text.length; this.#at += 1) {
			const char = this.#text[this.#at] ?? '';
			if (!SPACE.test(char)) return char;
		}
		throw CUT;
	}
}

/** What may close a string, by what opened it. Inside plain quotes a typographic one is text. */
const CLOSING_QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”"', '”': '”"', '„': '“”"' };
const SPACE = /[\s\uFEFF]/;
const SCALAR = /[-+.\w]*/y;

/** A string's text as JSON means it; what JSON would refuse in it (raw control characters, unknown escapes) stands for itself. */
function unescapeText(raw: string): string {
	if (!raw.includes('\\')) return raw;
	return raw.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (whole, letter: string) => {
		if (letter.length === 5) return String.fromCharCode(Number.parseInt(letter.slice(1), 16));
		return ESCAPES[letter] ?? whole;
	});
}

const ESCAPES: Readonly<Record<string, string>> = {
	'"': '"',
	'\\': '\\',
	'/': '/',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};
