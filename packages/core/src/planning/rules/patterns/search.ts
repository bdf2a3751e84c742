import type { Clause } from '../goal.ts';
import type { Pattern } from '../pattern.ts';
import type { PlanDraft } from '../plan-draft.ts';
import { addResearch, research, topicIn } from './research.ts';
import { save } from './save.ts';

const SEARCHES =
	/^(?:(?:search|look|browse|scan|check) (?:(?:on |in )?(?:the )?(?:web|internet|net)|online|google) (?:for|about|on)|search (?:for|about)|web search (?:for|on|about)|(?:do|run) a (?:web )?search (?:for|on|about)|google(?: for)?|look up|find (?:me )?(?:some |good |the best |\d{1,2} )?(?:web ?)?(?:sites?|pages|articles|links|websites|web pages|sources) (?:about|on|for|that))\s+/i;
const MAX_RESULTS = 20;

/** search: "Search the web for heat pumps": the ranked links; with something to make of them it is a research. */
export const search: Pattern = {
	name: 'search',
	needs: ['web.search'],
	asks: (clause, draft) =>
		searchTopic(clause.text) !== undefined && draft.can('web.search') && draft.materialsOf(clause).length === 0,
	add: (clause, draft) => {
		const topic = searchTopic(clause.text) ?? clause.text;
		if (isToBeRead(clause, draft)) return addResearch(clause, draft, topic);
		const number = Number(
			/\b(\d{1,2}) (?:results|links|pages|sites|articles|websites|sources)\b/i.exec(clause.text)?.[1] ?? 10,
		);
		const limit = Math.min(MAX_RESULTS, Math.max(1, number));
		draft.add(
			{ id: 'search', title: `Search the web for ${topic}`, capability: 'web.search', input: { query: topic, limit } },
			'search',
		);
		return { kind: 'steps', note: `search the web for "${topic}"` };
	},
	finish: (draft) => research.finish?.(draft),
};

function searchTopic(text: string): string | undefined {
	const start = SEARCHES.exec(text);
	return start === null ? undefined : topicIn(text.slice(start[0].length));
}

/** Links alone are nothing to write from. */
function isToBeRead(clause: Clause, draft: PlanDraft): boolean {
	if (!research.needs.every((name) => draft.can(name))) return false;
	return draft.goal.clauses.some((other) => other !== clause && !save.asks(other, draft));
}
