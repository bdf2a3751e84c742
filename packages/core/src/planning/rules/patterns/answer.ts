import type { Json } from '../../../domain/json.ts';
import { ask, countDocuments, type Pattern } from '../pattern.ts';

const QUESTION =
	/^(?:what|who|whom|whose|when|where|why|how|which|is|are|am|was|were|does|do|did|has|have|had|can|could|will|would|should|may|must|in (?:what|which))\b/i;
const TELLS = /^(?:tell me|let me know|find out|check|explain|say|look up|answer|see) ?(?:to me |me )?/i;
const THESE_QUESTIONS = /^(?:(?:these|this|the|my|following|below) )*questions?\b[^:]{0,60}:?\s*/i;
const SPEAKS_OF_DOCUMENT =
	/\b(?:this|these|that|those|the|my|attached|following) (?:\w+ ){0,2}(?:pages?|documents?|files?|articles?|pdfs?|contracts?|polic(?:y|ies)|reports?|texts?|links?|sites?|attachments?|papers?|letters?|transcripts?|questions?)\b/i;
const MAX_QUESTIONS = 20;

/** answer: questions about documents, "What is the deductible in this policy? Who is insured?" */
export const answer: Pattern = {
	name: 'answer',
	needs: ['text.answer'],
	asks: (clause, draft) => {
		const { text } = clause;
		if (!text.includes('?') && !QUESTION.test(text) && !TELLS.test(text)) return false;
		// Without anything to look in, only a question that speaks of a document is about one.
		return draft.materialsOf(clause).length > 0 || SPEAKS_OF_DOCUMENT.test(text);
	},
	add: (clause, draft) => {
		const questions = questionsIn(clause.said);
		if (questions.length === 0) {
			// "Answer these questions from https://…:", and the questions follow.
			draft.documents(draft.materialsOf(clause), draft.materialsOf(clause).length < 3);
			return { kind: 'steps' };
		}
		const { last } = draft;
		if (last?.by === 'answer' && !draft.bringsMore(clause)) {
			draft.amend(last.stepId, (input) => ({ ...input, questions: joined(input['questions'], questions) }));
			return { kind: 'steps' };
		}
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) return ask('Which page or document should I look in? Send a link, a file or the text.');
		const documents = draft.documents(materials, materials.length < 3);
		const title = `Answer from ${countDocuments(materials)}`;
		const input = { documents, questions };
		draft.add({ id: 'answer', title, capability: 'text.answer', input }, 'answer');
		return { kind: 'steps', note: `answer from ${countDocuments(materials)}` };
	},
};

/** questionsIn takes the single questions out of a clause, without "tell me" and "answer these questions". */
export function questionsIn(text: string): string[] {
	return (text.match(/[^?]+\??/g) ?? [])
		.map((part) =>
			part
				.trim()
				.replace(TELLS, '')
				.replace(THESE_QUESTIONS, '')
				.replace(/^[:\s-]{1,5}|^(?:and|or|also),? /i, '')
				.trim(),
		)
		.filter((part) => /\p{L}/u.test(part))
		.slice(0, MAX_QUESTIONS);
}

function joined(before: Json | undefined, more: readonly string[]): Json {
	return [...(Array.isArray(before) ? (before as readonly Json[]) : []), ...more].slice(0, MAX_QUESTIONS);
}
