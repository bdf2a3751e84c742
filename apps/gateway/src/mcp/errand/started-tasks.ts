import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import type { OperationView } from '@errand/core/orchestrator/desks/backlog.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { InputRequiredResult } from '@modelcontextprotocol/server';
import type { McpTask, McpTasks, StartedTask } from '../protocol/surface.ts';
import type { ErrandParts } from './errand-surface.ts';
import { formReply, questionForm, questionKey } from './question-form.ts';
import { taskForTools, taskPage } from './task-view.ts';
import { answered, refused } from './tool-answer.ts';

/** startedTask answers `submit_task` with the task itself. */
export const startedTask = (id: TaskId, now: number): StartedTask => started('task', id, now);

/** startedOperation answers a tool with the operation that goes on. */
export const startedOperation = (id: string, now: number): StartedTask => started('operation', id, now);

/** StartedTasks are tool calls that go on, as tasks of the protocol: durable, and the same in every process. */
export class StartedTasks implements McpTasks {
	readonly #parts: Pick<ErrandParts, 'backlogs' | 'tasks' | 'clock' | 'address'>;
	readonly #principal: Principal;

	constructor(parts: Pick<ErrandParts, 'backlogs' | 'tasks' | 'clock' | 'address'>, principal: Principal) {
		this.#parts = parts;
		this.#principal = principal;
	}

	async get(taskId: string): Promise<McpTask> {
		const { kind, id, startedAt } = named(taskId);
		const times = timesOf(startedAt, this.#parts.clock.now());
		if (kind === 'operation') {
			const operation = await this.#parts.backlogs.operation(this.#principal, id);
			return { taskId, ...times, ...stateOfOperation(operation) };
		}
		const task = await this.#parts.tasks.view(this.#principal, asTaskId(id));
		const page = taskPage(this.#parts.address(), id);
		if (task.status === 'cancelled') return { taskId, ...times, status: 'cancelled' };
		if (task.status === 'done' || task.status === 'failed') {
			const result = answered(taskForTools(task, page));
			return {
				taskId,
				...times,
				status: 'completed',
				result: task.status === 'done' ? result : { ...result, isError: true },
			};
		}
		const forms = task.questions.flatMap((question) => {
			const form = questionForm(question, { forms: true, links: true }, page);
			return form === undefined ? [] : [[questionKey(question), form] as const];
		});
		if (forms.length === 0) return { taskId, ...times, status: 'working', statusMessage: task.status };
		const inputRequests: InputRequiredResult['inputRequests'] = Object.fromEntries(forms);
		return { taskId, ...times, status: 'input_required', inputRequests };
	}

	async cancel(taskId: string): Promise<void> {
		const { kind, id } = named(taskId);
		const { status } = await this.get(taskId);
		if (status !== 'working' && status !== 'input_required') return;
		if (kind === 'operation') await this.#parts.backlogs.cancelOperation(this.#principal, id);
		else await this.#parts.tasks.cancel(this.#principal, asTaskId(id));
	}

	async update(taskId: string, inputs: Readonly<Record<string, unknown>>): Promise<void> {
		const { kind, id } = named(taskId);
		await this.get(taskId);
		if (kind === 'operation') return;
		const task = asTaskId(id);
		for (const question of (await this.#parts.tasks.view(this.#principal, task)).questions) {
			const reply = formReply(question, inputs, questionKey(question));
			if (typeof reply === 'object') await this.#parts.tasks.answer(this.#principal, task, question.id, reply.answer);
		}
	}
}

function stateOfOperation({
	status,
	progress,
	result,
	error,
}: OperationView): Pick<McpTask, 'status'> & Partial<McpTask> {
	switch (status) {
		case 'in_progress':
			return { status: 'working', statusMessage: `${Math.round(progress)} %` };
		case 'cancelled':
			return { status: 'cancelled' };
		case 'completed':
			return { status: 'completed', result: answered(result ?? {}) };
		case 'error': {
			const { message, hint } = error ?? { message: 'It failed.', hint: '' };
			return { status: 'completed', result: refused(new CoreError('not-possible', message, { hint })) };
		}
	}
}

// The protocol wants to know since when; so that no process has to remember, it stands in the name.
function started(kind: 'task' | 'operation', id: string, now: number): StartedTask {
	return { resultType: 'task', taskId: `${kind}.${now.toString(36)}.${id}`, ...timesOf(now, now), status: 'working' };
}

function timesOf(startedAt: number, now: number) {
	return {
		createdAt: new Date(startedAt).toISOString(),
		lastUpdatedAt: new Date(now).toISOString(),
		ttlMs: null,
		pollIntervalMs: 1_000,
	};
}

function named(taskId: string): {
	readonly kind: 'task' | 'operation';
	readonly id: string;
	readonly startedAt: number;
} {
	const [, kind, startedAt = '', id = ''] = /^(task|operation)\.([0-9a-z]{1,10})\.(.{1,200})$/.exec(taskId) ?? [];
	if (kind === 'task' || kind === 'operation') return { kind, id, startedAt: Number.parseInt(startedAt, 36) };
	throw new CoreError('not-found', `There is no task "${taskId.slice(0, 100)}" of yours.`, {
		hint: 'Use the taskId that a tool call answered.',
	});
}
