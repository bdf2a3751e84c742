import type { Json } from '../../../domain/json.ts';
import type { Clause, Material } from '../goal.ts';
import { ask, countDocuments, type Pattern, pointsBack } from '../pattern.ts';
import { lengthOf, thingsOf, topicOf } from '../phrases.ts';
import type { PlanDraft } from '../plan-draft.ts';

const SUMMARISES =
	/\b(?:summari[sz](?:e|es|ed|ing)|summar(?:y|ies)|sum up|tl;?dr|key (?:points|takeaways|facts)|main (?:points|ideas|takeaways)|takeaways|gist|condense|shorten|recap|abridge|digest|in a nutshell|boil .{1,30} down)\b/i;
const WHAT_ABOUT = /^what(?:'s|’s| is| are) .{0,60}\babout\W*$|^tell me (?:more |all )?about\b/i;
const EACH = /\b(?:each|every one|separately|individually|one by one)\b/i;

/** summarise: "Summarise https://… in three bullets", "key points of these files", "summarise this: …". */
export const summarise: Pattern = {
	name: 'summarise',
	needs: ['text.summarize'],
	asks: ({ text }) => SUMMARISES.test(text) || WHAT_ABOUT.test(text),
	add: (clause, draft) => {
		const { last } = draft;
		const topic = /^what/i.test(clause.text) ? undefined : topicOf(clause.text);
		const options = { ...lengthOf(clause.text), ...(topic === undefined ? {} : { focus: topic }) };
		if (last !== undefined && clause.materials.length === 0 && pointsBack(clause.text)) {
			summariseStep(draft, { text: { $from: `${last.stepId}.text` }, ...options }, 'Summarise the result');
			return { kind: 'steps', note: 'summarise the result' };
		}
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) {
			return ask(
				`Which ${thingsOf(clause.text) ?? 'page or document'} should I summarise? Send a link, a file or the text.`,
			);
		}
		addSummary(clause, materials, draft, options);
		const about = topic === undefined ? '' : ` with regard to "${topic}"`;
		return { kind: 'steps', note: `summarise ${countDocuments(materials)}${about}` };
	},
};

/** summariseAll plans a summary of everything that came along, for a goal that does not say what to do with it. */
export function summariseAll(materials: readonly Material[], draft: PlanDraft): void {
	addSummary({ text: '', materials: [] }, materials, draft, {});
}

function addSummary(
	clause: Clause,
	materials: readonly Material[],
	draft: PlanDraft,
	options: Readonly<Record<string, Json>>,
): void {
	const essential = materials.length < 3;
	if (EACH.test(clause.text) && materials.length > 1) {
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
