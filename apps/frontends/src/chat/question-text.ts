import type { Question } from '@errand/core/domain/task/question.ts';

/** questionText is a question as Markdown for platforms without buttons: what an approval is for, and the choices with their numbers. */
export function questionText(question: Question): string {
	const effect = question.effect?.summary ?? '';
	return [question.text, effect, howToAnswer(question)].filter((part) => part.trim() !== '').join('\n\n');
}

function howToAnswer(question: Question): string {
	switch (question.kind) {
		case 'choice': {
			const choices = (question.choices ?? []).map((choice, index) => `${index + 1}. ${choice.replace(/\s+/g, ' ')}`);
			return `${choices.join('\n')}\n\nAnswer with a number.`;
		}
		case 'approval':
			return 'Answer **yes** or **no**.';
		case 'text':
		case 'secret':
			return '';
	}
}
