import type { ArtifactRef } from '../../domain/capability.ts';
import type { ReplyBody } from '../../domain/conversation/reply.ts';
import type { ConversationId, PersonId, QuestionId, StepId, TaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Budget, RecordedTaskFact } from '../../domain/task/facts.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { PlanOp } from '../../domain/task/plan-schema.ts';
import type { Turn } from '../../domain/task/submission.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { InboundAttachment, InboundMessage } from '../../ports/frontend.ts';

/** Principal is who is calling: a known person and their role. */
export interface Principal {
	readonly person: PersonId;
	readonly role: 'owner' | 'member' | 'guest';
}

/** TaskRequest is a goal with what came along. */
export interface TaskRequest {
	readonly goal: string;
	readonly attachments?: readonly InboundAttachment[] | undefined;
	readonly plan?: readonly PlanStep[] | undefined;
	/** Who made the plan, where that is not the person: `workflow:backlog.parse_prd`. */
	readonly planBy?: string | undefined;
	/** Its reports are wanted even where no conversation hears them. */
	readonly announced?: boolean | undefined;
	readonly approve?: boolean | undefined;
	readonly budget?: Partial<Budget> | undefined;
	/** ms since 1970. */
	readonly deadline?: number | undefined;
	readonly idempotencyKey?: string | undefined;
	/** Where its questions and its end are told; nowhere but in its history if left out. */
	readonly conversation?: ConversationId | undefined;
	/** Where the goal's words come from, when they are not the person's own: `hook:<name>`. */
	readonly origins?: readonly string[] | undefined;
	/** Nobody waits for it: what falls due may begin before it goes on. */
	readonly unhurried?: boolean | undefined;
	/** Whoever sent it waits for the acknowledgement: other work goes on after that. */
	readonly arriving?: boolean | undefined;
	/** What the person asked before, in a conversation that is kept elsewhere; oldest first. */
	readonly earlierGoals?: readonly string[] | undefined;
	/** The goal is only to be answered, at once and without steps; what was said before it, oldest first. */
	readonly answerOnly?: readonly Turn[] | undefined;
}

/** TaskSummary is a row of the task list. */
export interface TaskSummary {
	readonly id: TaskId;
	readonly goal: string;
	readonly status: TaskView['status'];
	readonly createdAt: number;
	readonly endedAt?: number | undefined;
	/** `<name>@<version>`, where it is a run of one. */
	readonly workflow?: string | undefined;
}

/** DeadLetter is a step that gave up. */
export interface DeadLetter {
	readonly id: string;
	readonly taskId: TaskId;
	readonly stepId: StepId;
	readonly title: string;
	readonly capability: string;
	readonly attempts: number;
	readonly error: { readonly code: string; readonly message: string; readonly hint: string };
	readonly at: number;
}

/** DeadLetterDetail is what somebody looks at before they have it run again or leave it out. */
export interface DeadLetterDetail extends DeadLetter {
	readonly goal: string;
	/** The beginning of its input as planned, JSON. */
	readonly input: string;
	/** The latest attempts, oldest first. */
	readonly history: readonly {
		readonly attempt: number;
		readonly run: number;
		/** When it ended, ms since 1970. */
		readonly at: number;
		readonly worker?: string | undefined;
		readonly error: DeadLetter['error'];
	}[];
}

/**
 * ITaskDesk is everything a caller may do with tasks. Each call sees only the principal's own tasks: another person's task
 * is `unknown-task`. Refusals are CoreErrors; a resolved promise means the change is durable.
 */
