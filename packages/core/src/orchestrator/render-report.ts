import { formatCount } from '../domain/amounts.ts';
import type { ReplyBody } from '../domain/conversation/reply.ts';
import { asReplyId } from '../domain/ids.ts';
import type { TaskResult } from '../domain/task/facts.ts';
import { plannedSteps, type Report, type Task } from '../domain/task/state.ts';

/** renderReport words what a task owes its conversation. The reply's id comes from (task, fact), so telling it twice is telling it once. */
export function renderReport(task: Task, report: Report): ReplyBody | undefined {
	const id = asReplyId(`${task.id}.${report.seq}`);
	const taskId = task.id;
	switch (report.about.kind) {
		case 'plan':
			return { id, kind: 'progress', taskId, text: planText(task) };
		case 'question': {
			const asked = task.questions[report.about.questionId];
			if (asked === undefined) return undefined;
			return { id, kind: 'question', taskId, text: asked.question.text, question: asked.question };
		}
		case 'question-closed':
			return undefined;
		case 'end':
			return { id, taskId, ...endText(task) };
	}
}

function planText(task: Task): string {
	return `${task.planNote ?? 'On it'} (${formatCount(plannedSteps(task).length, 'step')}).`;
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
