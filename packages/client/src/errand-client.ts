import { type Attachment, wireAttachment } from './attachments.ts';
import { type CallOptions, Connection, type ConnectionOptions } from './connection.ts';
import type { ConversationEntry, ConversationSummary } from './conversation.ts';
import { type FollowEvent, type FollowOptions, followTask } from './follow-task.ts';
import { PeopleClient } from './people-client.ts';
import { SchedulesClient } from './schedules-client.ts';
import type { DeadLetter, DeadLetterDetail, Fact, Json, PlanStep, Task, TaskResult, TaskSummary } from './task.ts';
import { type ResultOptions, waitForResult } from './wait-for-result.ts';
import type { WorkflowRun } from './workflow-run.ts';

export type { Attachment } from './attachments.ts';
export type { CallOptions, ConnectionOptions } from './connection.ts';
export type * from './conversation.ts';
export { ErrandError } from './errand-error.ts';
export type { FollowEvent, FollowOptions } from './follow-task.ts';
export type * from './person.ts';
export type * from './schedules-client.ts';
export type * from './task.ts';
export type { ResultOptions } from './wait-for-result.ts';
export type * from './workflow-run.ts';

/** Goal is what should be done, with what came along. */
export interface Goal {
	readonly goal: string;
	readonly attachments?: readonly Attachment[] | undefined;
	readonly plan?: readonly PlanStep[] | undefined;
	/** Ask before anything of the plan runs. */
	readonly approve?: boolean | undefined;
	readonly budget?:
		| {
				readonly maxRuns?: number;
				readonly maxMinutes?: number;
				readonly maxTokens?: number;
				readonly maxMicroUsd?: number;
		  }
		| undefined;
	/** ms since 1970. */
	readonly deadline?: number | undefined;
}

/** SubmitOptions: the same key again means the same task; one is made up if left out, so that a call sent twice is one task. */
export interface SubmitOptions extends CallOptions {
	readonly idempotencyKey?: string | undefined;
}

/** SayOptions: `clientId` is what a message that is sent again is known by; one is made up if left out. */
export interface SayOptions extends CallOptions {
	readonly attachments?: readonly Attachment[] | undefined;
	readonly clientId?: string | undefined;
}

/** RunWorkflowOptions: `wait` is how many seconds to wait for the end, `approve` asks before anything runs. */
export interface RunWorkflowOptions extends SubmitOptions {
	readonly wait?: number | undefined;
	readonly approve?: boolean | undefined;
	/** Where its questions and its end are told. */
	readonly conversation?: string | undefined;
}

/** ListOptions: how many are asked for at once. */
export interface ListOptions extends CallOptions {
	readonly pageSize?: number | undefined;
}

/** PlanOp changes a step that has not started. */
export type PlanOp =
	| { readonly op: 'add' | 'update'; readonly step: PlanStep }
	| { readonly op: 'remove'; readonly step: { readonly id: string } };

/**
 * ErrandClient calls an Errand server. Every method throws ErrandError when the server refuses or cannot be reached; calls that
 * may be repeated are sent again by themselves.
 */
export class ErrandClient {
	/** Who is who. */
	readonly people: PeopleClient;
	/** What is done later, or again and again. */
	readonly schedules: SchedulesClient;
	readonly #connection: Connection;

