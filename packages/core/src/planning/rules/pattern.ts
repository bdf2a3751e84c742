import { formatCount } from '../../domain/amounts.ts';
import type { QuestionDraft } from '../../domain/task/question.ts';
import type { Clause, Material } from './goal.ts';
import type { PlanDraft } from './plan-draft.ts';

/**
 * Added is what a pattern made of a clause: steps, with how it understood the clause (no note: it only says more about the
 * step before); or a question without whose answer there is no plan.
 */
export type Added =
	| { readonly kind: 'steps'; readonly note?: string | undefined }
	| { readonly kind: 'ask'; readonly question: QuestionDraft };

/** Pattern is one kind of request that can be planned by rules. */
export interface Pattern {
	readonly name: string;
	/** The capabilities it plans with, besides reading. */
	readonly needs: readonly string[];
	/** Whether a clause asks for this, given what was planned before it. */
	asks(clause: Clause, draft: PlanDraft): boolean;
	add(clause: Clause, draft: PlanDraft): Added;
	/** Adds what is still missing after the last clause; says what, for the note. */
	finish?(draft: PlanDraft): string | undefined;
}

/** ask makes the outcome of a pattern that lacks something. */
export function ask(text: string): Added {
	return { kind: 'ask', question: { kind: 'text', text } };
}

/** countDocuments says how many documents are meant: `your text`, `example.com/a`, `3 documents`. */
export function countDocuments(materials: readonly Material[]): string {
	const [only, ...more] = materials;
	if (only === undefined || more.length > 0) return formatCount(materials.length, 'document');
	return only.kind === 'text' ? 'your text' : only.label;
}

/** listed joins words as a person would: `a, b and c`. */
export function listed(words: readonly string[]): string {
	return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** titleOf makes a heading of a goal in the person's own words. */
export function titleOf(need: string, fallback: string): string {
	const start = need.slice(0, 400).replace(/^\s*(?:\d{1,2}[.)]|[-*•])\s/, '');
	const sentence = (start.split(/[.!?\n](?:\s|$)|:\s*$/)[0] ?? '').replace(/[\s:;,]+$/, '').trim();
	if (sentence === '') return fallback;
	const short = sentence.length <= 90 ? sentence : `${sentence.slice(0, 90).replace(/\s+\S*$/, '')}…`;
	return short.charAt(0).toUpperCase() + short.slice(1);
}
