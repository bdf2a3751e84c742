import type { Question } from '@errand/core/domain/task/question.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { fileUri, taskUri } from './resource-uris.ts';
import type { ToolTask } from './task-tools.ts';

/** taskForTools shows a task without what only its own page needs; `page` is where the person finds it. */
export function taskForTools(task: TaskView, page: string): ToolTask {
	const { id, goal, status, reason, plan, questions, result, error } = task;
	return {
		...{ id, goal, status },
		...(reason === undefined ? {} : { reason }),
		steps: plan.steps.map((step) => ({ id: step.id, title: step.title, status: step.status })),
		questions: questions.map((question) => questionForTools(question, page)),
		...(result === undefined
			? {}
			: {
					result: {
						text: result.text,
						warnings: [...result.warnings],
						sources: result.sources.map((source) => ({ ...source })),
						files: result.artifacts.map((file) => ({
							uri: fileUri(id, file.id),
							...{ name: file.name, type: file.type, bytes: file.bytes },
						})),
					},
				}),
		...(error === undefined ? {} : { error: { code: error.code, message: error.message, hint: error.hint ?? '' } }),
		resource: taskUri(id),
	};
}

/** taskPage is where a task is shown to its person. */
export function taskPage(address: string, task: string): string {
	return `${address}/#/tasks/${encodeURIComponent(task)}`;
}

/** hasNews says whether there is something to tell of a task: it has ended, or it asks. */
export function hasNews({ status, questions }: Pick<TaskView, 'status' | 'questions'>): boolean {
	return status === 'done' || status === 'failed' || status === 'cancelled' || questions.length > 0;
}

function questionForTools({ id, kind, text, choices, effect }: Question, page: string): ToolTask['questions'][number] {
	return {
		...{ id, kind, text },
		...(choices === undefined ? {} : { choices: [...choices] }),
		...(effect === undefined ? {} : { effect: effect.summary }),
		...(kind === 'secret' ? { answerAt: page } : {}),
	};
}