	constructor(options: ConnectionOptions) {
		this.#connection = new Connection(options);
		this.people = new PeopleClient(this.#connection);
		this.schedules = new SchedulesClient(this.#connection);
	}

	/** Submits a goal; it is durable when this resolves. */
	submit(goal: string | Goal, { idempotencyKey = newKey(), signal }: SubmitOptions = {}): Promise<{ id: string }> {
		const { attachments, ...rest } = typeof goal === 'string' ? { goal } : goal;
		const body = { ...rest, ...(attachments === undefined ? {} : { attachments: attachments.map(wireAttachment) }) };
		const headers = { 'Idempotency-Key': idempotencyKey };
		return this.#connection.json({ method: 'POST', path: '/v1/tasks', body, headers, safe: true, signal });
	}

	task(id: string, options: CallOptions = {}): Promise<Task> {
		return this.#connection.json({ method: 'GET', path: pathOf(id), safe: true, ...options });
	}

	/** Your tasks, newest first, page by page as they are read. */
	tasks(options: ListOptions = {}): AsyncGenerator<TaskSummary, void> {
		return this.#pages('/v1/tasks', 'tasks', options);
	}

	/** Your conversations on all frontends, those that began last first. */
	conversations(options: ListOptions = {}): AsyncGenerator<ConversationSummary, void> {
		return this.#pages('/v1/conversations', 'conversations', options);
	}

	/** What happened to a task after a fact. */
	facts(
		id: string,
		{ after = 0, signal }: CallOptions & { readonly after?: number } = {},
	): Promise<{ events: Fact[]; next: number }> {
		return this.#connection.json({ method: 'GET', path: `${pathOf(id)}/events`, query: { after }, safe: true, signal });
	}

	/** Every fact of a task as it happens, in order and without gaps, and progress in between; ends with the task. */
	follow(id: string, options: FollowOptions = {}): AsyncGenerator<FollowEvent, void> {
		return followTask(this.#connection, id, options);
	}

	/** Waits for the answer of a task. */
	result(id: string, options: ResultOptions = {}): Promise<TaskResult> {
		return waitForResult(this.#connection, id, options);
	}

	/** Answers a question of a task. */
	answer(id: string, questionId: string, answer: Json, options: CallOptions = {}): Promise<Task> {
		return this.#steer(id, '/input', { ...options, body: { questionId, answer }, safe: true });
	}

	/** Approves what a question of kind `approval` asks, or refuses it. */
	approve(
		id: string,
		questionId: string,
		decision: 'approve' | 'refuse' = 'approve',
		options: CallOptions = {},
	): Promise<Task> {
		return this.#steer(id, '/approve', { ...options, body: { questionId, decision }, safe: true });
	}

	/**
	 * Runs a workflow by its name. With `wait` (seconds, at most 60) this answers when it has ended, or how it stands by then; what it
	 * gave is `output`. The task is followed with `follow` and `result` like any other.
	 */
	runWorkflow<Output = Json>(
		name: string,
		input: unknown,
		{ wait, approve, conversation, idempotencyKey = newKey(), signal }: RunWorkflowOptions = {},
	): Promise<WorkflowRun<Output>> {
		const path = `/v1/workflows/${encodeURIComponent(name)}/run`;
		const body = { input, wait, approve, conversation };
		const headers = { 'Idempotency-Key': idempotencyKey };
		return this.#connection.json({ method: 'POST', path, body, headers, safe: true, signal });
	}

	/** Runs the text of a workflow once; the server does not keep it. */
	runWorkflowText(text: string, input: unknown, { signal }: CallOptions = {}): Promise<{ readonly id: string }> {
		return this.#connection.json({ method: 'POST', path: '/v1/workflows/run-text', body: { text, input }, signal });
	}

	/** Sends a task an event that a step of it waits for, now or later. With an `id` of your own it may be sent again. */
	sendEvent(
		id: string,
		event: { readonly name: string; readonly data?: unknown; readonly id?: string },
		options: CallOptions = {},
	): Promise<Task> {
		return this.#steer(id, '/events', { ...options, body: event, safe: event.id !== undefined });
	}

	cancel(id: string, options: CallOptions = {}): Promise<Task> {
		return this.#steer(id, '/cancel', options);
	}

	/** Runs an ended task again from where it failed. */
	retry(id: string, options: CallOptions = {}): Promise<Task> {
		return this.#steer(id, '/retry', options);
	}

	skipStep(id: string, stepId: string, options: CallOptions = {}): Promise<Task> {
		return this.#steer(id, `/steps/${encodeURIComponent(stepId)}/skip`, options);
	}

	retryStep(id: string, stepId: string, options: CallOptions = {}): Promise<Task> {
		return this.#steer(id, `/steps/${encodeURIComponent(stepId)}/retry`, options);
	}

	/** Edits steps that have not started; `baseVersion` is the plan's version as you saw it. */
	editPlan(id: string, baseVersion: number, ops: readonly PlanOp[], { signal }: CallOptions = {}): Promise<Task> {
		const body = { baseVersion, ops };
		return this.#connection.json({ method: 'PATCH', path: `${pathOf(id)}/plan`, body, signal });
	}

	/** A task's history as JSON Lines, hash-chained, with the signed head. */
	async audit(id: string, options: CallOptions = {}): Promise<string> {
		return (await this.#connection.open({ method: 'GET', path: `${pathOf(id)}/audit`, safe: true, ...options })).text();
	}

	/** Says something in one of your web conversations (`web-<you>` or `web-<you>-<name>`). */
	say(
		conversation: string,
		text: string,
		{ attachments, clientId = newKey(), signal }: SayOptions = {},
	): Promise<{ id: string }> {
		const came = attachments === undefined ? {} : { attachments: attachments.map(wireAttachment) };
		const body = { text, clientId, ...came };
		return this.#connection.json({ method: 'POST', path: messagesOf(conversation), body, safe: true, signal });
	}

	/** Lines of one of your conversations, on whichever frontend it is. */
	messages(
		conversation: string,
		{ after = 0, signal }: CallOptions & { readonly after?: number } = {},
	): Promise<{ entries: ConversationEntry[]; next: number }> {
		return this.#connection.json({
			method: 'GET',
			path: messagesOf(conversation),
			query: { after },
			safe: true,
			signal,
		});
	}

	/** A file of a task. */
	async artifact(id: string, options: CallOptions = {}): Promise<{ type: string; content: Uint8Array }> {
		const path = `/v1/artifacts/${encodeURIComponent(id)}`;
		const response = await this.#connection.open({
			method: 'GET',
			path,
			query: { download: 1 },
			safe: true,
			...options,
		});
		const type = response.headers.get('content-type') ?? 'application/octet-stream';
		return { type, content: new Uint8Array(await response.arrayBuffer()) };
	}

	/** Steps that gave up. */
	async deadLetters(options: CallOptions = {}): Promise<DeadLetter[]> {
		const call = { method: 'GET', path: '/v1/dead-letters', safe: true, ...options } as const;
		return (await this.#connection.json<{ deadLetters: DeadLetter[] }>(call)).deadLetters;
	}

	/** One of them, with its input and how its attempts went. */
	deadLetter(id: string, options: CallOptions = {}): Promise<DeadLetterDetail> {
		return this.#connection.json({ method: 'GET', path: pathOfLetter(id), safe: true, ...options });
	}

	/** Leaves out a step that gave up: its task goes on without it, as far as that goes. */
	async dropDeadLetter(id: string, options: CallOptions = {}): Promise<void> {
		await this.#connection.open({ method: 'DELETE', path: pathOfLetter(id), ...options });
	}

	/** Runs a step that gave up again. */
	async replayDeadLetter(id: string, options: CallOptions = {}): Promise<void> {
		await this.#connection.open({
			method: 'POST',
			path: `${pathOfLetter(id)}/replay`,
			...options,
		});
	}

	async *#pages<T>(path: string, name: string, { pageSize = 50, signal }: ListOptions): AsyncGenerator<T, void> {
		let before: number | undefined;
		do {
			const query = { before, limit: pageSize };
			const call = { method: 'GET', path, query, safe: true, signal } as const;
			const page = await this.#connection.json<Record<string, T[]> & { readonly next?: number }>(call);
			yield* page[name] ?? [];
			before = page.next;
		} while (before !== undefined);
	}

	#steer(
		id: string,
		action: string,
		options: CallOptions & { readonly body?: unknown; readonly safe?: boolean },
	): Promise<Task> {
		return this.#connection.json({ method: 'POST', path: `${pathOf(id)}${action}`, ...options });
	}
}

function pathOf(task: string): string {
	return `/v1/tasks/${encodeURIComponent(task)}`;
}

function pathOfLetter(id: string): string {
	return `/v1/dead-letters/${encodeURIComponent(id)}`;
}

function messagesOf(conversation: string): string {
	return `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
}

// randomUUID is missing on pages without HTTPS.
function newKey(): string {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
