import { NOTIFY_FRONTENDS } from '@errand/core/domain/person/notify-words.ts';
import type { PairingView, PersonView, Preferences } from '@errand/core/domain/person/person-view.ts';
import { isTimeZone } from '@errand/core/domain/person/wall-time.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');
const role = z.enum(['owner', 'member', 'guest']);
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

const zone = z.string().max(64).refine(isTimeZone, 'must be a time zone such as Europe/Berlin');

const QuietSchema = z
	.strictObject({
		from: timeOfDay,
		to: timeOfDay,
		timeZone: zone,
	})
	.refine(({ from, to }) => from !== to, 'must not end when they begin');

const PreferencesSchema = z.object({
	notify: z
		.object({ questions: z.string().optional(), answers: z.string().optional() })
		.describe('The frontends on which questions and answers are told besides where a task was given.'),
	quiet: QuietSchema.optional().describe('Nothing rings between these times of the day.'),
	timeZone: zone.optional().describe('IANA name: the times they write are meant there.'),
}) satisfies Describes<Preferences>;

/** PersonSchema documents a person. */
export const PersonSchema = z.object({
	id: z.string(),
	role,
	name: z.string().optional(),
	identities: z.array(
		z.object({
			identity: z.string().describe('`<frontend>:<who>`, such as `telegram:4711`.'),
			name: z.string().optional(),
			linkedAt: time.optional().describe("Missing for one that the server's configuration names."),
		}),
	),
	tokens: z.array(z.object({ id: z.string(), name: z.string(), createdAt: time })),
	preferences: PreferencesSchema,
}) satisfies Describes<PersonView>;

/** PairingSchema documents a stranger who waits to be let in. */
export const PairingSchema = z.object({
	code: z.string(),
	identity: z.string(),
	name: z.string().optional(),
	askedAt: time,
	expiresAt: time,
}) satisfies Describes<PairingView>;

/** LoginSchema documents a login of the page. */
export const LoginSchema = z.object({
	id: z.string(),
	madeAt: time,
	usedAt: time.describe('When it was last used, to ten minutes: milliseconds since 1970.'),
	expiresAt: time,
	from: z
		.string()
		.optional()
		.describe(
			'Where its link was asked for: `server` at the start, `page`, `token`, or a frontend such as `telegram`.',
		),
	token: z.string().optional().describe('The name of your token by which it began, and with which it ends.'),
	current: z.boolean().describe('Whether it is the one that asks.'),
});

/** RoleSchema parses the body of `PATCH /v1/people/:id`. */
export const RoleSchema = z.strictObject({ role });

/** ApprovePairingSchema parses the body of `POST /v1/people/pairings/:code/approve`. */
export const ApprovePairingSchema = z.strictObject({ role: z.enum(['member', 'guest']).default('member') });

const told = z
	.string()
	.refine((name) => NOTIFY_FRONTENDS.includes(name), `must be one of ${NOTIFY_FRONTENDS.join(', ')}`)
	.nullable()
	.exactOptional();

/** PreferencesChangeSchema parses the body of `PATCH /v1/people/me/preferences`: what is left out stays, null takes it away. */
export const PreferencesChangeSchema = z.strictObject({
	notify: z.strictObject({ questions: told, answers: told }).exactOptional(),
	quiet: QuietSchema.nullable().exactOptional(),
	timeZone: zone.nullable().exactOptional(),
});

/** NewTokenSchema parses the body of `POST /v1/people/me/tokens`. */
export const NewTokenSchema = z.strictObject({ name: z.string().trim().min(1).max(100) });
