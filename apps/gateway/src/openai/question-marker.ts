import { asQuestionId, asTaskId, type QuestionId, type TaskId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';

/** AskedHere is the question an answer of ours ended with. */
export interface AskedHere {
	readonly task: TaskId;
	readonly question: QuestionId;
	readonly secret: boolean;
}

/**
 * questionMarker is the line a question ends with, for people to read and for `askedIn` to find when the client sends the
 * conversation back: clients keep words only.
 */
export function questionMarker(task: string, { id, kind }: Pick<Question, 'id' | 'kind'>): string {
	return `_Task ${task} waits for your ${kind === 'secret' ? 'secret ' : ''}answer (${id})._`;
}

const MARKER = /_Task ([\w-]{1,64}) waits for your (secret )?answer \((q\d{1,9})\)\._\s*$/;

/** askedIn finds the question that words of ours ended with. */
export function askedIn(text: string): AskedHere | undefined {
	const found = MARKER.exec(text.slice(-300));
	if (found === null) return undefined;
	const [, task = '', secret, question = ''] = found;
	return { task: asTaskId(task), question: asQuestionId(question), secret: secret !== undefined };
}

/** withoutMarker keeps an answer that quotes such a line from passing for a question; it only ever adds to its end. */
export function withoutMarker(text: string): string {
	return askedIn(text) === undefined ? text : `${text}\n\n(That line is quoted; nothing waits for an answer.)`;
}

/** withoutSecrets blanks what followed a question for a secret, in a conversation that a client wrote out as text. */
export function withoutSecrets(text: string): string {
	return text.replace(
		/(waits for your secret answer \(q\d{1,9}\)\._[^\S\n]*\n)[\s\S]*?(?=\n[^\S\n]*(?:ASSISTANT|AI|Assistant):|\n[^\S\n]*<\/|$(?![\s\S]))/g,
		'$1USER: (kept secret)',
	);
}
