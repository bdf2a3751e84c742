/** smallTalk answers a message that is conversation rather than a goal; `undefined` for anything else. */
export function smallTalk(text: string): string | undefined {
	if (text.length > MAX_LENGTH) return undefined;
	const parts = text
		.toLowerCase()
		.replaceAll('’', "'")
		.split(/[.,!?;:…\n]+|\s-\s/)
		.map((part) =>
			part
				.replace(/\p{Extended_Pictographic}|\uFE0F|\u200D/gu, ' ')
				.replace(ADDRESSED, '')
				.trim(),
		)
		.filter((part) => part !== '');
	if (parts.length === 0) return /\p{Extended_Pictographic}/u.test(text) ? '🙂 What can I do for you?' : undefined;
	const turns = parts.map((part) => TURNS.findIndex(([said]) => said.test(part)));
	// One part that is no small talk makes the whole message a goal: "hi, summarise …".
	if (turns.includes(-1)) return undefined;
	const turn = TURNS[Math.min(...turns)];
	return turn?.[1](parts[0] ?? '');
}

const MAX_LENGTH = 120;
const ADDRESSED =
	/(?:^| )(?:errand|there|everyone|all|bot|assistant|friend|again|so much|very much|a lot|please)(?= |$)/g;

/** What people say, the weightiest first: of "hi, how are you?" the question is answered. */
const TURNS: readonly (readonly [RegExp, (said: string) => string])[] = [
	[
		/^(?:help|help me|i need help|menu|what (?:can|do) you do|what can i (?:do|ask|say)|what are you (?:good|able) (?:for|to do)|how (?:does|do) (?:this|it|you) work|how (?:can|do) i (?:use|start|begin)(?: you| this| it)?|what now|commands|examples?|show me what you can do|can you help(?: me)?)$/,
		() => abilities(),
	],
	[
		/^(?:(?:who|what) (?:are|is) (?:you|this)|what's this|are you (?:a )?(?:bot|human|real|robot|ai|a person|chatgpt|a model|an ai)|what(?:'s| is) your name|introduce yourself|tell me about yourself)$/,
		() =>
			`I am Errand, an assistant that runs errands: you give me a goal, I plan it, work through the steps and come back with an answer and its sources. No language model is connected, so I plan by rules.\n\n${abilities()}`,
	],
	[
		/^(?:how are you(?: doing| today)*|how's it going|how is it going|how do you do|what's up|whats up|sup|wie geht's|wie geht es dir|ça va|comment ça va|cómo estás|como estas|qué tal|que tal)$/,
		() => 'All is running well here, thank you. What can I do for you?',
	],
	[
		/^(?:thanks?|thank you|thx|ty|cheers|danke(?: schön| dir)?|vielen dank|merci(?: beaucoup)?|(?:muchas )?gracias|much appreciated|(?:that's |that is |that was )?(?:great|perfect|awesome|nice|cool|wonderful|excellent|amazing|good job|well done|good work|brilliant))$/,
		() => 'You are welcome. Send me the next goal whenever you like.',
	],
	[
		/^(?:bye|goodbye|bye bye|see you(?: later| soon| tomorrow)?|cu|ciao|good night|have a (?:nice|good|great) (?:day|one|evening|weekend)|tschüss|tschau|auf wiedersehen|au revoir|à bientôt|adiós|adios|hasta luego)$/,
		() => 'Goodbye! Running tasks go on without you; their results will be here.',
	],
	[
		/^(?:test|testing|ping|are you (?:there|here|awake|online)|anybody here|you there)$/,
		() => 'I am here. What can I do for you?',
	],
	[
		/^(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|moin|servus|grüß gott|bonjour|salut|bonsoir|hola|buen(?:os|as) (?:días|dias|tardes|noches))$/,
		(said) => `${greetingFor(said)} What can I do for you? Give me a goal, for example: ${EXAMPLES[0]}`,
	],
	[
		/^(?:ok|okay|k|fine|alright|all right|got it|i see|understood|sure|yes|no|yep|nope|hm+|aha|lol|haha|never ?mind|nothing|sorry|oops|wow)$/,
		() => 'All right. Nothing is waiting for an answer here; give me a goal whenever you like.',
	],
];

function greetingFor(said: string): string {
	if (/^(?:hallo|guten|moin|servus|grüß)/.test(said)) return 'Hallo!';
	if (/^(?:bonjour|salut|bonsoir)/.test(said)) return 'Bonjour !';
	return /^(?:hola|buen)/.test(said) ? '¡Hola!' : 'Hello!';
}

const EXAMPLES = [
	'“Compare https://a.example/plan and https://b.example/plan by price and notice period, and recommend one for a family.”',
	'“Summarise the attached file in five bullets, then write an e-mail to my team about it.”',
	'“Collect what these pages say about heat pumps and prepare talking points: https://… https://…”',
	'“Watch https://a.example/prices and tell me daily what changed”',
];

/** abilities says what can be done without a language model, with examples and what would make it more. */
export function abilities(): string {
	const can = [
		'read pages and files (HTML, PDF, DOCX, text, JSON, feeds)',
		'**summarise**, **compare** and **analyse** them',
		'**extract** people, places, dates, amounts and contacts',
		'**answer questions** from them, with quotes',
		'**research** a topic from a start page or by web search, following links',
		'**collect** what they say about a topic into a report, talking points or an e-mail draft',
		'**remind** you, do any of this later or again and again, and **watch** a page for changes',
	];
	const examples = EXAMPLES.map((example) => `- ${example}`).join('\n');
	return `Without a language model I work on documents: those you send as links, files or pasted text, and those I find on the way. I can\n\n${can.map((one) => `- ${one}`).join('\n')}\n\nFor example:\n\n${examples}\n\nWith a language model I understand any goal and answer from what it knows: \`npm run setup-model\` on the server sets one up. \`/help\` lists the commands, for workflows, schedules, backlogs and memory.`;
}
