/** MemorySaid is what a sentence wants of the memory. */
export type MemorySaid =
	| { readonly kind: 'remember'; readonly text: string }
	| { readonly kind: 'forget'; readonly about: string }
	| { readonly kind: 'show' };

const REMEMBER =
	/^(?:please,? )?(?:(?:can|could|will) you )?(?:please )?(?:remember|note|memori[sz]e|keep in mind|do(?:n't| not) forget)(?: (?:that|this)\b:?|:)\s*/i;
const FORGET =
	/^(?:please,? )?(?:(?:can|could|will) you )?(?:please )?(?:forget|do(?:n't| not) remember)(?: (?:that|everything about|all about|what i (?:told|said to) you about|what you (?:know|remember) about)\b:?|:)\s*/i;
const SHOW =
	/^(?:(?:please )?(?:tell|show) me )?what (?:(?:do|did) you|you) (?:know|remember|have)(?: stored| saved| noted)? (?:about|of|on) me(?: so far)?$/i;
const FOUND =
	/^(?:(?:please )?(?:tell|show) me )?what (?:did|have) (?:you|we) (?:already )?(?:find|found|learn|learnt|learned|research|researched|tell me|told me|say|said)(?: out)?(?: for me)?(?: earlier| before| already| last time| last week| yesterday)? (?:about|on|of|regarding|concerning) \S/i;
const KNOWN = /^(?:what do you (?:still )?remember (?:about|of|on)|do you (?:still )?remember) \S/i;
const MINE =
	/^(?:what(?:'s| is| are)|which|where(?:'s| is| are| do)|when(?:'s| is| are)|who(?:'s| is| are)|how) (?:\w+ ){0,3}?(?:my|i)\b/i;

const MAX_SENTENCE = 400;
/** More words are a task that speaks of remembering. */
const MAX_QUESTION = 200;

/** readMemorySentence reads what asks plainly to remember or to forget something, or to show all of it; undefined for anything else. */
export function readMemorySentence(text: string): MemorySaid | undefined {
	const said = plain(text);
	if (said === undefined) return undefined;
	if (SHOW.test(said.replace(/[?!.\s]{1,10}$/, ''))) return { kind: 'show' };
	const remembered = after(REMEMBER, said);
	if (remembered !== undefined) return { kind: 'remember', text: remembered };
	const about = after(FORGET, said)?.replace(/[?!.\s]{1,10}$/, '');
	return about === undefined || about === '' ? undefined : { kind: 'forget', about };
}

/** asksMemory tells whether a goal asks for what was found or said before. */
export function asksMemory(goal: string): boolean {
	const said = plain(goal);
	if (said === undefined || said.length > MAX_QUESTION) return false;
	return SHOW.test(said.replace(/[?!.\s]{1,10}$/, '')) || FOUND.test(said) || KNOWN.test(said);
}

/** mayBeRemembered tells a question about the person's own things, to which what they said once may be the answer. */
export function mayBeRemembered(goal: string): boolean {
	const said = plain(goal);
	return said !== undefined && said.length <= MAX_QUESTION && MINE.test(said);
}

function plain(text: string): string | undefined {
	const said = text.trim().replaceAll('’', "'");
	return said.length > MAX_SENTENCE || said.includes('\n') ? undefined : said;
}

function after(begins: RegExp, said: string): string | undefined {
	const found = begins.exec(said);
	const rest = found === null ? '' : said.slice(found[0].length).trim();
	return rest === '' ? undefined : rest;
}
