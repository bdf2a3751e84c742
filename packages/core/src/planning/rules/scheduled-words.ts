const TIME =
	/\b(?:every|each|daily|weekly|monthly|quarterly|yearly|annually|hourly|nightly|weekdays?|weekends?|mornings|evenings|(?:mon|tues|wednes|thurs|fri|satur|sun)days|twice|once (?:a|an|per)|remind me|tomorrow|tonight|@(?:daily|hourly|weekly|monthly)|(?:first|last|\d(?:st|nd|rd|th)) (?:day )?of)\b|^(?:in|at|on|next|today) |\bin (?:\d+|an?|two|three|half an?) (?:minutes?|hours?|days?|weeks?)\W*$|^[\d*]\S*(?: \S+){4,5} /i;
const WATCH =
	/^\W*(?:(?:please|can you|could you) )?(?:watch|monitor|keep an eye on|track|observe|check)\b.{0,400}\b(?:chang|updat|new|differ|tell me|let me know|notify|alert|happen)/is;

/** mayBeScheduled tells goals that may be meant for later, or again and again, from those that are not, at a glance. */
export function mayBeScheduled(goal: string): boolean {
	return TIME.test(goal.slice(0, 1_000)) || TIME.test(goal.slice(-300)) || isWatch(goal);
}

/** isWatch says whether a goal asks to be told when a page changes. */
export function isWatch(goal: string): boolean {
	return WATCH.test(goal.slice(0, 1_000));
}
