import { formatBytes } from '@errand/core/domain/amounts.ts';
import { questionHelp } from '@errand/core/domain/conversation/read-answer.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { linkLabel, sourceLines } from '@errand/core/domain/task/source-lines.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { questionMarker, withoutMarker } from './question-marker.ts';

type Shown = Pick<TaskView, 'id' | 'status' | 'questions' | 'result' | 'error'>;

/** answerText is what a task has to say once it has ended or asks: Markdown, with links to its files under `address`. */
export function answerText(task: Shown, address: string): string {
	const [question] = task.questions;
	if (question !== undefined && task.status !== 'cancelled') return questionText(task.id, question);
	if (task.result !== undefined) return withoutMarker(resultText(task.result, address));
	if (task.error !== undefined)
		return withoutMarker(`That did not work. ${task.error.message}\n\n${task.error.hint}`.trim());
	if (task.status === 'cancelled') return 'Stopped.';
	return `Task ${task.id} is still at work.`;
}

/** withoutImages turns images of a text into links: a client that loads them would tell their server what stands in the address. */
export function withoutImages(markdown: string): string {
	return markdown
		.split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
		.map((piece, index) => (index % 2 === 1 ? piece : piece.replace(/!(?=\[)/g, '')))
		.join('');
}

function questionText(task: string, question: Question): string {
	const effect = question.effect === undefined ? [] : [question.effect.summary];
	const care = question.kind === 'secret' ? [SECRET] : [];
	const said = effect.filter((summary) => !question.text.includes(summary));
	return [questionHelp(question), ...said, ...care, questionMarker(task, question)].join('\n\n');
}

const SECRET =
	'Your next message goes into the vault and is never shown again by Errand. The app you write in keeps its own copy.';

function resultText({ text, warnings, artifacts, sources }: NonNullable<TaskView['result']>, address: string): string {
	const fileAddress = (id: string) => `${address}/v1/artifacts/${encodeURIComponent(id)}`;
	const files = artifacts.map(
		({ id, name, bytes }) => `- [${linkLabel(name)}](${fileAddress(id)}) (${formatBytes(bytes)})`,
	);
	const places = sourceLines(sources, { text, fileAddress });
	return [
		withoutImages(text),
		...(warnings.length === 0 ? [] : [warnings.map((warning) => `> ⚠ ${oneLine(warning)}`).join('\n')]),
		...(files.length === 0 ? [] : [`**Files**\n\n${files.join('\n')}`]),
		...(places.length === 0 ? [] : [`**Sources**\n\n${places.join('\n')}`]),
	].join('\n\n');
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
