import type { Json } from '../../../domain/json.ts';
import type { Pattern } from '../pattern.ts';

const ASKS = /^ask me\b[\s,:]*/i;
const PERMISSION =
	/^(?:for (?:my )?(?:approval|permission|confirmation|ok|okay)|to (?:approve|confirm)|if (?:it|that|this) is (?:ok|okay|fine)|before|first\b)/i;
const OPTIONS = /^(?:to (?:choose|pick|decide)|which|whether)\b.{0,60}?(?:between|of|among|:)?\s+/i;
/** "… of red or blue I like best", "… of red or blue to take": what is done with the choice is none of its words. */
const DOING =
	/ (?:to (?:take|choose|pick|use|buy|book|order|go (?:for|with))|I(?:[’']d| would| should)? (?:like|prefer|want|need|choose|pick|take|favou?r|go (?:for|with)))(?: (?:best|most|more|better))?$/i;

/** ask-me: "Ask me which one to take, then write an e-mail about it": what comes later waits for the answer. */
export const askMe: Pattern = {
	name: 'ask-me',
	needs: ['human.ask'],
	asks: ({ text }) => ASKS.test(text),
	add: (clause, draft) => {
		const wish = clause.said.replace(ASKS, '').trim();
		const question = questionFor(wish);
		const input = { questions: [question] };
		const approves = question.kind === 'approval';
		const id = draft.addQuestion(
			{ id: 'ask', title: `Ask: ${question.text}`, capability: 'human.ask', input },
			// A yes tells a writer nothing.
			!approves,
		);
		const approved = { path: `${id}.answers.answer`, op: 'contains', value: 'approve' } as const;
		draft.waitFor(id, approves ? approved : undefined);
		return { kind: 'steps', note: `ask you: "${question.text}"` };
	},
};

type QuestionInput = { readonly kind: 'text' | 'choice' | 'approval'; readonly text: string; readonly choices?: Json };

function questionFor(wish: string): QuestionInput {
	if (wish === '') return { kind: 'text', text: 'What would you like to tell me?' };
	if (PERMISSION.test(wish)) return { kind: 'approval', text: 'Shall I go on?' };
	const choices = choicesIn(wish);
	const text = asQuestion(wish);
	return choices.length >= 2 ? { kind: 'choice', text, choices } : { kind: 'text', text };
}

function choicesIn(wish: string): string[] {
	const from = /(?:\bbetween\b|\bof\b|\bamong\b|:)\s+(.+)$/i.exec(wish)?.[1];
	if (from === undefined || !OPTIONS.test(wish)) return [];
	const choices = from
		.replace(/[.?!]+$/, '')
		.split(/,\s*(?:and |or )?| and | or /i)
		.map((choice) => choice.replace(DOING, '').trim())
		.filter((choice) => choice !== '');
	return choices.length <= 10 && choices.every((choice) => choice.length <= 60) ? [...new Set(choices)] : [];
}

/** "which colour I like" becomes "Which colour do you like?": the person's words, turned to them. */
function asQuestion(wish: string): string {
	const turned = wish
		.slice(0, 300)
		.replace(/^(?:about|for) (?=\S)/i, 'What about ')
		.replace(/^(which\b.*) I (like|prefer|want|need)\b/i, '$1 do you $2')
		.replace(/\bI am\b|\bI'm\b/g, 'you are')
		.replace(/\bI\b/g, 'you')
		.replace(/\bmy\b/gi, 'your')
		.replace(/\bmine\b/gi, 'yours')
		.replace(/\bme\b/gi, 'you')
		.replace(/[.?!\s]+$/, '');
	return `${turned.charAt(0).toUpperCase()}${turned.slice(1)}?`;
}
