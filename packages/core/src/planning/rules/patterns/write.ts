import type { Clause } from '../goal.ts';
import { type Added, ask, countDocuments, type Pattern, titleOf } from '../pattern.ts';
import { audienceOf, topicOf } from '../phrases.ts';
import type { PlanDraft, Result } from '../plan-draft.ts';
import { type Format, formatOf } from './write-format.ts';

const WRITES =
	/^(?:write|draft|prepare|compose|create|make|produce|generate|put together|give|turn|send|prep|mail|e-?mail|format|present|report|talking points|a |an |the |some )/i;
const WRITES_ABOUT =
	/^(?:write|draft) (?:me |us )?(?:something |a (?:text|paragraph|post|note|page) |an (?:article|essay) )?(?:about|on)\b/i;

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
		if (last !== undefined && clause.materials.length === 0) {
			return last.by === 'collect' ? changeForm(clause, draft, last, form) : writeFindings(clause, draft, last, form);
		}
		return writeFromDocuments(clause, draft, form);
	},
};

function changeForm(clause: Clause, draft: PlanDraft, last: Result, { format, words }: Format): Added {
	const details = detailsOf(clause);
	draft.amend(last.stepId, (input) => ({ ...input, ...details, ...topicIn(input), format }), `Write ${words}`);
	return { kind: 'steps', note: `as ${words}` };
}

/** The topic of the collection stands: "… and prepare talking points on it". */
function topicIn(input: object): { topic?: string } {
	return 'topic' in input && typeof input.topic === 'string' ? { topic: input.topic } : {};
}

function writeFindings(clause: Clause, draft: PlanDraft, last: Result, form: Format): Added {
	const { need } = draft.goal;
	const findings = [{ $from: last.stepId }];
	const input = { format: form.format, title: titleFor(clause, need, form), ...detailsOf(clause), need, findings };
	draft.add({ id: 'write', title: `Write ${form.words}`, capability: 'text.write', input }, 'write');
	return { kind: 'steps', note: `write ${form.words} from that${sendingNote(clause)}` };
}

function writeFromDocuments(clause: Clause, draft: PlanDraft, form: Format): Added {
	const materials = draft.materialsOf(clause);
	if (materials.length === 0) {
		return ask(`What should ${form.words} be based on? Send links, files or the text; rules alone cannot make it up.`);
	}
	const { need } = draft.goal;
	const documents = draft.documents(materials, materials.length === 1);
	const input = { format: form.format, title: titleFor(clause, need, form), ...detailsOf(clause), need, documents };
	draft.add({ id: 'write', title: `Write ${form.words}`, capability: 'text.write', input }, 'write');
	return { kind: 'steps', note: `write ${form.words} from ${countDocuments(materials)}${sendingNote(clause)}` };
}

function detailsOf({ text }: Clause): { topic?: string; audience?: string } {
	const topic = topicOf(text);
	const audience = audienceOf(text);
	return { ...(topic === undefined ? {} : { topic }), ...(audience === undefined ? {} : { audience }) };
}

function titleFor(clause: Clause, need: string, { words }: Format): string {
	return titleOf(topicOf(clause.text) ?? need, words.replace(/^an? /, ''));
}

function sendingNote({ text }: Clause): string {
	return /^(?:send|mail|e-?mail)\b/i.test(text) ? ' (a draft; nothing is sent)' : '';
}
