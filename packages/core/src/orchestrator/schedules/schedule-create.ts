import { z } from 'zod';
import { CoreError } from '../../domain/errors.ts';
import { asConversationId, type PersonId } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse-input.ts';
import { ScheduleWhat } from '../../domain/schedule/schedule.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import type { Principal } from '../desks/desk.ts';
import type { IScheduleDesk } from '../desks/schedules.ts';
import { setUpText } from './set-up-text.ts';

const Input = z.strictObject({
	when: z
		.string()
		.min(1)
		.max(500)
		.describe('In words: "every weekday at 7", "daily at 18:30", "tomorrow at 5pm", "in 20 minutes"; or a cron line.'),
	do: z
		.union([
			z.strictObject({ kind: z.literal('goal'), goal: z.string().min(1).max(20_000) }),
			z.strictObject({ kind: z.literal('workflow'), name: z.string().min(1).max(63), input: z.json().default({}) }),
			z.strictObject({ kind: z.literal('remind'), text: z.string().min(1).max(2_000) }),
		])
		.describe('What happens each time: a goal is carried out, a workflow is run, or a text is only said.'),
	tell: z
		.union([z.enum(['each', 'changes', 'never']), z.strictObject({ digest: z.string().min(1).max(200) })])
		.default('each')
		.describe('Of which runs the person hears; {digest: "daily at 18:00"} tells all of a while at once.'),
	carry: z.boolean().default(false).describe('Gives each run what the one before kept; for workflows that compare.'),
	title: z.string().min(1).max(200).optional(),
	timeZone: z.string().min(1).max(64).optional().describe('IANA name; left out: the one the person lives in.'),
});

const Output = z.object({
	text: z.string(),
	schedule: z.string(),
	number: z.int(),
	words: z.string(),
	/** ISO 8601. */
	next: z.array(z.string()),
});

/** SCHEDULE_CREATE is the step that sets up a schedule, as planners and plans see it. */
export const SCHEDULE_CREATE: CapabilityDeclaration = {
	name: 'schedule.create',
	version: 1,
	summary:
		'Sets up a reminder or a schedule: has a goal or a workflow carried out, or a text said, at a later time or again and again.',
	input: Input,
	output: Output,
	// Begun twice with one key it is there once; what came from strangers marks every run of it.
	effects: 'idempotent',
	pure: false,
	placement: 'inline',
	concurrency: 100,
};

interface Dependencies {
	readonly desk: Pick<IScheduleDesk, 'create' | 'zone'>;
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
}

/** scheduleCreate is the step that sets up a schedule. */
export function scheduleCreate({ desk, roleOf }: Dependencies): ICoreStep {
	return {
		declaration: SCHEDULE_CREATE,
		async run({ person, input, origins, key, conversation }) {
			const { when, do: what, tell, carry, title, timeZone } = parseInput(Input, input, 'The input');
			const role = await roleOf(person);
			if (role === undefined) throw new CoreError('forbidden', 'There is no such person.', { hint: 'Log in again.' });
			const view = await desk.create(
				{ person, role },
				{
					when,
					what: ScheduleWhat.parse({ do: what, tell, carry }),
					idempotencyKey: key,
					byStep: true,
					origins,
					...(title === undefined ? {} : { title }),
					...(timeZone === undefined ? {} : { timeZone }),
					...(conversation === undefined ? {} : { conversation: asConversationId(conversation) }),
				},
			);
			return {
				text: setUpText(view, await desk.zone({ person, role })),
				schedule: view.id,
				number: view.number,
				words: view.words,
				next: view.next.map((at) => new Date(at).toISOString()),
			};
		},
	};
}