export interface ITaskDesk {
	submit(principal: Principal, request: TaskRequest): Promise<{ id: TaskId; duplicate: boolean }>;
	view(principal: Principal, task: TaskId): Promise<TaskView>;
	list(
		principal: Principal,
		page: { before?: number | undefined; limit: number },
	): Promise<{ tasks: readonly TaskSummary[]; next?: number | undefined }>;
	/** Facts with `seq > after`, ascending; `next` is the `after` of the following call. */
	facts(
		principal: Principal,
		task: TaskId,
		after: number,
	): Promise<{ events: readonly RecordedTaskFact[]; next: number }>;
	/** Calls back with every fact after `after`, in order, no gap and no repeat, then live; and with progress. Returns the way to stop. */
	follow(principal: Principal, task: TaskId, after: number, listener: TaskFollower): Promise<() => void>;
	answer(principal: Principal, task: TaskId, question: QuestionId, answer: Json): Promise<void>;
	editPlan(principal: Principal, task: TaskId, baseVersion: number, ops: readonly PlanOp[]): Promise<void>;
	skipStep(principal: Principal, task: TaskId, step: StepId): Promise<void>;
	retryStep(principal: Principal, task: TaskId, step: StepId): Promise<void>;
	/** Sends the task an event: a `flow.event` step of that name that waits, now or later, goes on with its data. The same `id` again changes nothing. */
	deliverEvent(principal: Principal, task: TaskId, event: TaskEvent): Promise<void>;
	cancel(principal: Principal, task: TaskId): Promise<void>;
	retry(principal: Principal, task: TaskId): Promise<void>;
	/** Lines of JSON: facts with their hash chain, then the signed head. */
	audit(principal: Principal, task: TaskId): Promise<AsyncIterable<string>>;
	deadLetters(principal: Principal): Promise<readonly DeadLetter[]>;
	/** `id` is `<taskId>.<stepId>`, here and below; `not-found` for a step that has not given up, or not any more. */
	deadLetter(principal: Principal, id: string): Promise<DeadLetterDetail>;
	replayDeadLetter(principal: Principal, id: string): Promise<void>;
	/** Leaves the step out: it is skipped, and its task goes on without it as far as that goes. */
	dropDeadLetter(principal: Principal, id: string): Promise<void>;
}

/** TaskEvent is something that happened, told to a task. */
export interface TaskEvent {
	readonly name: string;
	readonly data: Json;
	/** The sender's own name for it, so that sending it twice is sending it once. */
	readonly id?: string | undefined;
	/** Where its data comes from, when that is not the person: `agent:<name>`, `hook:<name>`. */
	readonly origins?: readonly string[] | undefined;
}

/** TaskListener hears of a task's facts, and of its steps' progress. */
export interface TaskListener {
	fact(fact: RecordedTaskFact): void;
	progress(progress: {
		stepId: StepId;
		percent?: number | undefined;
		text?: string | undefined;
		partial?: string | undefined;
	}): void;
}

/** TaskFollower is a listener that may do without progress. */
export type TaskFollower = Pick<TaskListener, 'fact'> & Partial<TaskListener>;

/** ConversationEntry is one line of a conversation as the page shows it. */
export type ConversationEntry =
	| {
			readonly kind: 'message';
			readonly seq: number;
			readonly at: number;
			readonly clientId: string;
			readonly text: string;
			readonly attachments: readonly (ArtifactRef | { readonly url: string })[];
			/** The task the message became, once it is known. */
			readonly taskId?: TaskId | undefined;
	  }
	| {
			readonly kind: 'reply';
			readonly seq: number;
			readonly at: number;
			readonly reply: ReplyBody;
			/** It could not be delivered, and why. */
			readonly undelivered?: { readonly message: string } | undefined;
	  };

/** ConversationSummary is a conversation as a list shows it. */
export interface ConversationSummary {
	readonly id: ConversationId;
	readonly frontend: string;
	/** When anything last happened in it, ms since 1970. */
	readonly lastAt: number;
	readonly messages: number;
	/** Replies that could not be delivered there; they are shown with the conversation. */
	readonly undelivered: number;
}

/** IConversationDesk takes messages in and reads conversations back. */
export interface IConversationDesk {
	/** Resolves once the message is durable. The same (frontend, conversation, platformMessageId) again gives the same id and does nothing. */
	receive(principal: Principal, message: InboundMessage): Promise<{ id: string }>;
	entries(
		principal: Principal,
		conversation: ConversationId,
		after: number,
	): Promise<{ entries: readonly ConversationEntry[]; next: number }>;
	/** The principal's conversations on all frontends, those that began last first. */
	ofPerson(
		principal: Principal,
		page: { before?: number | undefined; limit: number },
	): Promise<{ conversations: readonly ConversationSummary[]; next?: number | undefined }>;
}
