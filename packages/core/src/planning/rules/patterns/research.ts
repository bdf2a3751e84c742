import type { Json, JsonObject } from '../../../domain/json.ts';
import { isReference } from '../../../domain/task/references.ts';
import type { Clause, Material } from '../goal.ts';
import { type Added, countDocuments, type Pattern, titleOf } from '../pattern.ts';
import { audienceOf } from '../phrases.ts';
import type { PlanDraft } from '../plan-draft.ts';
import { formatOf } from './write-format.ts';

/** How much one research reads: pages found by search, links of those, links of these. With start pages the first rounds share. */
const BOUNDS = { search: 10, links: [12, 6], pages: 30, documents: 20 } as const;
/** "What is new about …" means the last month. */
const NEWS_DAYS = 31;

/** research: "Research heat pumps and prepare talking points", from start pages or by search; links are followed twice. */
export const research: Pattern = {
	name: 'research',
	needs: ['web.read', 'web.links', 'web.gather', 'text.write'],
	asks: (clause, draft) => {
		if (researchTopic(clause.text) === undefined || !research.needs.every((name) => draft.can(name))) return false;
		const materials = draft.materialsOf(clause);
		// Files and pasted text lead nowhere further: what they say is collected.
		return materials.length === 0 ? draft.can('web.search') : materials.some(({ kind }) => kind === 'url');
	},
	add: (clause, draft) => {
		const topic = researchTopic(clause.text) ?? clause.text;
		return addResearch(clause, draft, topic, ASKS_NEWS.test(clause.text) ? NEWS_DAYS : undefined);
	},
	finish: (draft) => (draft.last?.by === 'research' ? 'write a report' : undefined),
};

/** addResearch plans the steps of a research on a topic. */
export function addResearch(clause: Clause, draft: PlanDraft, topic: string, maxAgeDays?: number): Added {
	const materials = draft.materialsOf(clause);
	const start = materials.length > 0 ? startPages(materials, draft) : searchedPages(topic, maxAgeDays, draft);
	const lists: Json[] = [...start.documents];
	const seen: Json[] = [...start.seen];
	let from = start.documents;
	let left = BOUNDS.pages - start.pages;
	for (const [round, most] of BOUNDS.links.entries()) {
		const maxLinks = Math.min(most, left);
		if (maxLinks < 1) break;
		left -= maxLinks;
		const links = draft.addQuietly({
			id: `links-${round + 1}`,
			title: round === 0 ? 'Choose links to follow' : 'Choose links to follow from there',
			capability: 'web.links',
			input: { documents: [...from], topic, maxLinks, seen: [...seen] },
		});
		const follow = draft.addQuietly({
			id: `follow-${round + 1}`,
			title: 'Read a linked page',
			capability: 'web.read',
			input: { url: { $from: 'item.url' } },
			forEach: { $from: `${links}.links`, maxItems: maxLinks },
		});
		from = [{ $from: follow }];
		lists.push(...from);
		seen.push({ $from: `${links}.links.url` }, { $from: `${follow}.url` });
	}
	const by = addText(clause, draft, topic, lists);
	const source = materials.length > 0 ? `from ${countDocuments(materials)}` : 'by web search';
	const named = by === 'write' ? ` and write ${formatOf(clause.text)?.words}` : '';
	return { kind: 'steps', note: `research "${topic}" ${source}, following links${named}` };
}

interface Start {
	readonly documents: readonly Json[];
	readonly seen: readonly Json[];
	/** How many pages that are at most. */
	readonly pages: number;
}

function startPages(materials: readonly Material[], draft: PlanDraft): Start {
	const documents = draft.documents(materials, materials.length === 1);
	const named = materials.flatMap((material): Json[] => (material.kind === 'url' ? [material.url] : []));
	// Where a redirect led is known once the page was read.
	const reached = documents.filter(isReference).map(({ $from }): Json => ({ $from: `${$from}.url` }));
	return { documents, seen: [...named, ...reached], pages: documents.length };
}

function searchedPages(topic: string, maxAgeDays: number | undefined, draft: PlanDraft): Start {
	const age = maxAgeDays === undefined ? {} : { maxAgeDays };
	const search = draft.addAside({
		id: 'search',
		title: `Search the web for ${topic}`,
		capability: 'web.search',
		input: { query: topic, limit: BOUNDS.search, ...age },
	});
	const read = draft.addQuietly({
		id: 'read',
		title: 'Read a page that was found',
		capability: 'web.read',
		input: { url: { $from: 'item.url' } },
		forEach: { $from: `${search}.results`, maxItems: BOUNDS.search },
	});
	return { documents: [{ $from: read }], seen: [{ $from: `${search}.results.url` }], pages: BOUNDS.search };
}

