/** GoalValue is something in a goal that would be different the next time. */
export interface GoalValue {
	readonly kind: 'url' | 'email' | 'date' | 'number' | 'text' | 'name';
	/** What a parameter for it is called; not unique yet. */
	readonly name: string;
	/** The value itself, without quotation marks. */
	readonly value: string;
	/** Where it stands in the goal, with its quotation marks. */
	readonly start: number;
	readonly end: number;
}

const MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december';
const PATTERNS: readonly { readonly kind: GoalValue['kind']; readonly pattern: RegExp }[] = [
	{ kind: 'url', pattern: /\bhttps?:\/\/[^\s<>"“”'`]*[^\s<>"“”'`.,;:!?)\]}]/gi },
	{ kind: 'email', pattern: /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/g },
	{
		kind: 'text',
		pattern: /"([^"\n]{1,500})"|“([^”\n]{1,500})”|„([^“”\n]{1,500})[“”]|«([^»\n]{1,500})»|`([^`\n]{1,500})`/g,
	},
	{ kind: 'date', pattern: /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/g },
	{ kind: 'date', pattern: new RegExp(`\\b\\d{1,2}(?:st|nd|rd|th)? (?:${MONTHS})(?: \\d{4})?\\b`, 'gi') },
	{ kind: 'date', pattern: new RegExp(`\\b(?:${MONTHS}) \\d{1,2}(?:st|nd|rd|th)?(?:,? \\d{4})?\\b`, 'gi') },
	{ kind: 'number', pattern: /(?<![\p{L}\p{N}_.,-])\d{1,12}(?:\.\d{1,6})?(?![\p{L}\p{N}_]|[.,]\d)/gu },
	{ kind: 'name', pattern: /(?<![\p{L}\p{N}_])\p{Lu}[\p{L}\p{N}&’'-]{1,60}(?: \p{Lu}[\p{L}\p{N}&’'-]{0,60}){0,5}/gu },
];
const MAX_GOAL = 5_000;
const MAX_VALUES = 20;

/** goalValues finds what a goal is about in particular: addresses, quoted texts, dates, numbers, names. In the order they stand. */
export function goalValues(goal: string): readonly GoalValue[] {
	const text = goal.slice(0, MAX_GOAL);
	const found: GoalValue[] = [];
	for (const { kind, pattern } of PATTERNS) {
		for (const match of text.matchAll(pattern)) {
			const start = match.index;
			const end = start + match[0].length;
			if (found.some((other) => start < other.end && other.start < end)) continue;
			if (kind === 'name' && beginsSentence(text, start)) continue;
			const value = match.slice(1).find((part) => part !== undefined) ?? match[0];
			found.push({ kind, name: nameFor(kind, text, { start, end }), value, start, end });
		}
	}
	return found.toSorted((one, other) => one.start - other.start).slice(0, MAX_VALUES);
}

/** There every word is written large. */
function beginsSentence(text: string, start: number): boolean {
	return /(?:^|[.!?:\n])\s*$/.test(text.slice(0, start));
}

const ROLES: Readonly<Record<string, string>> = {
	from: 'from',
	to: 'to',
	in: 'place',
	near: 'place',
	by: 'by',
	for: 'for_whom',
};

function nameFor(kind: GoalValue['kind'], text: string, { start, end }: { start: number; end: number }): string {
	if (kind === 'number') {
		// `5 sources`, `under 300 euros`.
		const noun = /^ ([a-z][a-z]{2,30})/.exec(text.slice(end))?.[1];
		return noun === undefined || /^(?:and|the|for|from|with|that|which|are|per|times?)$/.test(noun) ? 'number' : noun;
	}
	if (kind !== 'name') return kind;
	const before = /([a-z]{2,10}) $/i.exec(text.slice(0, start))?.[1]?.toLowerCase() ?? '';
	return ROLES[before] ?? 'name';
}
