import { asConversationId } from '@errand/core/domain/ids.ts';
import { WhenSchema } from '@errand/core/domain/task/plan-schema.ts';
import { TASK_EVENT_TYPES } from '@errand/core/domain/webhook/event-types.ts';
import type { DeadEventView, DeliveryError, DeliveryView, WebhookView } from '@errand/core/domain/webhook/view.ts';
import type { HookView } from '@errand/core/orchestrator/desks/hooks.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');
const eventType = z.enum([...TASK_EVENT_TYPES, 'webhook.test']);

/** SubscribeSchema parses the body of `POST /v1/webhooks`. */
export const SubscribeSchema = z.strictObject({
	url: z.string().min(1).describe('Where events are posted.'),
	events: z.array(z.enum(TASK_EVENT_TYPES)).min(1).optional().describe('Which events; all of them if left out.'),
	name: z.string().min(1).max(100).optional(),
});

const ErrorSchema = z.object({
	code: z.string(),
	message: z.string(),
	hint: z.string(),
}) satisfies Describes<DeliveryError>;

const DeliverySchema = z.object({
	eventId: z.string(),
	type: eventType,
	attempt: z.int(),
	at: time,
	status: z.int().optional().describe('What the receiver answered, when it took the event.'),
	error: ErrorSchema.optional(),
	retryAt: time.optional(),
}) satisfies Describes<DeliveryView>;

/** DeadEventSchema documents an event that is sent no more. */
export const DeadEventSchema = z.object({
	eventId: z.string(),
	type: eventType,
	queuedAt: time,
	deadAt: time,
	attempts: z.int(),
	cause: z.enum(['exhausted', 'permanent', 'queue-full']),
	error: ErrorSchema.optional(),
}) satisfies Describes<DeadEventView>;

/** WebhookSchema documents an outgoing webhook. */
export const WebhookSchema = z.object({
	id: z.string(),
	name: z.string().optional(),
	url: z.string(),
	events: z.array(z.enum(TASK_EVENT_TYPES)),
	status: z.enum(['active', 'paused']),
	pausedBecause: z.enum(['person', 'gone']).optional().describe('`gone`: the receiver answered 410.'),
	createdAt: time,
	secrets: z.int().describe('How many secrets sign now: two for a day after a rotation.'),
	waiting: z.int().describe('Events on their way.'),
	nextAttemptAt: time.optional(),
	deadLetters: z.int(),
	deliveries: z.array(DeliverySchema).describe('The latest attempts, latest first.'),
}) satisfies Describes<WebhookView>;

const secret = z.string().describe('Shown this once.');

/** WebhookWithSecretSchema documents an outgoing webhook whose secret was just made. */
export const WebhookWithSecretSchema = WebhookSchema.extend({ secret });

/** HookNameSchema parses the name of an inbound webhook. */
export const HookNameSchema = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, - and _ only, at most 64');

const filter = z.strictObject({
	events: z.array(z.string().min(1).max(100)).min(1).max(50).optional().describe('`issues`, or only `issues.opened`.'),
	when: WhenSchema.optional().describe('A condition; its `path` leads into the payload.'),
});
const rules = {
	goal: z.string().max(5_000).optional().describe('What to do with a call: words with `{{path.to.value}}` places.'),
	template: z.string().max(100).optional().describe('A template by name, instead of a goal.'),
	conversation: z
		.string()
		.min(1)
		.max(200)
		.transform(asConversationId)
		.optional()
		.describe('Where questions and answers are told; your web conversation if left out.'),
	filter: filter.optional(),
};
const kind = z.enum(['github', 'standard', 'generic']);
const ownSecret = z.string().min(1).max(500).optional().describe('A secret of your own; one is made if left out.');

/** NewHookSchema parses the body of `POST /v1/hooks`. */
export const NewHookSchema = z.strictObject({ name: HookNameSchema, kind, ...rules, secret: ownSecret });
/** ChangeHookSchema parses the body of `PATCH /v1/hooks/:name`. */
export const ChangeHookSchema = z.strictObject({ ...rules, paused: z.boolean().optional() });
/** RotateHookSchema parses the body of `POST /v1/hooks/:name/rotate`. */
export const RotateHookSchema = z.strictObject({ secret: ownSecret });
/** TryHookSchema parses the body of `POST /v1/hooks/:name/try`. */
export const TryHookSchema = z.strictObject({
	payload: z.json(),
	event: z.string().max(100).optional().describe('As the caller names it: `issues.opened`.'),
});

/** TriedHookSchema documents what a call would become. */
export const TriedHookSchema = z.object({
	kind: z.enum(['goal', 'ignored']),
	goal: z.string().optional(),
	missing: z.array(z.string()).optional().describe('Paths of the template that lead nowhere in this payload.'),
	why: z.string().optional().describe('Why such a call is ignored.'),
	conversation: z.string(),
});

/** HookSchema documents an inbound webhook. */
export const HookSchema = z.object({
	name: z.string(),
	path: z.string().describe('Where callers post to.'),
	kind,
	goal: z.string().optional(),
	template: z.string().optional(),
	conversation: z.string(),
	filter,
	status: z.enum(['active', 'paused']),
	createdAt: time,
	secrets: z.int(),
}) satisfies Describes<HookView>;

/** HookWithSecretSchema documents an inbound webhook whose secret was just set. */
export const HookWithSecretSchema = HookSchema.extend({ secret });
