import { dayBudgetBackAt } from './day-budget.ts';
import { type Draft, drafted, record, recordQuestion } from './draft.ts';
import { type OverBudget, taskFact } from './facts.ts';
import { failTask } from './fail-task.ts';
import type { Question } from './question.ts';
import { isHeld } from './readiness.ts';
import { openQuestions, type Task } from './state.ts';

/** askIfOverBudget asks the person once a task has used all that it may, or ends it where they cannot allow more. */
export function askIfOverBudget(draft: Draft): void {
	const over = overBudget(drafted(draft));
	// What is taken back is taken back whatever it costs.
	if (over !== undefined && drafted(draft).undoing === undefined)
		ask(draft, `This task has used ${over}`, { question: { text: 'Go on with twice the budget?' }, isUsedUp: true });
}

/**
 * askForBudget asks the person when work met the end of a budget before it began: this task's, where too little is left for
 * it, or one of the whole server, which more for this task would not help. `words` say which, and what helps.
 */
export function askForBudget(draft: Draft, cause: OverBudget, words: string): void {
	// What the task itself has used up is asked about by rule.
	if (overBudget(drafted(draft)) !== undefined) return;
	ask(draft, words.replace(/\.\s*$/, ''), { question: questionOf(cause, draft.at), isUsedUp: false });
}

function questionOf(cause: OverBudget, at: number): Asked {
	if (cause === 'over-budget') return { text: 'Go on with twice the budget for this task?' };
	const text = 'Try again now? Without an answer the task goes on by itself once the day is over (UTC); a no ends it.';
	return { text, budget: 'day', until: dayBudgetBackAt(at) };
}

type Asked = Pick<Question, 'text' | 'budget' | 'until'>;

/** goOnWithNewDay lets a task go on whose question needs no answer any more, because the budget of the day is back. */
export function goOnWithNewDay(draft: Draft): void {
	for (const { id, until } of openQuestions(drafted(draft))) {
		if (until === undefined || until > draft.at) continue;
		const reason = 'A new day has begun, and with it its budget.';
		record(draft, taskFact('QuestionWithdrawn', { questionId: id, reason }));
	}
}

interface Asking {
	readonly question: Asked;
	/** The task has used up what it may. */
	readonly isUsedUp: boolean;
}

function ask(draft: Draft, words: string, { question, isUsedUp }: Asking): void {
	const task = drafted(draft);
	if (task.end !== undefined || isHeld(task)) return;
	// To wait for another day raises nothing.
	if (task.budget.firm === true && question.budget !== 'day') {
		const message = `${words}${isUsedUp ? ", which is all that a guest's task may use" : ''}.`;
		const hint = 'Make the errand smaller, or ask the owner of this server.';
		return failTask(draft, { code: 'over-budget', message, hint });
	}
	recordQuestion(draft, { ...question, kind: 'approval', purpose: 'budget', text: `${words}. ${question.text}` });
}

function overBudget({ budget, runs, busyMs, usage }: Task): string | undefined {
	if (runs >= budget.maxRuns) return `${runs} runs of steps (budget ${budget.maxRuns})`;
	if (busyMs >= budget.maxMinutes * 60_000) return `${budget.maxMinutes} minutes of work`;
	if (usage.tokens >= budget.maxTokens) return `${usage.tokens} tokens (budget ${budget.maxTokens})`;
	if (usage.microUsd >= budget.maxMicroUsd) return `$${(usage.microUsd / 1_000_000).toFixed(2)}`;
	return undefined;
}
