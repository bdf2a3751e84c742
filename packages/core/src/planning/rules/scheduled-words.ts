const TIME =
	/\b(?:every|each|daily|weekly|monthly|quarterly|yearly|annually|hourly|nightly|weekdays?|weekends?|mornings|evenings|(?:mon|tues|wednes|thurs|fri|satur|sun)days|twice|once (?:a|an|per)|remind me|tomorrow|tonight|@(?:daily|hourly|weekly|monthly)|(?:first|last|\d(?:st|nd|rd|th)) (?:day )?of)\b|^(?:in|at|on|next|today) |\bin (?:\d+|an?|two|three|half an?) (?:minutes?|hours?|days?|weeks?)\W*$|^[\d*]\S*(?: \S+){4,5} /i;
/** What may stand before the verb: politeness, and how often. */
const OPENING =
	'^\\W*(?:(?:please|can you|could you|i want you to) )?(?:(?:every|each|once|twice|hourly|daily|weekly|nightly|monthly)\\b[^.!?]{0,60}?[\\s,:]+)?(?:please )?';
const CHANGES = "\\b(?:chang|updat|differ|anything new|something new|what(?:'s| is) new)";
const WATCHES: readonly RegExp[] = [
	new RegExp(
		`${OPENING}(?:watch|monitor|keep an eye on|track|observe)\\b.{0,400}(?:${CHANGES}|\\b(?:new|tell me|let me know|notify|alert|happen|summari[sz]e))`,
		'is',
	),
	// Looking at a page once is no watching.
	new RegExp(
		`${OPENING}(?:check|look at|visit|compare)\\b.{0,400}\\b(?:for|if|whether|what|any)\\b.{0,200}${CHANGES}`,
		'is',
	),
];
const ALERT =
	/^\W*(?:(?:please|can you|could you) )?(?:tell me|let me know|notify me|alert me|warn me|message me|ping me|inform me)\b.{0,80}?\b(?:when|if|whenever|once|as soon as|every time)\b.{0,400}\b(?:chang|updat|differ|drops?|falls?|rises?|goes (?:up|down)|new|available|in stock|sold out|appears?)/is;
const A_PAGE = /https?:\/\/|\bwww\.|\b(?:web ?)?(?:page|site)\b/i;

/** mayBeScheduled tells goals that may be meant for later, or again and again, from those that are not, at a glance. */
export function mayBeScheduled(goal: string): boolean {
	return TIME.test(goal.slice(0, 1_000)) || TIME.test(goal.slice(-300)) || isWatch(goal);
}

/** isWatch says whether a goal asks to be told when a page changes. */
export function isWatch(goal: string): boolean {
	const start = goal.slice(0, 1_000);
	return isAlert(goal) || WATCHES.some((watch) => watch.test(start));
}

/** isAlert says whether somebody wants to hear of a change soon after it, rather than to have a page looked at now and then. */
export function isAlert(goal: string): boolean {
	const start = goal.slice(0, 1_000);
	return ALERT.test(start) && A_PAGE.test(start);
}
