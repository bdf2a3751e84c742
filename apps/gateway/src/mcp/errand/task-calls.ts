import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { inputRequired } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { McpCall, ToolAnswer } from '../protocol/surface.ts';
import { awaitNews } from './await-news.ts';
import type { ErrandParts } from './errand-surface.ts';
import { formReply, questionForm, questionKey } from './question-form.ts';
import { startedTask } from './started-tasks.ts';
import { TASK_TOOLS, type TaskToolName } from './task-tools.ts';
import { taskForTools, taskPage } from './task-view.ts';
import { answered } from './tool-answer.ts';

type Input<Name extends TaskToolName> = z.output<(typeof TASK_TOOLS)[Name]['input']>;
type TaskParts = Pick<ErrandParts, 'tasks' | 'catalogue' | 'clock' | 'address'>;

/** TaskCalls are the tools that have Errand itself carry something out. */
export class TaskCalls {
	readonly #parts: TaskParts;
	readonly #principal: Principal;

	constructor(parts: TaskParts, principal: Principal) {
		this.#parts = parts;
		this.#principal = principal;
	}

	/** Calls a tool; throws its refusal. */
	async call(tool: TaskToolName, given: Readonly<Record<string, unknown>>, call: McpCall): Promise<ToolAnswer> {
		const parsed = <Name extends TaskToolName>(name: Name) =>
			parseInput(TASK_TOOLS[name].input, given, `The call of ${tool}`) as Input<Name>;
		switch (tool) {
			case 'submit_task':
				return this.#submit(parsed('submit_task'), call);
			case 'task_status': {
				const { taskId, ...how } = parsed('task_status');
				return this.#talk(asTaskId(taskId), how, call);
			}
			case 'answer_question':
				return this.#answer(parsed('answer_question'), call);
			case 'cancel_task': {
				const id = asTaskId(parsed('cancel_task').taskId);
				await this.#parts.tasks.cancel(this.#principal, id);
				return this.#show(await this.#view(id));
			}
			case 'list_tasks':
				return this.#list(parsed('list_tasks'));
			case 'list_capabilities':
				return answered({
					capabilities: this.#parts.catalogue.list().map(({ name, summary, effects }) => ({ name, summary, effects })),
				});
		}
	}

	async #submit(input: Input<'submit_task'>, call: McpCall): Promise<ToolAnswer> {
		const { goal, attachments, approve, idempotencyKey } = input;
		const request = { goal, attachments, approve, idempotencyKey: idempotencyKey && `mcp:${idempotencyKey}` };
		return this.begin(input, call, async () => (await this.#parts.tasks.submit(this.#principal, request)).id);
	}

	/** Begins a task, and answers as the client can take it: as a task of its own, or how it stands after a while. */
	async begin(
		how: { readonly waitSeconds: number; readonly askPerson: boolean },
		call: McpCall,
		submit: () => Promise<TaskId>,
	): Promise<ToolAnswer> {
		// The round after a question is the same call again; it is about the task that the first round made.
		const begun = taskOfState(call.state);
		if (begun !== undefined) return this.#talk(begun, how, call);
		const id = await submit();
		if (call.client.tasks) return startedTask(id, this.#parts.clock.now());
		return this.#talk(id, how, call);
	}

	async #answer({ taskId, questionId, answer, ...how }: Input<'answer_question'>, call: McpCall): Promise<ToolAnswer> {
		const id = asTaskId(taskId);
		const { questions } = await this.#view(id);
		const question = questions.find((each) => questionId === undefined || each.id === questionId);
		if (question === undefined || (questionId === undefined && questions.length > 1)) {
			throw new CoreError('unknown-question', `Task ${taskId} does not ask ${questionId ?? 'one question alone'}.`, {
				hint:
					questions.length === 0 ? 'It asks nothing now.' : `It asks: ${questions.map((each) => each.id).join(', ')}.`,
			});
		}
		if (question.kind === 'secret') {
			throw new CoreError('not-possible', 'A secret is not answered over MCP, where a model would read it.', {
				hint: `The person answers it at ${taskPage(this.#parts.address(), taskId)}.`,
			});
		}
		await this.#parts.tasks.answer(this.#principal, id, question.id, answerTo(question, answer));
		return this.#talk(id, { ...how, askPerson: false }, call);
	}

	async #list({ limit, before }: Input<'list_tasks'>): Promise<ToolAnswer> {
		const { tasks, next } = await this.#parts.tasks.list(this.#principal, { limit, before });
		return answered({
			tasks: tasks.map(({ id, goal, status, createdAt }) => ({
				...{ id, goal, status },
				createdAt: new Date(createdAt).toISOString(),
			})),
			...(next === undefined ? {} : { next }),
		});
	}

	/** Hands in what the person answered, waits for news if asked to, and asks the person what the task asks. */
	async #talk(
		id: TaskId,
		{ waitSeconds, askPerson }: { readonly waitSeconds: number; readonly askPerson: boolean },
		call: McpCall,
	): Promise<ToolAnswer> {
		const { tasks, clock, address } = this.#parts;
		for (const question of (await this.#view(id)).questions) {
			const reply = formReply(question, call.inputs, questionKey(question));
			if (typeof reply === 'object') await tasks.answer(this.#principal, id, question.id, reply.answer);
		}
		const task = await awaitNews({ tasks, clock, principal: this.#principal }, id, waitSeconds * 1_000, call);
		const page = taskPage(address(), id);
		const forms = (askPerson ? task.questions : []).flatMap((question) => {
			const key = questionKey(question);
			const form = call.inputs?.[key] === undefined ? questionForm(question, call.client, page) : undefined;
			return form === undefined ? [] : [[key, form] as const];
		});
		if (forms.length === 0) return this.#show(task);
		return inputRequired({ inputRequests: Object.fromEntries(forms), requestState: JSON.stringify({ task: id }) });
	}

	#view(id: TaskId): Promise<TaskView> {
		return this.#parts.tasks.view(this.#principal, id);
	}

	#show(task: TaskView): ToolAnswer {
		return answered(taskForTools(task, taskPage(this.#parts.address(), task.id)));
	}
}

const StateSchema = z.object({ task: z.string().min(1).max(200).transform(asTaskId) });

// It comes from the client, who may have written anything; the desk shows nobody another person's task.
function taskOfState(state: string | undefined): TaskId | undefined {
	if (state === undefined) return undefined;
	try {
		return StateSchema.parse(JSON.parse(state)).task;
	} catch (error) {
		throw new CoreError('invalid-input', 'The state of this call is not the one that was handed out.', {
			hint: 'Make the call anew, without a state.',
			cause: error,
		});
	}
}

function answerTo({ kind }: Question, answer: string): string {
	if (kind !== 'approval') return answer;
	const word = answer.trim().toLowerCase();
	if (['approve', 'yes', 'true'].includes(word)) return 'approve';
	if (['refuse', 'no', 'false'].includes(word)) return 'refuse';
	throw new CoreError('invalid-input', `"${answer.slice(0, 100)}" neither approves nor refuses.`, {
		hint: 'Answer `approve` or `refuse`, as the person said.',
	});
}
