/** Marked is text in which each address was replaced by a mark, so that words can be read without tripping over addresses. */
export interface Marked {
	readonly text: string;
	readonly urls: readonly string[];
}

const MAX_URL_LENGTH = 2_048;
const WEB_ADDRESS = /https?:\/\/[^\s<>"`|\\^{}\uE000\uE001]+/gi;
const MARK = /\uE000(\d+)\uE001/g;

/** markAddresses finds web addresses (`https://…`, `www.…`, and bare `domain.tld/path`), each once, and marks their places. */
export function markAddresses(text: string): Marked {
	const numbers = new Map<string, number>();
	const mark = (url: string, tail: string): string => {
		const number = numbers.get(url) ?? numbers.size;
		numbers.set(url, number);
		return `\uE000${number}\uE001${tail}`;
	};
	const clean = text.replace(/[\uE000\uE001]/g, ' ');
	const marked = clean.replace(WEB_ADDRESS, (found) => {
		// `https://a.example,https://b.example` are two.
		const parts = found.split(/,(?=https?:\/\/)/i).map((part) => {
			const url = withoutTail(part);
			return isAddress(url) ? mark(url, part.slice(url.length)) : part;
		});
		return parts.join(',');
	});
	const allMarked = marked.replace(/\S+/g, (word) => markBareDomain(word, mark));
	return { text: allMarked, urls: [...numbers.keys()] };
}

/** marksIn lists the numbers of the addresses marked in a piece of text. */
export function marksIn(text: string): number[] {
	return Array.from(text.matchAll(MARK), (found) => Number(found[1]));
}

/** ADDRESS stands for an address in the text of a clause; no phrase goes past it. */
export const ADDRESS = '\uE000';

/** withPlainMarks leaves one `ADDRESS` in the place of each marked address. */
export function withPlainMarks(text: string): string {
	return text.replace(MARK, ADDRESS);
}

const RUN = /(:)?((?:[\s,;]{0,4}(?:and |& |[-*•] |\(?\d{1,2}[.)] )?\uE000\d+\uE001[,;]?)+)/g;
const WANTS_OBJECT =
	/\b(?:compare|rank|summari[sz]e|analy[sz]e|review|read|from|of|between|in|on|at|to|with|using|and)$/i;
const LIST = 3;

/**
 * withLabels makes words to be read of marked text: a label for each address in a sentence; lists of addresses are dropped
 * where the sentence does without them, and are "these documents" where it does not.
 */
export function withLabels(text: string, labels: readonly string[]): string {
	const even = text.replace(/[^\S\n]+/g, ' ').trim();
	return even
		.replace(RUN, (run: string, colon: string | undefined, list: string, offset: number) => {
			const before = even.slice(Math.max(0, offset - 20), offset);
			const isLast = offset + run.length === even.length;
			const count = marksIn(list).length;
			if (colon !== undefined || list.startsWith('\n') || (isLast && /[.?!]$/.test(before))) return ' ';
			if (count < LIST) return run;
			return isLast && !WANTS_OBJECT.test(before) && before !== '' ? ' ' : ' these documents ';
		})
		.replace(MARK, (_mark, number) => labels[Number(number)] ?? '')
		.replace(/[^\S\n]+/g, ' ')
		.replace(/ ([,.;:!?])(?=[\s,.;:!?]|$)/g, '$1')
		.trim();
}

const LEADING =
	/^(?:(?:from|in|on|at|with|using|for|given|see) )?(?:\uE000\d+\uE001[,;]? ?(?:and )?)+[-–—:,]? ?(?=\p{L})/iu;

/** withoutLeading drops addresses in front of a request: "https://…: what is the price?", "from https://… get all dates". */
export function withoutLeading(text: string): string {
	return text.replace(LEADING, '');
}

const BARE_DOMAIN =
	/^(?:www\.(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?=[/]))(?::\d{1,5})?(?:\/\S*)?$/i;

function markBareDomain(word: string, mark: (url: string, tail: string) => string): string {
	if (word.length > MAX_URL_LENGTH || !word.includes('.') || word.includes('\uE000') || word.includes('@')) return word;
	const start = /^[([<"'“]*/.exec(word)?.[0] ?? '';
	const bare = withoutTail(word.slice(start.length).replace(/[>"”]+.*$/, ''));
	if (!BARE_DOMAIN.test(bare) || !isAddress(`https://${bare}`)) return word;
	return start + mark(`https://${bare}`, word.slice(start.length + bare.length));
}

/** Punctuation after an address belongs to the sentence; a closing bracket only if none was opened inside. */
function withoutTail(found: string): string {
	let end = Math.min(found.length, MAX_URL_LENGTH + 100);
	const surplus = { ')': 0, ']': 0 };
	for (const character of found.slice(0, end)) {
		if (character === '(' || character === '[') surplus[character === '(' ? ')' : ']'] -= 1;
		if (character === ')' || character === ']') surplus[character] += 1;
	}
	for (; end > 0; end--) {
		const last = found[end - 1] ?? '';
		if (`.,;:!?'*”’»`.includes(last)) continue;
		if ((last !== ')' && last !== ']') || surplus[last] <= 0) break;
		surplus[last] -= 1;
	}
	return found.slice(0, end);
}

function isAddress(url: string): boolean {
	return url.length <= MAX_URL_LENGTH && URL.canParse(url) && new URL(url).hostname !== '';
}
