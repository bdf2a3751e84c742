/** Folded is Markdown as a reader sees it, on one line, with the place of each character in the Markdown. */
export interface Folded {
	readonly text: string;
	/** `starts[n]` is where the n-th character of `text` stands in the Markdown. */
	readonly starts: Int32Array;
}

/**
 * foldMarkdown leaves out what people leave out when they copy words: marks of emphasis, headings, lists and tables, targets
 * of links, footnote marks; every white space is one space, and quotation marks and dashes are plain ones. Case stays.
 * One pass, so that its time grows with the text alone.
 */
export function foldMarkdown(markdown: string): Folded {
	const folder = new Folder(markdown);
	let at = 0;
	while (at < markdown.length) at = folder.take(at);
	return folder.folded();
}

/** endOfCharacter is where the character ends in Markdown that a folded one began at: an entity is longer than one. */
export function endOfCharacter(markdown: string, at: number): number {
	return at + (stick(ENTITY, markdown, at)?.length ?? 1);
}

const RULE = /[ \t:|-]+(?=\n|$)/y;
const LEAD = /[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+•▪◦·–]|#{1,6})[ \t]+)?/y;
const ENTITY = /&(?:nbsp|amp|lt|gt|quot|apos|#39|#160);/y;
const TAG = /<\/?[a-z][a-z0-9]{0,20}(?:\s[^<>\n]{0,200})?\/?>/iy;
const FOOTNOTE = /\[\^[\w-]{1,20}\]:?/y;
const NUMBERED = /\[\d{1,3}\](?![(:])/y;
const TARGET = /\]\([^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?(?:[ \t]+"[^"\n]{0,300}")?\)/y;
const ENTITIES: Readonly<Record<string, string>> = {
	'&nbsp;': ' ',
	'&#160;': ' ',
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&apos;': "'",
	'&#39;': "'",
};
const PLAIN = new Map<string, string>([
	...[...'“”„‟«»″'].map((mark) => [mark, '"'] as const),
	...[...'‘’‚‛′`´'].map((mark) => [mark, "'"] as const),
	...[...'–—―‒−‐‑'].map((dash) => [dash, '-'] as const),
	['…', '...'],
	['|', ' '],
]);
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

class Folder {
	private readonly markdown: string;
	private readonly pieces: string[] = [];
	private readonly starts: number[] = [];
	private lastIsSpace = true;

	constructor(markdown: string) {
		this.markdown = markdown;
	}

	folded(): Folded {
		if (this.lastIsSpace && this.pieces.length > 0) {
			this.pieces.pop();
			this.starts.pop();
		}
		return { text: this.pieces.join(''), starts: Int32Array.from(this.starts) };
	}

	/** Takes what stands at a place and gives back the next place. */
	take(at: number): number {
		const { markdown } = this;
		if (at === 0 || markdown[at - 1] === '\n') {
			const lead = stick(RULE, markdown, at) ?? stick(LEAD, markdown, at);
			if (lead !== undefined && lead !== '') {
				this.put(' ', at);
				// A rule or lead never holds the line's end, so the next look is at something else.
				return at + lead.length;
			}
		}
		const letter = markdown[at] ?? '';
		const skipped = this.markAt(letter, at);
		if (skipped > 0) return at + skipped;
		if (/\s/.test(letter)) this.put(' ', at);
		else if (letter === '&') {
			const entity = stick(ENTITY, markdown, at);
			this.put(ENTITIES[entity ?? ''] ?? letter, at);
			return at + (entity?.length ?? 1);
		} else {
			const plain = PLAIN.get(letter) ?? letter;
			// A dash that stands alone may be a bullet of a list that was copied as one line.
			if (plain === '-' && this.lastIsSpace && /\s/.test(markdown[at + 1] ?? ' ')) this.put(' ', at);
			else for (const one of plain) this.put(one, at);
		}
		return at + 1;
	}

	/** How many characters of markup stand here. */
	private markAt(letter: string, at: number): number {
		const { markdown } = this;
		switch (letter) {
			case '*':
				return isDigit(markdown[at - 1]) && isDigit(markdown[at + 1]) ? 0 : 1;
			case '_':
				return isWord(markdown[at - 1]) && isWord(markdown[at + 1]) ? 0 : 1;
			case '~':
				return markdown[at + 1] === '~' ? 2 : 0;
			case '\\':
				return /[!-/:-@[-`{-~]/.test(markdown[at + 1] ?? '') ? 1 : 0;
			case '!':
				return markdown[at + 1] === '[' ? 1 : 0;
			case '<':
				return stick(TAG, markdown, at)?.length ?? 0;
			case '[':
				return (
					stick(FOOTNOTE, markdown, at)?.length ?? (this.lastIsSpace ? 1 : (stick(NUMBERED, markdown, at)?.length ?? 1))
				);
			case ']':
				return stick(TARGET, markdown, at)?.length ?? 1;
			case '`':
				return 1;
			default:
				return INVISIBLE.test(letter) ? 1 : 0;
		}
	}

	private put(letter: string, at: number): void {
		const isSpace = letter === ' ';
		if (isSpace && this.lastIsSpace) return;
		this.pieces.push(letter);
		this.starts.push(at);
		this.lastIsSpace = isSpace;
	}
}

function stick(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}

function isDigit(letter: string | undefined): boolean {
	return letter !== undefined && /\d/.test(letter);
}

function isWord(letter: string | undefined): boolean {
	return letter !== undefined && LETTER_OR_DIGIT.test(letter);
}
