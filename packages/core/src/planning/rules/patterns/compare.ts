import type { Clause } from '../goal.ts';
import { type Added, ask, listed, type Pattern, titleOf } from '../pattern.ts';
import { countOf, criteriaOf, thingsOf } from '../phrases.ts';
import type { PlanDraft } from '../plan-draft.ts';
import { formatOf } from './write-format.ts';

const COMPARES =
	/\b(?:compar(?:e|es|ing|ison)|contrast|versus|vs\.?|weigh up|shortlist|side by side|differences? between|differ)\b/i;
const CHOOSES =
	/\b(?:recommend|recommendation|rank|pick|choose)\b|\b(?:which|what)\b.{0,80}\b(?:best|better|cheap(?:er|est)|suits?|should (?:i|we)|most|least|worth|recommend|prefer)\b|\bfind the (?:best|cheapest)\b/i;

/** A wider table cannot be read. */
const MAX_ITEMS = 20;

/** compare: "Compare these three policies by premium and deductible and recommend the best one for a family." */
export const compare: Pattern = {
	name: 'compare',
	needs: ['text.compare'],
	asks: (clause, draft) => {
		if (COMPARES.test(clause.text)) return true;
		if (!CHOOSES.test(clause.text)) return false;
		// One document may well list the options itself; choosing among those is a question to it.
		return draft.last?.by === 'compare' || draft.materialsOf(clause).length !== 1;
	},
	add: (clause, draft) => {
		const { last } = draft;
		if (last?.by === 'compare' && !draft.bringsMore(clause)) return addToComparison(clause, draft);
		const all = draft.materialsOf(clause);
		const materials = all.slice(0, MAX_ITEMS);
		const labels = materials.map(({ label }) => label);
		const lacking = lackingItems(clause.text, labels, draft.goal.answers.length > 0);
		if (lacking !== undefined) return lacking;
		const criteria = criteriaOf(clause.text);
		const what = `${materials.length} ${thingsOf(clause.text) ?? 'documents'}`;
		// Of two both are needed; of more, those that could be read are compared.
		const items = draft.documents(materials, materials.length === 2);
		const input = { items, ...(criteria.length === 0 ? {} : { criteria }), need: draft.goal.need };
		draft.add({ id: 'compare', title: `Compare ${what}`, capability: 'text.compare', input }, 'compare');
		const left = all.length > MAX_ITEMS ? ` (the first ${MAX_ITEMS} of ${all.length})` : '';
		return { kind: 'steps', note: `compare ${what}${left}${criteria.length === 0 ? '' : ` by ${listed(criteria)}`}` };
	},
	finish: (draft) => {
		const { last } = draft;
		if (last?.by !== 'compare' || !draft.can('text.write')) return undefined;
		const { format, words } = formatOf(draft.goal.need) ?? { format: 'report', words: 'a report' };
		const { need } = draft.goal;
		const input = { format, title: titleFor(draft), need, findings: [{ $from: last.stepId }] };
		draft.add({ id: 'write', title: `Write ${words}`, capability: 'text.write', input }, 'write');
		return `write ${words}`;
	},
};

/** "… and recommend the best one by price" says more about the comparison before it. */
function addToComparison(clause: Clause, draft: PlanDraft): Added {
	const criteria = criteriaOf(clause.text);
	const { last } = draft;
	if (last !== undefined && criteria.length > 0) {
		draft.amend(last.stepId, (input) => ('criteria' in input ? input : { ...input, criteria }));
	}
	return { kind: 'steps' };
}

function lackingItems(text: string, labels: readonly string[], asked: boolean): Added | undefined {
	const things = thingsOf(text) ?? 'documents';
	const [only] = labels;
	if (only === undefined) return ask(`Which ${things} should I compare? Send at least two links or files.`);
	if (labels.length === 1) {
		return ask(`I have ${only} so far. What should I compare it with? Send another link or file.`);
	}
	const count = countOf(text);
	// Asked once: whoever answers without more documents means these.
	if (count === undefined || count <= labels.length || asked) return undefined;
	const have = `You mention ${count} ${things}, but I have ${labels.length}: ${listed(labels)}.`;
	return ask(`${have} Send what is missing, or say "go on" to compare these.`);
}

/** The clause that asks for the comparison, unless it says next to nothing: "compare". */
function titleFor({ goal }: PlanDraft): string {
	const said = goal.clauses.find(({ text }) => COMPARES.test(text) || CHOOSES.test(text))?.said ?? '';
	return said.split(' ').length < 4 ? 'Comparison' : titleOf(said, 'Comparison');
}
