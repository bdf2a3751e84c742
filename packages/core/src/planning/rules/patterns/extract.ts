import { ask, countDocuments, listed, type Pattern } from '../pattern.ts';

/** The kinds of things that can be extracted, and the words for them. */
const KINDS: readonly (readonly [string, RegExp])[] = [
	['people', /\b(?:people|persons?|names|who(?:'s|’s| is| are) (?:mentioned|named)|participants|authors)\b/i],
	['organisations', /\b(?:organi[sz]ations?|compan(?:y|ies)|firms|institutions|businesses)\b/i],
	['places', /\b(?:places?|locations?|cit(?:y|ies)|countr(?:y|ies)|towns)\b/i],
	['dates', /\b(?:dates?|deadlines?|appointments|days)\b/i],
	['money', /\b(?:money|prices?|amounts?|costs?|fees?|sums|premiums?|figures)\b/i],
	['phones', /\b(?:(?:tele)?phones?(?: numbers?)?|phone numbers?|fax(?: numbers?)?)\b/i],
	['emails', /\b(?:e-?mails?(?: address(?:es)?)?|mail address(?:es)?)\b/i],
	['urls', /\b(?:urls?|links|web addresses|websites)\b/i],
];
const CONTACTS = /\bcontact (?:details|data|information|info)\b|\bcontacts\b/i;
const EXTRACTS = /\b(?:extract|pull out|harvest)\b/i;
const LISTS =
	/^(?:list|(?:make|create|prepare|write|give me) (?:me )?(?:a|the) list|find|get|give me|show me|collect|gather|name|identify|note(?: down)?|which|what|tell me|who(?:'s|’s| is| are) (?:mentioned|named))\b/i;
const MAX_WORDS_BEFORE_KIND = 8;

/** extract: "Extract all dates and amounts from this contract", "list the people mentioned in …". */
export const extract: Pattern = {
	name: 'extract',
	needs: ['text.extract'],
	asks: ({ text }) =>
		EXTRACTS.test(text) || (LISTS.test(text) && kindsOf(nearWords(text)).length > 0 && !asksMore(text)),
	add: (clause, draft) => {
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) return ask('From which page or document? Send a link, a file or the text.');
		const wanted = clause.text.replace(/^.{0,40}?\blist of /i, '');
		const kinds = kindsOf(wanted.split(/ (?:from|in|out of|mentioned|of (?:these|this|the|all)) /i)[0] ?? '');
		const found = kinds.length === 0 ? 'people, places, dates, amounts and contacts' : listed(kinds);
		const documents = draft.documents(materials, materials.length < 3);
		const title = `Extract ${found} from ${countDocuments(materials)}`;
		const input = { documents, ...(kinds.length === 0 ? {} : { kinds }) };
		draft.add({ id: 'extract', title, capability: 'text.extract', input }, 'extract');
		return { kind: 'steps', note: `extract ${found} from ${countDocuments(materials)}` };
	},
};

function kindsOf(text: string): string[] {
	const kinds = KINDS.filter(([, words]) => words.test(text)).map(([kind]) => kind);
	return CONTACTS.test(text) ? [...new Set([...kinds, 'phones', 'emails'])] : kinds;
}

function nearWords(text: string): string {
	return text.split(' ', MAX_WORDS_BEFORE_KIND).join(' ');
}

/** "What costs are covered?" and "find out what people say" are questions, not lists. */
function asksMore(text: string): boolean {
	if (/\babout\b|\bfind out\b|\bsay\b|\bthink\b/i.test(text)) return true;
	return (
		/^(?:which|what|tell me)\b/i.test(text) &&
		!/\b(?:mentioned|named|listed|contained|appear|there|in (?:this|these|the))\b/i.test(text)
	);
}
