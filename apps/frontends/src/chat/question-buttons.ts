import type { Question } from '@errand/core/domain/task/question.ts';
import { tameText } from './tame-text.ts';

/** QuestionButton is a press that a question offers, and the words that the press stands for. */
export interface QuestionButton {
	readonly label: string;
	readonly words: string;
}

/** questionButtons are the presses a question offers; none where words are wanted. */
export function questionButtons(question: Question): readonly QuestionButton[] {
	switch (question.kind) {
		case 'choice':
			return (question.choices ?? []).map((choice, index) => ({
				label: labelOf(choice, index),
				// One that begins like a command would be taken for it.
				words: choice.trimStart().startsWith('/') ? String(index + 1) : choice,
			}));
		case 'approval':
			return [
				{ label: 'Approve', words: 'yes' },
				{ label: 'Refuse', words: 'no' },
			];
		case 'text':
		case 'secret':
			return [];
	}
}

/** A label is never empty: platforms refuse such a button. */
function labelOf(choice: string, index: number): string {
	return tameText(choice).replace(/\s+/g, ' ').trim() || `Choice ${index + 1}`;
}
