import type { Question } from '@errand/core/domain/task/question.ts';
import { cleanLine, cleanText } from './clean-text.ts';
import { wrap } from './fit.ts';
import type { Paint } from './paint.ts';

/** questionLines shows a question with its choices numbered, and above an approval what it is for. */
export function questionLines(question: Question, look: { readonly width: number; readonly paint: Paint }): string[] {
	const { paint, width } = look;
	const lines = ['', ...wrap(paint.ask(`? ${cleanText(question.text)}`), width)];
	if (question.effect !== undefined) {
		lines.push(
			...cleanText(question.effect.summary)
				.split('\n')
				.map((line) => `  ${paint.dim('│')} ${line}`),
		);
	}
	for (const [index, choice] of (question.choices ?? []).entries()) lines.push(`  ${index + 1}. ${cleanLine(choice)}`);
	return lines;
}

/** promptFor says what kind of answer is expected. */
export function promptFor(question: Question): string {
	switch (question.kind) {
		case 'approval':
			return 'Approve? (y/n) ';
		case 'choice':
			return `1–${question.choices?.length ?? 0}: `;
		case 'secret':
			return 'Answer (not shown): ';
		case 'text':
			return 'Answer: ';
	}
}

/** Said is what the person answered, or what is wrong with it. */
export type Said =
	| { readonly kind: 'answer'; readonly answer: string }
	| { readonly kind: 'decision'; readonly decision: 'approve' | 'refuse' }
	| { readonly kind: 'unclear'; readonly message: string };

/** readAnswer understands what was typed as an answer to a question. */
export function readAnswer(question: Question, typed: string): Said {
	const text = typed.trim();
	if (question.kind === 'approval') {
		if (/^(y|yes|approve|ok)$/i.test(text)) return { kind: 'decision', decision: 'approve' };
		if (/^(n|no|refuse)$/i.test(text)) return { kind: 'decision', decision: 'refuse' };
		return { kind: 'unclear', message: 'Type y to approve or n to refuse.' };
	}
	if (text === '') return { kind: 'unclear', message: 'Type an answer, or press Ctrl-C to stop the task.' };
	if (question.kind !== 'choice') return { kind: 'answer', answer: question.kind === 'secret' ? typed : text };
	const choices = question.choices ?? [];
	const byNumber = /^\d+$/.test(text) ? choices[Number(text) - 1] : undefined;
	const choice = byNumber ?? choices.find((each) => each.toLowerCase() === text.toLowerCase());
	if (choice !== undefined) return { kind: 'answer', answer: choice };
	return { kind: 'unclear', message: `Type a number from 1 to ${choices.length}.` };
}
