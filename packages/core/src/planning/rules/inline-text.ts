/** Pasted is a goal taken apart: the words that ask, and the texts that were pasted along with them. */
export interface Pasted {
	readonly words: string;
	readonly texts: readonly string[];
}

const MIN_QUOTED = 40;
const MIN_PASTED = 30;
const MIN_WORDS = 6;
/** A text this long with no request in front of it is the material itself. */
const LONG_TEXT = 1_200;
const HEAD = 400;
const VERB =
	/\b(?:summar|sum up|tl;?dr|key points|main points|gist|condense|shorten|recap|compare|extract|list|find|analy[sz]e|insights|review|assess|evaluate|answer|report|e-?mail|letter|write|draft|prepare|talking points|what|who|when|where|which|how|read)/i;
const POINTER =
	/\b(?:this|these|following|below|text|paragraphs?|passages?|notes|message|transcript|article|document|mail|excerpts?)\b[^.!?\n]{0,30}$/i;

/**
 * takePastedText finds text that is material rather than request: fenced by ```, in quotes, after "this: …", or on the lines
 * under the request. `hasDocuments` says that links or files came along, so that what follows a colon may well be about them.
 */
export function takePastedText(goal: string, hasDocuments: boolean): Pasted {
	const fenced = takeBetween(goal, '```', '```');
	if (fenced.texts.length > 0) return fenced;
	const head = goal.slice(0, HEAD);
	for (const end of separatorsIn(head)) {
		const before = head.slice(0, end);
		const after = goal.slice(end + 1).trim();
		if (!VERB.test(before) && !POINTER.test(before)) continue;
		if (isProse(after) && (POINTER.test(before) || !hasDocuments) && !isListOfRequests(after)) {
			return { words: before.trim(), texts: [unquoted(after)] };
		}
	}
	const quoted = takeQuoted(goal);
	if (quoted.texts.length > 0) return quoted;
	if (goal.length >= LONG_TEXT && !hasDocuments && !VERB.test(head.slice(0, 200)))
		return { words: '', texts: [goal.trim()] };
	return { words: goal, texts: [] };
}

function separatorsIn(head: string): number[] {
	return Array.from(head.matchAll(/:(?=\s|["“«'])|\n/g), (found) => found.index)
		.filter((index) => !isInsideQuotes(head.slice(0, index)))
		.slice(0, 4);
}

function isInsideQuotes(before: string): boolean {
	const count = (mark: string) => before.split(mark).length - 1;
	return count('“') > count('”') || count('«') > count('»') || count('"') % 2 === 1;
}

/** Enough words that are no addresses: a list of links with labels is no text. */
function isProse(text: string): boolean {
	if (text.length < MIN_PASTED) return false;
	const start = text.slice(0, 4_000);
	const tokens = start.split(/\s+/);
	const addresses = tokens.filter((token) => /https?:\/\/|^www\.|^\S+\.[a-z]{2,}\//i.test(token)).length;
	return tokens.length - addresses >= Math.max(MIN_WORDS, addresses * 12);
}

/** Numbered or bulleted lines that ask or order something, or nothing but questions, belong to the request. */
function isListOfRequests(text: string): boolean {
	const lines = text
		.slice(0, 4_000)
		.split('\n')
		.filter((line) => line.trim() !== '')
		.slice(0, 40);
	const questions = lines.filter((line) => line.trim().endsWith('?')).length;
	const orders = lines.filter(
		(line) => /^\s*(?:\d{1,2}[.)]|[-*•])\s+\S/.test(line) && VERB.test(line.slice(0, 40)),
	).length;
	return questions > lines.length / 2 || (orders > 0 && orders >= lines.length / 2);
}

function takeBetween(goal: string, open: string, close: string): Pasted {
	const texts: string[] = [];
	const words: string[] = [];
	let at = 0;
	for (;;) {
		const start = goal.indexOf(open, at);
		const end = start === -1 ? -1 : goal.indexOf(close, start + open.length);
		if (end === -1) break;
		words.push(goal.slice(at, start));
		const text = goal.slice(start + open.length, end).trim();
		if (text.length >= MIN_PASTED) texts.push(text);
		else words.push(text);
		at = end + close.length;
	}
	words.push(goal.slice(at));
	const spoken = words.map((part) => part.trim()).filter((part) => part !== '');
	return { words: spoken.join(' '), texts };
}

function takeQuoted(goal: string): Pasted {
	const texts: string[] = [];
	let words = goal;
	for (const [open, close] of [
		['“', '”'],
		['«', '»'],
		['„', '“'],
		['"', '"'],
	] as const) {
		const found = takeBetween(words, open, close);
		const long = found.texts.filter(
			(text) => text.length >= MIN_QUOTED && text.split(/\s+/, MIN_WORDS).length === MIN_WORDS,
		);
		if (long.length === 0 || long.length < found.texts.length) continue;
		texts.push(...long);
		words = found.words;
	}
	return { words, texts };
}

function unquoted(text: string): string {
	const inside = /^(?:"([^"]*)"|“([^“”]*)”|«([^«»]*)»)$/.exec(text);
	return inside?.[1] ?? inside?.[2] ?? inside?.[3] ?? text;
}
