import { shortened } from '@errand/core/domain/shortened.ts';
import { plainText } from '../../text/facts/inline.ts';
import { splitSentences } from '../../text/sentences.ts';

/** MAX_TITLE is how long a title may be that was made from a sentence. */
const MAX_TITLE = 100;

/** Named is a text taken apart into what it calls itself and what it says. */
export interface Named {
	/** Identifiers that others may refer to it by: `FR-3`, `3.2`. */
	readonly refs: readonly string[];
	/** What it calls itself; undefined where it is only a statement. */
	readonly label: string | undefined;
	readonly rest: string;
}

/** namedIn takes the identifier and the label off a list item or heading: `FR-3 **Export**: as CSV`. */
export function namedIn(text: string): Named {
	const refs: string[] = [];
	let rest = text.replace(/^\s*\[[ xX]\]\s+/, '').trim();
	const bold = /^(?:\*\*|__)(.{1,120}?)(?:\*\*|__)\s*[:–—-]?\s*/.exec(rest);
	let label = bold?.[1];
	if (bold !== null) rest = rest.slice(bold[0].length);
	const source = label ?? rest;
	const ref = REF.exec(source);
	if (ref !== null) {
		refs.push(refKey(ref[1] ?? ''));
		const left = source.slice(ref[0].length).trim();
		if (label === undefined) rest = left;
		else label = left === '' ? undefined : left;
	}
	if (label === undefined) {
		const colon = /^([^:.!?\n]{2,60}):\s+(?=\S)/.exec(rest);
		if (colon !== null && !STORY.test(rest)) {
			label = colon[1];
			rest = rest.slice(colon[0].length);
		}
	}
	const named = label === undefined ? undefined : plainText(label).replace(/[:.]$/, '').trim();
	return { refs, label: named === '' ? undefined : named, rest: rest.trim() };
}

/** refKey writes an identifier in one way, so that `FR 3` and `fr-3` are the same. */
export function refKey(text: string): string {
	return text
		.toLowerCase()
		.replace(/[\s_-]+/g, '')
		.replace(/\.$/, '');
}

/** headingName takes the number or identifier off a heading: `3.2 Export` gives `3.2` and `Export`. */
export function headingName(title: string): { readonly refs: readonly string[]; readonly title: string } {
	const number = /^(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+(?=\S)/.exec(title);
	const after = number === null ? title : title.slice(number[0].length);
	const ref = REF.exec(after);
	const left = ref === null ? after : after.slice(ref[0].length).trim();
	const refs = [
		...(number?.[1] === undefined ? [] : [refKey(number[1])]),
		...(ref?.[1] === undefined ? [] : [refKey(ref[1])]),
	];
	return { refs, title: left === '' ? after : left };
}

/** isStory tells a user story. */
export function isStory(text: string): boolean {
	return STORY.test(text);
}

/** titleFrom makes a title of a statement: what is to be done, without who must. */
export function titleFrom(statement: string): string {
	const text = plainText(statement.slice(0, 2_000));
	const story = STORY.exec(text);
	const [first = text] = splitSentences(story?.[1] ?? text);
	const bare = story === null ? first.replace(SUBJECT, '') : first;
	const words = bare.replace(/[\s.;,:]+$/, '').trim();
	const cut =
		words.length <= MAX_TITLE
			? words
			: `${words
					.slice(0, MAX_TITLE)
					.replace(/\s+\S*$/, '')
					.replace(/[,;:\s]+$/, '')}…`;
	return capitalised(cut === '' ? shortened(text, MAX_TITLE) : cut);
}

/** capitalised begins with a capital letter. */
export function capitalised(text: string): string {
	const [first = ''] = text;
	return first.toUpperCase() + text.slice(first.length);
}

/** sentencesOf are the sentences of some Markdown, as plain text. */
export function sentencesOf(texts: readonly string[]): string[] {
	return texts.flatMap((text) => unwrapped(text).flatMap((line) => splitSentences(plainText(line))));
}

/** A paragraph that was wrapped is one line again; fields, lists and short lines that stand for themselves stay lines. */
function unwrapped(text: string): string[] {
	const lines: string[] = [];
	let before = '';
	for (const line of text.split('\n')) {
		if (goesOn(before, line)) lines.push(`${lines.pop() ?? ''} ${line.trim()}`);
		else lines.push(line);
		before = line;
	}
	return lines;
}

/** Lines are wrapped at 60 characters or more, so that one much shorter has ended. */
const SHORTEST_WRAPPED = 45;
const BEGINS_ANEW = /^\s*(?:$|[-*+•|#>]|\d{1,3}[.)]\s|\[)/;
const FIELD = /^\s*(?:\*\*)?\p{L}[\p{L} -]{1,30}(?:\*\*)?:/u;

function goesOn(before: string, line: string): boolean {
	if (before.trim() === '' || BEGINS_ANEW.test(line) || before.endsWith('  ') || before.endsWith('\\')) return false;
	if (FIELD.test(line)) return false;
	if (/^\s*[\p{Ll}(]/u.test(line)) return true;
	return before.trim().length >= SHORTEST_WRAPPED && !FIELD.test(before);
}

const SEPARATED = '\\]?\\s*(?:[:.)–—|-]+\\s*|\\s+|$)';
/** An identifier is written in capitals; words that only say what kind of thing follows are part of what others call it. */
const REF = new RegExp(
	`^\\[?((?:[A-Z][A-Z0-9]{0,7}[-_ ]?\\d{1,4}(?:\\.\\d{1,3})*[a-z]?(?![\\p{L}\\d]))|(?:${caseless('feature|epic|task|story|requirement|req|item|phase|milestone|step|use case|module|component')}\\s+#?\\d{1,3}(?:\\.\\d{1,3})*)|\\d{1,2}(?:\\.\\d{1,2})+)${SEPARATED}`,
	'u',
);

/** `item` as `[Iit]…`: words may begin with a capital, beside identifiers that must. */
function caseless(words: string): string {
	const any = words.split('|').map((word) => `[${word.charAt(0).toUpperCase()}${word.charAt(0)}]${word.slice(1)}`);
	return `(?:${any.join('|')})`;
}

const STORY =
	/^as (?:an?|the)\s+[^,]{1,80},?\s+(?:I|we)\s+(?:want|need|would like|can|should be able|wish)(?:\s+to\s+be\s+able)?(?:\s+to)?\s+(.{3,400}?)(?:,?\s+so\s+(?:that|I|we)\b.*|[.]?$)/is;
const SUBJECT =
	/^(?:the|an?|all|every|each|our)\s+(?:[\p{L}\p{N}-]+\s+){0,4}?(?:must|shall|should|may|could|can|will|needs? to|has to|have to)\s+(?:also\s+|always\s+)?(?:be able to\s+|allow (?:users|people|the user|a user) to\s+)?(?!be\b)|^(?:users?|admins?|administrators?|customers?|we|it|they|people)\s+(?:must|shall|should|may|could|can|will|needs? to|has to|have to)\s+(?:also\s+|always\s+)?(?:be able to\s+)?(?!be\b)/iu;
