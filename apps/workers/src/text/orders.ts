import type { Passage } from './passages.ts';

/**
 * withoutOrders leaves out what a document says to an assistant instead of to its reader ("ignore all previous
 * instructions"): the whole paragraph or list it stands in. Text that only tells of such orders stays.
 */
export function withoutOrders(passages: readonly Passage[]): { kept: Passage[]; found: ReadonlySet<number> } {
	const blocks = new Set<string>();
	const found = new Set<number>();
	for (const passage of passages) {
		if (!isOrder(passage.plain)) continue;
		blocks.add(placeOf(passage));
		found.add(passage.document);
	}
	return { kept: passages.filter((passage) => !blocks.has(placeOf(passage))), found };
}

function placeOf({ document, block }: Passage): string {
	return `${document}/${block}`;
}

/** isOrder recognises a sentence that is aimed at an assistant reading along. */
export function isOrder(text: string): boolean {
	if (TEMPLATE.test(text)) return true;
	const unquoted = text.replace(/[“"][^”"]{0,400}[”"]/g, ' ').replace(/[‘'](?=[^\s])[^’']{3,400}[’'](?!\p{L})/gu, ' ');
	return ORDERS.some((pattern) => pattern.test(unquoted));
}

/** Marks of chat templates have no place in prose. */
const TEMPLATE =
	/<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[\/?INST\]|<<\/?SYS>>|^\s*#{2,}\s*(?:system|instruction|assistant)s?\s*:?\s*$/i;
const BEGIN =
	'(?:^|[.!?:;…—–*\\]-]\\s*|\\b(?:please|now|first|then|so|and|must|should|you (?:have|need|are|ought|want) to|immediately|@\\S+|assistant,?|ai,?|important:?)\\s+)';
const BEFORE = '(?:all\\s+|any\\s+|the\\s+|your\\s+|every(?:thing)?\\s+|of\\s+|my\\s+|these\\s+){0,4}';
const EARLIER = '(?:previous|prior|above|earlier|preceding|foregoing|former|existing|original|initial|system)';
const SAID =
	'(?:\\w+\\s+){0,2}(?:instructions?|prompts?|directions?|directives?|rules|guidelines|messages?|commands?|context|programming|training)';
const READER =
	'(?:ai|a\\.i\\.|assistants?|language models?|llms?|chat ?bots?|chatgpt|gpt(?:-\\d\\w*)?|claude|gemini|copilot|ai (?:agents?|models?|systems?|assistants?|readers?)|(?:web |browsing )?agents?)';
const ORDERS: readonly RegExp[] = [
	new RegExp(`${BEGIN}(?:ignore|disregard|forget|override|bypass|discard)\\s+${BEFORE}${EARLIER}\\s+${SAID}`, 'i'),
	new RegExp(
		`${BEGIN}(?:ignore|disregard|forget)\\s+(?:all|everything|anything)\\s+(?:you(?:'ve| have| were)|that (?:you|was)|above|before|said)`,
		'i',
	),
	new RegExp(
		`${BEGIN}(?:ignore|disregard|forget|override)\\s+(?:all\\s+|any\\s+)?(?:of\\s+)?(?:(?:your|the)\\s+(?:\\w+\\s+)?(?:instructions?|prompts?|guidelines|programming|safety|training)|your\\s+rules\\b)`,
		'i',
	),
	new RegExp(
		`${BEGIN}(?:ignore|disregard|forget)\\s+(?:all\\s+|everything\\s+)?(?:of\\s+)?(?:the\\s+|what\\s+is\\s+)?(?:above|foregoing|preceding)(?:\\s+text)?\\s*(?:[,.;:!]|\\band\\b|$)`,
		'i',
	),
	/^(?:please |now |always |instead,? )*(?:write|state|conclude|answer|respond) that\b/i,
	/\b(?:include|insert|add|put) (?:this|the following) (?:link|address|url|image)\b|\b(?:write|say|state|include|recommend|mention)\b[^.]{0,80}\bin your (?:response|summary|output|reply|answer)\b(?! (?:book|sheet|paper))/i,
	new RegExp(
		`\\b(?:note|attention|message|instructions?|notice|warning|dear|hello|hey|hi)\\s*(?:to|for)?\\s*(?:all|any|every|the|you)?\\s*${READER}\\b[^.]{0,40}(?::|,|—|–|\\bthat\\b|\\breading\\b)`,
		'i',
	),
	new RegExp(`\\b(?:if|when|as)\\s+you(?:\\s+are|'re)?\\s+(?:an?\\s+|the\\s+)?${READER}\\b`, 'i'),
	new RegExp(
		`${BEGIN}you are (?:now |no longer )?(?:an?|the|in)\\s+(?:[\\w-]+\\s+){0,4}(?:ai|assistant|language model|llm|chatbot|dan|developer mode|jailbr\\w+|unrestricted|unfiltered)\\b`,
		'i',
	),
	/\b(?:you are|you're) (?:now |not )?(?:\w*GPT\b|ChatGPT|an? (?:large )?language model|an? (?:evil |amoral |unrestricted |unfiltered )?AI\b)/,
	/\b(?:I want you to|you will|you must|you should|you have to|you are going to|you need to|please|now) (?:now )?(?:act (?:as|like)|pretend (?:to be|that you|you)|role-?play|simulate (?:the |a )?(?:persona|character|developer mode|chatbot|ai)|stay in character|respond as|reply as|answer as)\b/i,
	/^(?:act as|pretend to be|imagine you are|respond as|simulate) (?:an?|the|my|if|though)?\s*(?:\w+\s+){0,4}(?:ai|bot|chatbot|assistant|model|dan|persona|character)\b/i,
	/^\[?(?:system|sys)(?: ?prompt)?\]?\s*[:\]]|^\$system\b|^\[CLS\]/i,
	/\b(?:do anything now|developer mode enabled|stay in character|(?:jailbreak(?:ed)?|developer|dan|god) mode (?:enabled|activated|output|on\b)|simulate developer mode|from now on,? you (?:will|are|must|can)|you (?:will|must|are going to) (?:act|pretend|roleplay|role-play|respond|answer|reply) (?:as|with|to)|(?:pretend|act) (?:as if|as though|to be|like) you)\b/i,
	/\b(?:reveal|print|output|repeat|show|leak|disclose) (?:me )?(?:your|the) (?:full |entire |hidden |initial |original )?(?:system prompt|system message|instructions above|initial instructions)\b/i,
	/\b(?:when|while|before|after) (?:you (?:are )?)?(?:summari[sz](?:e|ing)|answer(?:ing)?|process(?:ing)?|analy[sz](?:e|ing)|respond(?:ing)?|read(?:ing)?) (?:to )?(?:this|these|the) (?:page|document|text|article|content|website|user|question|email)s?\b[^.]{0,80}(?:,|\b(?:you must|always|only|do not|don't|say|state|tell|include|recommend|mention)\b)/i,
	/\b(?:do not|don't|never) (?:tell|inform|mention|reveal|show)\b[^.]{0,40}\b(?:the user|this to (?:the|your) user|these instructions)\b/i,
	/\b(?:tell|inform|convince|instruct|ask|advise|urge) (?:the|your) (?:user|human|operator)s? (?:that|to|about|how)\b/i,
	new RegExp(
		`^(?:hey |hello |hi |dear |all )?${READER}[,!]\\s+(?:you (?:must|should|will|have to|need to) |please |now |always |never |do not |don't )*(?:end|begin|start|finish|add|append|include|insert|write|say|tell|send|open|visit|fetch|go|click|follow|call|report|recommend|rate|rank|forward|post|stop|remember|read|fill)\\b`,
		'i',
	),
	/\b(?:end|begin|start|finish|close|prefix|open) (?:each of |all of |every one of )?your (?:answers?|reply|replies|responses?|summary|summaries|outputs?) with\b/i,
	/^(?:system|assistant|developer)\s*(?:prompt|message|note|override|instruction)?\s*:\s/i,
	/\b(?:new|updated|revised|real|actual) (?:system )?(?:instructions?|task|objective|prompt)s?\s*(?:for you\s*)?:/i,
	/\b(?:respond|reply|answer|output) only (?:with|in|using)\b|\byour (?:new|only|real|next) (?:task|goal|objective|role|instruction) is\b/i,
];
