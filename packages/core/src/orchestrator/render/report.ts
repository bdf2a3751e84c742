import { formatCount } from '../../domain/amounts.ts';
import type { ReplyBody } from '../../domain/conversation/reply.ts';
import { asReplyId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import { answerInWords } from '../../domain/task/attachment-lines.ts';
import type { TaskResult } from '../../domain/task/facts.ts';
import { type Question, secretReference } from '../../domain/task/question.ts';
import { type AskedQuestion, plannedSteps, type Report, type Task } from '../../domain/task/state.ts';

/** renderReport words what a task owes its conversations. The reply's id comes from (task, fact), so telling it twice is telling it once. */
export function renderReport(task: Task, report: Report): ReplyBody | undefined {
	const base = { id: asReplyId(`${task.id}.${report.seq}`), taskId: task.id, to: task.person };
	switch (report.about.kind) {
		case 'plan':
			return { ...base, kind: 'progress', text: planText(task) };
		case 'question': {
			const asked = task.questions[report.about.questionId];
			return asked === undefined ? undefined : questionReply(task, asked.question);
		}
		case 'question-closed':
			return undefined;
		case 'end':
			// The task that took its place speaks for both.
			return task.end?.status === 'cancelled' && task.end.by === 'change' ? undefined : { ...base, ...endText(task) };
	}
}

/** questionReply asks a question of a task; the same question is the same reply wherever and whenever it is asked. */
export function questionReply({ id, person: to }: Task, question: Question): ReplyBody {
	return { id: asReplyId(`${id}.${question.id}`), kind: 'question', taskId: id, to, text: question.text, question };
}

/** outcomeWords says what became of a question, to those who were asked as well. */
export function outcomeWords({ status, answer, question }: AskedQuestion): string {
	if (status !== 'answered') return 'No longer needed.';
	if (question.kind === 'secret' || secretReference(answer) !== undefined) return 'Answered.';
	return `Answered: ${answerWords(answer)}`;
}

/** answerWords is an answer as it is shown to those who did not give it. */
export function answerWords(answer: Json | undefined): string {
	return shortened(answerInWords(answer), 200);
}

/** planText is how a plan is announced. */
export function planText(task: Task): string {
	const note = (task.planNote ?? 'On it').replace(/\.$/, '');
	return `${note} (${formatCount(plannedSteps(task).length, 'step')}).`;
}

function endText(task: Task): Pick<ReplyBody, 'kind' | 'text' | 'artifacts'> {
	const { end } = task;
	switch (end?.status) {
		case 'done':
			return { kind: 'answer', text: answerText(end.result), artifacts: end.result.artifacts };
		case 'failed':
			return { kind: 'notice', text: `That did not work. ${end.error.message}\n\n${end.error.hint}` };
		case 'cancelled':
			return { kind: 'notice', text: `Stopped. ${end.reason}` };
		case undefined:
			// It was reopened before this could be told.
			return { kind: 'notice', text: 'Trying again.' };
	}
}

function answerText({ text, warnings }: TaskResult): string {
	if (warnings.length === 0) return text;
	return `${text}\n\n${warnings.map((warning) => `> ⚠ ${warning}`).join('\n')}`;
}
