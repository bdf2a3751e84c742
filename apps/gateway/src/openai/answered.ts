import type { TaskView } from '@errand/core/domain/task/view.ts';
import { type TokenUsage, tokenUsage } from './token-usage.ts';

/** Answered is what came of a task: how it stands, what it says, and what that cost. */
export interface Answered {
	readonly view: TaskView;
	readonly text: string;
	readonly usage: TokenUsage;
}

/** answered adds the cost to what a task says. */
export function answered(view: TaskView, { asked, text }: { readonly asked: string; readonly text: string }): Answered {
	return { view, text, usage: tokenUsage({ tokens: view.cost.tokens, asked, answered: text }) };
}
