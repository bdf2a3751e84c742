import type { JsonObject } from '../../../domain/json.ts';
import type { Clause } from '../goal.ts';
import { type Added, ask, countDocuments, type Pattern, titleOf } from '../pattern.ts';
import { audienceOf, topicOf } from '../phrases.ts';
import type { PlanDraft, Result } from '../plan-draft.ts';
import { type Format, formatOf } from './write-format.ts';

const WRITES =
	/^(?:write|draft|prepare|compose|create|make|produce|generate|put together|give|turn|send|prep|mail|e-?mail|format|present|report|talking points|a |an |the |some )/i;
const WRITES_ABOUT =
	/^(?:write|draft) (?:me |us )?(?:something |a (?:text|paragraph|post|note|page) |an (?:article|essay) )?(?:about|on)\b/i;

/** What these made is a report until a form is named. */
const COLLECTIONS: ReadonlySet<string> = new Set(['collect', 'research']);

/** write: "… then write an e-mail to my landlord about it", "prepare talking points from these pages". */
export const write: Pattern = {
	name: 'write',
	needs: ['text.write'],
	asks: (clause, draft) => {
		if (WRITES_ABOUT.test(clause.text)) return true;
		if (!WRITES.test(clause.text) || formatOf(clause.text) === undefined) return false;
		// "Write a comparison report" starts with the comparison; after one, it is the report on it.
		return draft.last !== undefined || !/\bcompar/i.test(clause.text);
	},
	add: (clause, draft) => {
		const form = formatOf(clause.text) ?? { format: 'report', words: 'a report' };
		const { last } = draft;
		if (last !== undefined && !draft.bringsMore(clause)) {
			return COLLECTIONS.has(last.by)
				? changeForm(clause, draft, last, form)
				: writeFindings(clause, draft, last, form);
		}
		return writeFromDocuments(clause, draft, form);
	},
};

/** The topic of the collection stands: "… and prepare talking points on it". */
function changeForm(clause: Clause, draft: PlanDraft, last: Result, { format, words }: Format): Added {
	const details = detailsOf(clause);
	draft.amend(last.stepId, (input) => ({ ...details, ...input, format }));
	draft.takeOver(last, 'write', `Write ${words}`);
	return { kind: 'steps', note: `write ${words}${sendingNote(clause)}` };
}

function writeFindings(clause: Clause, draft: PlanDraft, last: Result | undefined, form: Format): Added {
	const made = last === undefined ? [] : [last.stepId];
	// A decision heads a report; in a letter it follows from what was found.
	const inOrder = form.format === 'email' ? [...made, ...draft.asked] : [...draft.asked, ...made];
	addText(clause, draft, form, { findings: inOrder.map((stepId) => ({ $from: stepId })) });
	return { kind: 'steps', note: `write ${form.words} from that${sendingNote(clause)}` };
}

function writeFromDocuments(clause: Clause, draft: PlanDraft, form: Format): Added {
	const materials = draft.materialsOf(clause);
	if (materials.length === 0) {
		if (draft.asked.length > 0) return writeFindings(clause, draft, undefined, form);
		return ask(`What should ${form.words} be based on? Send links, files or the text; rules alone cannot make it up.`);
	}
	const documents = draft.documents(materials, materials.length === 1);
	const findings = draft.asked.map((stepId) => ({ $from: stepId }));
	addText(clause, draft, form, { documents, ...(findings.length === 0 ? {} : { findings }) });
	return { kind: 'steps', note: `write ${form.words} from ${countDocuments(materials)}${sendingNote(clause)}` };
}

function addText(clause: Clause, draft: PlanDraft, { format, words }: Format, material: JsonObject): void {
	const input = { format, ...detailsOf(clause), need: draft.goal.need, ...material };
	draft.add({ id: 'write', title: `Write ${words}`, capability: 'text.write', input }, 'write');
}

/** Without a topic the title is left to the writer, who knows the documents. */
function detailsOf({ text }: Clause): { title?: string; topic?: string; audience?: string } {
	const topic = topicOf(text);
	const audience = audienceOf(text);
	return {
		...(topic === undefined ? {} : { title: titleOf(topic, topic), topic }),
		...(audience === undefined ? {} : { audience }),
	};
}

function sendingNote({ text }: Clause): string {
	return /^(?:send|mail|e-?mail)\b/i.test(text) ? ' (a draft; nothing is sent)' : '';
}
