import { answerInWords } from '@errand/core/domain/task/attachment-lines.ts';
import type { AskedQuestion } from '@errand/core/domain/task/state.ts';

/** answerWords says what became of a question. */
export function answerWords({ question, status, answer }: AskedQuestion): string {
	if (status === 'withdrawn') return 'No longer needed.';
	if (question.kind === 'secret') return 'You answered; the answer is kept secret.';
	if (question.kind === 'approval') return answer === 'refuse' ? 'You refused.' : 'You approved.';
	return `You answered: ${answerInWords(answer)}`;
}
