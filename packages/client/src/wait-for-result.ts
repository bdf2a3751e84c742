import type { CallOptions, Connection } from './connection.ts';
import { ErrandError } from './errand-error.ts';
import { followTask } from './follow-task.ts';
import type { Json, Question, Task, TaskResult } from './task.ts';

/** ResultOptions: `answer` is asked when the task asks something; without it, a question ends the waiting. */
export interface ResultOptions extends CallOptions {
	readonly answer?: ((question: Question, task: Task) => Json | Promise<Json>) | undefined;
}

/** waitForResult waits for the end of a task and gives its answer; throws why there is none. */
export async function waitForResult(
	connection: Connection,
	id: string,
	{ answer, signal }: ResultOptions,
): Promise<TaskResult> {
	const path = `/v1/tasks/${encodeURIComponent(id)}`;
	const look = () => connection.json<Task>({ method: 'GET', path, safe: true, signal });
	const asked = new Set<string>();
	const answerAll = async (task: Task) => {
		for (const question of task.questions) {
			if (answer === undefined) throw waits(task, question);
			if (asked.has(question.id)) continue;
			asked.add(question.id);
			const body = { questionId: question.id, answer: await answer(question, task) };
			await connection.open({ method: 'POST', path: `${path}/input`, body, safe: true, signal });
		}
	};
	let task = await look();
	if (task.endedAt === undefined) {
		await answerAll(task);
		for await (const event of followTask(connection, id, { after: task.seq, signal })) {
			if (event.kind === 'fact' && event.fact.type === 'QuestionAsked') await answerAll(await look());
		}
		task = await look();
	}
	if (task.result !== undefined) return task.result;
	throw withoutResult(task);
}

function waits({ id }: Task, { id: questionId, text }: Question): ErrandError {
	const hint = `Answer it with answer('${id}', '${questionId}', …), or give result() an answer function.`;
	return new ErrandError({ status: 409, code: 'question', detail: `Task ${id} asks: ${text}`, hint });
}

function withoutResult({ id, error }: Task): ErrandError {
	if (error === undefined) {
		return new ErrandError({ status: 409, code: 'cancelled', detail: `Task ${id} was cancelled.`, hint: '' });
	}
	return new ErrandError({ status: 409, code: error.code, detail: error.message, hint: error.hint });
}
