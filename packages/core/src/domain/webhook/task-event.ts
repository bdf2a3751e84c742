import type { JsonObject } from '../json.ts';
import type { Report, Task } from '../task/state.ts';
import { statusOf } from '../task/view.ts';
import type { TaskEventType, WebhookEventType } from './event-types.ts';

/** OutgoingEvent is what a webhook is sent: its type, and the body as it goes out. */
export interface OutgoingEvent<Type extends WebhookEventType = WebhookEventType> {
	readonly type: Type;
	readonly body: string;
}

/** Longest body, in characters of its JSON in ASCII, so that it holds for bytes too. */
const MAX_BODY = 64 * 1024;
const MAX_GOAL = 2_000;

/** taskEvent turns what a task reports into an event; undefined for what was overtaken before it could be told. */
export function taskEvent(task: Task, report: Report, at: number): OutgoingEvent<TaskEventType> | undefined {
	const told = tell(task, report);
	if (told === undefined) return undefined;
	const { type, shorterAndShorter } = told;
	let body = '';
	for (const about of shorterAndShorter) {
		body = eventBody(type, at, { task: shownTask(task), ...about });
		if (body.length <= MAX_BODY) break;
	}
	return { type, body };
}

/** testEvent is sent when a person tries a webhook. */
export function testEvent(webhook: string, at: number): OutgoingEvent<'webhook.test'> {
	const message = 'It works: events of your tasks will come here.';
	return { type: 'webhook.test', body: eventBody('webhook.test', at, { webhook, message }) };
}

function eventBody(type: WebhookEventType, at: number, data: JsonObject): string {
	const text = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
	// Characters outside ASCII are escaped: every receiver then hashes the same bytes, however it decodes them.
	return text.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

interface Told {
	readonly type: TaskEventType;
	/** What there is to say, each time with less of it: the whole is always behind the task's `href`. */
	readonly shorterAndShorter: readonly JsonObject[];
}

function tell(task: Task, { about }: Report): Told | undefined {
	switch (about.kind) {
		case 'plan': {
			const { planVersion: version, planBy: by } = task;
			const steps = Object.values(task.steps).map(({ spec: { id, title } }) => ({ id, title }));
			return {
				type: 'task.planned',
				shorterAndShorter: [{ plan: { version, by, steps } }, { plan: { version, by, truncated: true } }],
			};
		}
		case 'question': {
			const question = task.questions[about.questionId]?.question;
			if (question === undefined) return undefined;
			const { id, kind, text } = question;
			const short = { id, kind, text: text.slice(0, MAX_GOAL), truncated: true };
			return { type: 'task.question', shorterAndShorter: [plain({ question }), { question: short }] };
		}
		case 'question-closed': {
			const status = task.questions[about.questionId]?.status ?? 'withdrawn';
			return { type: 'task.question_closed', shorterAndShorter: [{ question: { id: about.questionId, status } }] };
		}
		case 'end': {
			const { end } = task;
			return end && { type: END_TYPES[end.status], shorterAndShorter: tellEnd(task, end) };
		}
	}
}

const END_TYPES = { done: 'task.completed', failed: 'task.failed', cancelled: 'task.cancelled' } as const;

function shownTask(task: Task): JsonObject {
	const { id, goal, conversation, createdAt, end } = task;
	return plain({
		id,
		goal: goal.length > MAX_GOAL ? `${goal.slice(0, MAX_GOAL)}…` : goal,
		...statusOf(task, false),
		...(conversation === undefined ? {} : { conversation }),
		createdAt,
		...(end === undefined ? {} : { endedAt: end.at }),
		href: `/v1/tasks/${id}`,
	});
}

function tellEnd(task: Task, end: NonNullable<Task['end']>): JsonObject[] {
	switch (end.status) {
		case 'cancelled':
			return [{ reason: end.reason.slice(0, MAX_GOAL) }];
		case 'failed': {
			const { code, message, hint } = end.error;
			return [{ error: { code, message: message.slice(0, MAX_GOAL), hint: hint.slice(0, MAX_GOAL) } }];
		}
		case 'done': {
			const { result } = end;
			const { text, ...lists } = result;
			const few = { sources: [], artifacts: result.artifacts.slice(0, 50), warnings: [] };
			const cut = (length: number, rest: object) => ({
				result: plain({ ...rest, text: text.slice(0, length), truncated: true, href: `/v1/tasks/${task.id}` }),
			});
			return [
				plain({ result }),
				cut(30_000, lists),
				cut(8_000, lists),
				cut(8_000, few),
				cut(2_000, few),
				cut(2_000, {}),
			];
		}
	}
}

/** A task's state is plain data: it is stored as JSON. */
function plain(value: object): JsonObject {
	return value as JsonObject;
}
