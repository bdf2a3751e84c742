import { type Draft, drafted, recordQuestion } from './draft.ts';
import type { OverBudget } from './facts.ts';
import { failTask } from './fail-task.ts';
import type { Question } from './question.ts';
import { isHeld } from './readiness.ts';
import type { Task } from './state.ts';

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
	ask(draft, words.replace(/\.\s*$/, ''), { question: QUESTIONS[cause], isUsedUp: false });
}

const QUESTIONS: Readonly<Record<OverBudget, Pick<Question, 'text' | 'budget'>>> = {
	'over-budget': { text: 'Go on with twice the budget for this task?' },
	'over-day-budget': { text: 'Try again now? The task waits until you answer; a no ends it.', budget: 'day' },
};

interface Asking {
	readonly question: Pick<Question, 'text' | 'budget'>;
	/** The task has used up what it may. */
	readonly isUsedUp: boolean;
}

function ask(draft: Draft, words: string, { question, isUsedUp }: Asking): void {
	const task = drafted(draft);
	if (task.end !== undefined || isHeld(task)) return;
	if (task.budget.firm === true) {
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
