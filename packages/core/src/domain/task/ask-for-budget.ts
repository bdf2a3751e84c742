import { type Draft, drafted, record, recordQuestion } from './draft.ts';
import { taskFact } from './facts.ts';
import { isHeld } from './readiness.ts';
import type { Task } from './state.ts';

/** askIfOverBudget asks the person once a task has used all that it may, or ends it where they cannot allow more. */
export function askIfOverBudget(draft: Draft): void {
	const over = overBudget(drafted(draft));
	if (over !== undefined)
		ask(draft, `This task has used ${over}`, { question: 'Go on with twice the budget?', isOwn: true });
}

/**
 * askForBudget asks the person when work met the end of a budget before it began: this task's, where too little is left for
 * it, or one of the whole server. `words` say which, and what they can do.
 */
export function askForBudget(draft: Draft, words: string): void {
	// What the task itself has used up is asked about by rule.
	if (overBudget(drafted(draft)) !== undefined) return;
	ask(draft, words.replace(/\.\s*$/, ''), {
		question: 'Go on with twice the budget for this task?',
		isOwn: false,
	});
}

function ask(draft: Draft, words: string, { question, isOwn }: { question: string; isOwn: boolean }): void {
	const task = drafted(draft);
	if (task.end !== undefined || isHeld(task)) return;
	if (task.budget.firm === true) {
		const message = `${words}${isOwn ? ", which is all that a guest's task may use" : ''}.`;
		const hint = 'Make the errand smaller, or ask the owner of this server.';
		return record(draft, taskFact('TaskFailed', { error: { code: 'over-budget', message, hint } }));
	}
	recordQuestion(draft, { kind: 'approval', purpose: 'budget', text: `${words}. ${question}` });
}

function overBudget({ budget, runs, busyMs, usage }: Task): string | undefined {
	if (runs >= budget.maxRuns) return `${runs} runs of steps (budget ${budget.maxRuns})`;
	if (busyMs >= budget.maxMinutes * 60_000) return `${budget.maxMinutes} minutes of work`;
	if (usage.tokens >= budget.maxTokens) return `${usage.tokens} tokens (budget ${budget.maxTokens})`;
	if (usage.microUsd >= budget.maxMicroUsd) return `$${(usage.microUsd / 1_000_000).toFixed(2)}`;
	return undefined;
}