function addText(clause: Clause, draft: PlanDraft, topic: string, lists: readonly Json[]): string {
	const gather = draft.addAside({
		id: 'gather',
		title: 'Weigh what was read',
		capability: 'web.gather',
		input: { lists, topic, maxDocuments: BOUNDS.documents },
	});
	const named = formatOf(clause.text);
	const { format, words } = named ?? { format: 'report', words: 'a report' };
	const audience = audienceOf(clause.text);
	const input: JsonObject = {
		format,
		title: titleOf(topic, topic),
		topic: lastingTopic(topic),
		need: draft.goal.need,
		documents: { $from: `${gather}.documents` },
		// What was dropped and what is out of date belongs under the answer.
		findings: [{ text: '', warnings: { $from: `${gather}.warnings` } }],
		...(audience === undefined ? {} : { audience }),
	};
	const by = named === undefined ? 'research' : 'write';
	draft.add({ id: 'write', title: `Write ${words}`, capability: 'text.write', input }, by);
	return by;
}

const RESEARCHES =
	/^(?:i (?:want|need|would like|[’']d like) to |i(?: a|[’'])m )?(?:research(?:ing)?(?: on| into| about)?|investigate|look into|dig into|read up on|find out (?:more |everything |all |what there is (?:to know )?)?(?:about|on)|find (?:me )?(?:information|facts|everything|out more|sources) (?:about|on)|learn (?:more )?about|do (?:some |a bit of )?research (?:on|about|into)|gather (?:information|facts) (?:about|on)|(?:what(?:'s|’s| is| are)) (?:new|the (?:latest|news|newest)) (?:about|on|in|with|regarding)|(?:the )?(?:latest|newest) (?:news|developments) (?:about|on|in|regarding))\s+/i;
const ASKS_NEWS =
	/^(?:what(?:'s|’s| is| are) (?:new|the (?:latest|news|newest))|(?:the )?(?:latest|newest) (?:news|developments))\b/i;
/** Where the topic ends: what else is wanted, and where to start from. */
const TOPIC_END =
	/[;?!\n\uE000]|[.:](?=\s|$)|,? (?:and|then) (?:then )?(?:prepare|write|give|make|create|draft|summari[sz]e|tell|report|send|produce|list|show)\b|,? (?:starting|beginning) (?:from|at|with)\b|,? (?:from|on|at|in|using|with) (?:these|this|those|the (?:following|attached)|my)\b|,? (?:from|on|at|using|with|via|in|of|for|about|by|through)?\s*\uE000|,? (?:for me|please|on the (?:web|internet)|online)\b/i;
const NO_TOPIC =
	/^(?:it|its|this|that|them|these|those|what|how|why|who|which|whether|if|when|where|each|all|both|everything)\b(?: (?:pages?|documents?|files?|articles?|sites?|links?|sources?|topics?|issues?|things?|one)\b|$| (?:says?|is|are|means?)\b)/i;

/** researchTopic finds what is to be researched; undefined where a clause asks for something else. */
export function researchTopic(text: string): string | undefined {
	const start = RESEARCHES.exec(text);
	if (start === null) return undefined;
	return topicIn(text.slice(start[0].length));
}

/** topicIn reads a topic up to where the clause goes on with something else; a pronoun is none. */
export function topicIn(text: string): string | undefined {
	const topic = (text.slice(0, 300).split(TOPIC_END)[0] ?? '')
		.replace(/^(?:the (?:topic|subject|question) of|the following topic:?) /i, '')
		.replace(/^[\s"“”'‘’«»]+|[\s"“”'’«».,]+$/g, '')
		.slice(0, 200)
		.trim();
	return topic.length < 2 || !/\p{L}/u.test(topic) || NO_TOPIC.test(topic) ? undefined : topic;
}

/** "Coming environmental bills" are called environmental bills by those who write about them. */
function lastingTopic(topic: string): string {
	const rest = topic.replace(
		/^(?:(?:the|any|all|some|coming|upcoming|new|newest|latest|recent|current|planned|future) )+(?=\S+ )/i,
		'',
	);
	return rest.length >= 4 ? rest : topic;
}
