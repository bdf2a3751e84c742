/** TASK_EVENT_TYPES are the events of tasks that a webhook may want. */
export const TASK_EVENT_TYPES = [
	'task.planned',
	'task.question',
	'task.question_closed',
	'task.completed',
	'task.failed',
	'task.cancelled',
] as const;

/** TaskEventType names an event of a task. */
export type TaskEventType = (typeof TASK_EVENT_TYPES)[number];

/** WebhookEventType is what a webhook may be sent: events of tasks, and the one a person sends to try it. */
export type WebhookEventType = TaskEventType | 'webhook.test';
