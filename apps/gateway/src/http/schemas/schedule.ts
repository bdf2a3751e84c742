import { asConversationId } from '@errand/core/domain/ids.ts';
import { ScheduleRule, ScheduleWhat } from '@errand/core/domain/schedule/schedule.ts';
import { z } from 'zod';

const time = z.number().describe('Milliseconds since 1970.');
const when = z
	.union([z.string().min(1).max(500), ScheduleRule])
	.describe('A rule, or words: "every weekday at 7", "tomorrow at 5pm", "in 20 minutes", a cron line.');
const timeZone = z.string().min(1).max(64).describe('IANA name; your own if left out.');
const conversation = z
	.string()
	.min(1)
	.max(200)
	.transform(asConversationId)
	.describe('Where its runs report, and what it says is said.');

/** ScheduleRequestSchema parses the body of `POST /v1/schedules`. */
export const ScheduleRequestSchema = z.strictObject({
	title: z.string().min(1).max(200).optional(),
	when,
	what: ScheduleWhat,
	timeZone: timeZone.optional(),
	conversation: conversation.optional(),
});

/** ScheduleChangeSchema parses the body of `PATCH /v1/schedules/:id`. */
export const ScheduleChangeSchema = ScheduleRequestSchema.partial();

/** SchedulePreviewSchema parses the body of `POST /v1/schedules/preview`. */
export const SchedulePreviewSchema = z.strictObject({ when, timeZone: timeZone.optional() });

/** ScheduleSchema documents a schedule. */
export const ScheduleSchema = z.object({
	id: z.string(),
	number: z.int().describe('Its number for you, as in `/schedules pause 2`; calls take it in place of the id.'),
	title: z.string(),
	rule: ScheduleRule,
	words: z.string().describe('The rule in words, which are read back as the same rule.'),
	what: ScheduleWhat,
	conversation: z.string().optional(),
	status: z.enum(['active', 'paused', 'ended']),
	pausedBecause: z.string().optional(),
	next: z.array(time),
	last: z.object({ due: time, task: z.string().optional(), outcome: z.string().optional() }).optional(),
	runs: z.int(),
	missed: z.int(),
	digest: z
		.object({
			words: z.string(),
			next: time.optional(),
			runs: z.int().describe('How many runs it tells of so far.'),
			held: z.array(
				z.object({
					task: z.string(),
					at: time,
					outcome: z.string(),
					changed: z.boolean().optional(),
					text: z.string(),
				}),
			),
		})
		.optional()
		.describe('What the next digest will tell, where what runs find is told at once.'),
	createdAt: time,
	version: z.int(),
});

/** PreviewSchema documents what words about time mean. */
export const PreviewSchema = z.object({ rule: ScheduleRule, words: z.string(), next: z.array(time) });
