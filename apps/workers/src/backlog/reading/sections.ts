/** isAside tells a section that says nothing to be done: what surrounds the work, and not the work. */
export function isAside(title: string): boolean {
	return ASIDE.test(bare(title));
}

/** isFacet tells a section that only says more about the thing above it: its acceptance criteria, its notes. */
export function isFacet(title: string): boolean {
	return FACET.test(bare(title));
}

/** isAcceptance tells a heading or label over what proves that something is done. */
export function isAcceptance(title: string): boolean {
	return /^(?:acceptance(?: criteria| tests?)?|definition of done|done when|test (?:strategy|plan|cases?)|tests?|verification|success criteria|how to test)$/i.test(
		bare(title),
	);
}

/** isCollection tells a heading over a list of which each entry is a thing of its own. */
export function isCollection(title: string): boolean {
	return COLLECTION.test(bare(title));
}

/** phaseIn is the number of the phase that a heading names: what comes first is needed most. */
export function phaseIn(title: string): number | undefined {
	if (/\b(?:mvp|minimum viable|must[- ]haves?)\b/i.test(title)) return 1;
	if (/\b(?:future|later|nice[- ]to[- ]haves?|stretch|backlog|post[- ]mvp|could[- ]haves?)\b/i.test(title)) return 3;
	const number = /\b(?:phase|milestone|release|stage|iteration|sprint|wave)\s+(\d{1,2}|[ivx]{1,4})\b/i.exec(title)?.[1];
	if (number === undefined) return undefined;
	return /^\d/.test(number) ? Number(number) : (ROMAN[number.toLowerCase()] ?? 1);
}

const ROMAN: Readonly<Record<string, number>> = { i: 1, ii: 2, iii: 3, iv: 4, v: 5, vi: 6 };

const ASIDE =
	/^(?:(?:executive )?(?:overview|summary)|abstract|(?:an )?introduction|background|context|motivation|purpose|vision|mission|problem(?: statement)?|the problem|(?:project |business |product |user )?(?:goals?|objectives?)(?: and (?:non-?goals|objectives|success metrics))?|non-?goals?|out of scope|scope|glossary|definitions?(?: and acronyms)?|terms(?: and definitions)?|acronyms|terminology|appendix\b.*|appendices|annex\b.*|references|bibliography|(?:revision|change|version|document) (?:history|log|control)|changelog|table of contents|contents|index|stakeholders?|team|roles(?: and responsibilities)?|contacts?|approvals?|sign-?off|(?:target )?(?:audience|users|market)|(?:user )?personas?|market(?: analysis| research)?|competit(?:ion|ors|ive analysis)|success metrics|metrics|kpis?|key (?:metrics|results)|risks?(?: and mitigations?)?|assumptions?(?: and constraints)?|constraints|open questions?|questions|faq|timeline|schedule|budget|costs?|pricing|legal|licen[sc]e|disclaimer|confidential(?:ity)?|acknowledge?ments?|further reading|related (?:documents|work)|about(?: this document)?|people|who (?:uses|it is for).*|what (?:it|this) is for|how it is (?:built|checked|tested)|what is (?:left )?(?:for )?later|left for later|why(?: now)?|interviews?|how to read this document|conventions|notation)$/i;

const FACET =
	/^(?:description|details?|user stor(?:y|ies)|acceptance(?: criteria| tests?)?|definition of done|done when|criteria|dependenc(?:y|ies)|depends on|prerequisites?|blocked by|priority|notes?|remarks|rationale|why|what|how|examples?|edge cases?|error handling|errors|test (?:strategy|plan|cases?)|tests?|verification|how to test|success criteria|implementation(?: notes| details)?|technical (?:details|notes)|behaviou?r|inputs?|outputs?|inputs? and outputs?|constraints|open questions|out of scope|requirements?|flow|steps)$/i;

const COLLECTION =
	/^(?:.*\b)?(?:requirements?|features?|user stor(?:y|ies)|stories|epics?|capabilities|functionality|functions|deliverables?|tasks?|to-?dos?|work ?items|backlog|use cases?|scenarios?|components?|modules?|milestones?|roadmap|(?:phase|release|sprint|iteration|stage)\s+\S+.*|mvp(?: scope)?|must[- ]haves?|should[- ]haves?|could[- ]haves?|nice[- ]to[- ]haves?)$/i;

function bare(title: string): string {
	return title
		.replace(/^(?:\d{1,2}(?:\.\d{1,2})*|[A-Z])[.)]?\s+(?=\S)/, '')
		.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N})]+$/gu, '')
		.trim();
}
