import type { DeadLetter, DeadLetterDetail } from '@errand/core/orchestrator/desks/desk.ts';
import { cleanText } from '../clean-text.ts';
import type { Paint } from '../paint.ts';

/** renderLetters lists steps that gave up, three lines each. */
export function renderLetters(letters: readonly DeadLetter[], paint: Paint): string {
	if (letters.length === 0) return 'Nothing of yours gave up.';
	return letters
		.map(({ id, title, capability, attempts, error, at }) =>
			[
				`${paint.bold(cleanText(title))} ${paint.dim(`${capability}, ${counted(attempts)}, ${when(at)}`)}`,
				`  ${paint.bad(cleanText(error.message))}`,
				`  ${cleanText(id)}`,
			].join('\n'),
		)
		.join('\n\n');
}

/** renderLetter shows all there is to know about one. */
export function renderLetter(letter: DeadLetterDetail, paint: Paint): string {
	const { id, title, capability, goal, error, input, history } = letter;
	const part = (name: string, text: string) => `${paint.dim(name)}\n${indented(cleanText(text))}`;
	return [
		`${paint.bold(cleanText(title))} ${paint.dim(`${capability}, ${cleanText(id)}`)}`,
		part('Goal', goal),
		part('Failure', `${error.message} (${error.code})`),
		...(error.hint === '' ? [] : [part('What to do', error.hint)]),
		part('Input', input),
		part(
			'Attempts',
			history
				.map(({ attempt, run, at, worker = '?', error: { message } }) => {
					return `${attempt}.${run}  ${when(at)}  ${worker}  ${message}`;
				})
				.join('\n'),
		),
	].join('\n\n');
}

function counted(attempts: number): string {
	return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

/** In the reader's own time zone: `2026-11-21 14:05:09`. */
function when(at: number): string {
	return new Date(at).toLocaleString('sv-SE');
}

function indented(text: string): string {
	return text.replace(/^/gm, '  ');
}
