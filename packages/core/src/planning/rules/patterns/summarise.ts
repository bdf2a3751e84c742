import type { Json } from '../../../domain/json.ts';
import type { Clause, Material } from '../goal.ts';
import { ask, countDocuments, type Pattern } from '../pattern.ts';
import { lengthOf, saysOnlyLength, thingsOf, topicOf } from '../phrases.ts';
import type { PlanDraft, Result } from '../plan-draft.ts';

const SUMMARISES =
	/\b(?:summari[sz](?:e|es|ed|ing)|summar(?:y|ies)|sum up|tl;?dr|key (?:points|takeaways|facts)|main (?:points|ideas|takeaways)|takeaways|gist|condense|shorten|recap|abridge|digest|in a nutshell|boil .{1,30} down)\b/i;
const WHAT_ABOUT =
	/^what(?:'s|’s| is| are) .{0,60}\babout\W*$|^tell me (?:more |all )?about\b|^explain (?:\uE000|(?:this|that|the|these) (?:\w+ )?(?:pages?|documents?|articles?|files?|texts?|papers?|contracts?)\b)/i;
const EACH = /\b(?:each|every one|separately|individually|one by one)\b/i;

/** summarise: "Summarise https://… in three bullets", "key points of these files", "summarise this: …". */
export const summarise: Pattern = {
	name: 'summarise',
	needs: ['text.summarize'],
	asks: ({ text }) => SUMMARISES.test(text) || WHAT_ABOUT.test(text),
	add: (clause, draft) => {
		const { last } = draft;
		const topic = /^what/i.test(clause.text) ? undefined : topicOf(clause.text);
		const options = { ...lengthSaid(clause, draft), ...(topic === undefined ? {} : { focus: topic }) };
		if (last !== undefined && !draft.bringsMore(clause) && isAboutResult(clause.text, last)) {
			summariseStep(draft, { text: { $from: `${last.stepId}.text` }, ...options }, 'Summarise the result');
			return { kind: 'steps', note: 'summarise the result' };
		}
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) {
			return ask(
				`Which ${thingsOf(clause.text) ?? 'page or document'} should I summarise? Send a link, a file or the text.`,
			);
		}
		addSummary(clause.text, materials, draft, options);
		const about = topic === undefined ? '' : ` with regard to "${topic}"`;
		return { kind: 'steps', note: `summarise ${countDocuments(materials)}${about}` };
	},
};

/** What a person adds while it runs stands after it in the goal, and counts. */
function lengthSaid(clause: Clause, { goal }: PlanDraft) {
	const later = goal.clauses.slice(goal.clauses.indexOf(clause) + 1).findLast(({ text }) => saysOnlyLength(text));
	return lengthOf((later ?? clause).text);
}

const NAMES_DOCUMENTS =
	/\b(?:documents?|pages?|articles?|files?|links?|sites?|sources?|papers?|pdfs?|policies|contracts?|originals?)\b/i;

/** "Compare … and summarise the differences": prose is summarised; lists and answers are not, but what they came from. */
function isAboutResult(text: string, last: Result): boolean {
	if (/\b(?:results?|findings|answers?|lists?)\b/i.test(text)) return true;
	return last.by !== 'extract' && last.by !== 'answer' && !NAMES_DOCUMENTS.test(text);
}

/** summariseAll plans a summary of everything that came along, for a goal that does not say what to do with it. */
export function summariseAll(materials: readonly Material[], draft: PlanDraft): void {
	addSummary('', materials, draft, {});
}

function addSummary(
	text: string,
	materials: readonly Material[],
	draft: PlanDraft,
	options: Readonly<Record<string, Json>>,
): void {
	const essential = materials.length < 3;
	if (EACH.test(text) && materials.length > 1) {
		for (const material of materials) {
			const documents = draft.documents([material], essential);
			summariseStep(draft, { documents, ...options }, `Summarise ${material.label}`);
		}
		return;
	}
	const [first] = materials;
	const title = `Summarise ${countDocuments(materials)}`;
	const documents = draft.documents(materials, essential);
	const pasted = materials.length === 1 && first?.kind === 'text';
	summariseStep(draft, pasted ? { text: first.text, ...options } : { documents, ...options }, title);
}

function summariseStep(draft: PlanDraft, input: Readonly<Record<string, Json>>, title: string): void {
	draft.add({ id: 'summarise', title, capability: 'text.summarize', input }, 'summarise');
}
