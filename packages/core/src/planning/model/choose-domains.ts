/** DOMAINS are the kinds of errand that have a prompt of their own. */
export const DOMAINS = ['comparison', 'research', 'code', 'study', 'monitoring'] as const;
export type Domain = (typeof DOMAINS)[number];

/** More than two would say more about planning in general than about the goal. */
const MAX_DOMAINS = 2;

/** Shorter goals that name no kind are greetings and quick questions. */
const MIN_GOAL = 25;

/** chooseDomains tells which kinds of errand a goal looks like, the likeliest first; research where a longer one names none. */
export function chooseDomains(goal: string): readonly Domain[] {
	const head = goal.slice(0, 4_000);
	const scored = DOMAINS.map((domain) => ({ domain, hits: new Set(head.toLowerCase().match(WORDS[domain])).size }));
	const found = scored.filter(({ hits }) => hits > 0).sort((one, other) => other.hits - one.hits);
	if (found.length === 0) return goal.trim().length < MIN_GOAL ? [] : ['research'];
	return found.slice(0, MAX_DOMAINS).map(({ domain }) => domain);
}

/** Beginnings of words, in the languages people write in most here. */
const WORDS: Readonly<Record<Domain, RegExp>> = {
	comparison:
		/(?<!\p{L})(?:compar|versus|vs\.?(?!\p{L})|better|best|cheap|differ|which (?:of|one)|recommend|rank|choose|pick|vergleich|besser|billig|günstig|unterschied|empfiehl|meilleur|moins cher|mejor|barat)/gu,
	research:
		/(?<!\p{L})(?:research|find out|investigat|look (?:up|into)|sources?|evidence|latest|news|overview|background|state of|talking points|report|collect|gather|search|recherch|finde? heraus|quellen|überblick|neuest|cherche|investiga|busca)/gu,
	code: /(?<!\p{L})(?:code|coding|script|program(?!me)|function|bug|debug|refactor|compile|stack ?trace|repositor|github|python|javascript|typescript|rust|java(?!\p{L})|sql|regex|api(?!\p{L})|programmier|skript)/gu,
	study:
		/(?<!\p{L})(?:study|studies|learn|lesson|exam|quiz|flash ?cards?|homework|course|explain|teach|tutor|revis|lecture|textbook|lern|prüfung|erklär|apprend|estudi|aprend)/gu,
	monitoring:
		/(?<!\p{L})(?:monitor|watch|track|alert|notify|tell me when|every (?:day|hour|week|morning)|daily|weekly|changes?(?!\p{L})|changed|keep an eye|price drop|überwach|beobacht|täglich|surveill|vigila)/gu,
};
