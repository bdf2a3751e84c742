/**
 * VisibleText shows the words of a reply while they come, each time from their beginning, and holds back what may turn out to be
 * a plan: text that begins like JSON or a code fence, JSON after words, and thoughts before the answer.
 */
export class VisibleText {
	readonly #show: ((text: string) => void) | undefined;
	#text = '';
	#shown = '';

	constructor(show: ((text: string) => void) | undefined) {
		this.#show = show;
	}

	/** Takes the next piece of the reply. */
	add(piece: string): void {
		if (this.#show === undefined || this.#text.length > MAX_LENGTH) return;
		this.#text += piece;
		const visible = visiblePart(this.#text);
		if (visible === '' || visible === this.#shown) return;
		this.#shown = visible;
		this.#show(visible);
	}

	/** The reply starts over. */
	restart(): void {
		this.#text = '';
	}
}

const MAX_LENGTH = 100_000;

/** visiblePart is as much of a reply's text as may be shown while more is to come. */
export function visiblePart(text: string): string {
	const words = withoutThoughts(text).trimStart();
	if (/^(?:[{[]|`{1,3}|~{1,3})/.test(words)) return '';
	return (words.split(HELD, 1)[0] ?? '').replace(BEGINNING, '').trimEnd();
}

/** withoutThoughts drops what some models think aloud before they answer; an unfinished thought is all there is. */
export function withoutThoughts(text: string): string {
	const start = text.trimStart();
	if (start !== '' && ('<think>'.startsWith(start) || '<thinking>'.startsWith(start))) return '';
	return text.replace(/^\s*<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/, '');
}

/** Where JSON of a plan may begin after words. */
const HELD = /```\s*(?:json)?\s*[{[]|```json|<tool_call>|\{\s*"(?:steps|questions|name|propose_plan|ask_person)"/;
/** What may be the beginning of that, at the end of what has come so far. */
const BEGINNING = /(?:`{1,3}[a-z]{0,4}\s*|\{\s*(?:"[a-z_]{0,14})?|<[a-z_]{0,9})$/i;
