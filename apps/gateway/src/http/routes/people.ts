import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { PersonView, Preferences } from '@errand/core/domain/person/person-view.ts';
import { z } from 'zod';
import type { Caller } from '../../auth/authenticator.ts';
import { type Route, route } from '../route.ts';
import {
	ApprovePairingSchema,
	NewTokenSchema,
	PairingSchema,
	PersonSchema,
	PreferencesChangeSchema,
	RoleSchema,
} from '../schemas/person.ts';
import type { HttpServices } from '../services.ts';

const PersonParams = z.object({ id: z.string().min(1).max(200).describe('The id of a person, or `me`.') });
const IdentityParams = PersonParams.extend({ identity: z.string().min(1).max(300) });
const PairingParams = z.object({ code: z.string().min(1).max(100) });
const TokenParams = z.object({ id: z.string().min(1).max(100) });
const PERSON = { description: 'As they are now.', schema: PersonSchema };

/** PEOPLE_ROUTES show who is who, and let people in, link them and forget them. Nobody but the owner sees or touches others. */
export const PEOPLE_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/people',
			operationId: 'listPeople',
			summary: 'People this server knows: everybody for the owner, yourself otherwise.',
			tag: 'people',
			access: 'person',
			responses: { 200: { description: 'People you may see.', schema: z.object({ people: z.array(PersonSchema) }) } },
			errors: [],
		},
		async ({ people }, { caller }) => ({ status: 200, json: { people: await people.list(caller.principal) } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/people/me',
			operationId: 'showMe',
			summary: 'Show yourself: role, accounts, preferences, tokens.',
			tag: 'people',
			access: 'person',
			responses: { 200: PERSON },
			errors: [],
		},
		async (services, { caller }) => ({ status: 200, json: await viewOf(services, caller.principal.person) }),
	),
	route(
		{
			method: 'get',
			path: '/v1/people/pairings',
			operationId: 'listPairings',
			summary: 'Strangers who wait to be let in.',
			tag: 'people',
			access: 'owner',
			responses: { 200: { description: 'Oldest first.', schema: z.object({ pairings: z.array(PairingSchema) }) } },
			errors: [],
		},
		async ({ people }, { caller }) => ({ status: 200, json: { pairings: await people.pairings(caller.principal) } }),
	),
	route(
		{
			method: 'post',
			path: '/v1/people/pairings/:code/approve',
			operationId: 'approvePairing',
			summary: 'Let a stranger in as a new person.',
			tag: 'people',
			access: 'owner',
			params: PairingParams,
			body: ApprovePairingSchema,
			responses: { 200: PERSON },
			errors: ['not-found', 'not-possible', 'unsupported-type', 'disk-full'],
		},
		async ({ people }, { caller, params, body }) => ({
			status: 200,
			json: await people.pair(caller.principal, params.code, body.role),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/people/pairings/:code/refuse',
			operationId: 'refusePairing',
			summary: 'Turn a stranger away for good.',
			tag: 'people',
			access: 'owner',
			params: PairingParams,
			responses: { 204: { description: 'They get no new code.' } },
			errors: ['not-found', 'disk-full'],
		},
		async ({ people }, { caller, params }) => {
			await people.refuse(caller.principal, params.code);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/people/me/link-code',
			operationId: 'issueLinkCode',
			summary: 'Get a code that links one more account to you: once, within ten minutes.',
			tag: 'people',
			access: 'person',
			responses: {
				201: {
					description: 'Write `/link <code>` from that account, privately.',
					schema: z.object({ code: z.string(), expiresAt: z.number() }),
				},
			},
			errors: ['disk-full'],
		},
		async ({ people }, { caller }) => ({ status: 201, json: await people.issueLinkCode(caller.principal) }),
	),
	route(
		{
			method: 'delete',
			path: '/v1/people/:id/identities/:identity',
			operationId: 'unlinkIdentity',
			summary: 'Take an account off yourself, or as the owner off anybody.',
			tag: 'people',
			access: 'person',
			params: IdentityParams,
			responses: { 200: PERSON },
			errors: ['not-found', 'not-possible', 'disk-full'],
		},
		async (services, { caller, params }) => {
			const { identities } = await viewOf(services, theirs(caller, params.id));
			if (!identities.some(({ identity }) => identity === params.identity)) throw unknown('account', params.identity);
			return { status: 200, json: await services.people.unlink(caller.principal, params.identity) };
		},
	),
	route(
		{
			method: 'patch',
			path: '/v1/people/:id',
			operationId: 'changeRole',
			summary: 'Give somebody another role.',
			tag: 'people',
			access: 'owner',
			params: PersonParams,
			body: RoleSchema,
			responses: { 200: PERSON },
			errors: ['not-found', 'not-possible', 'unsupported-type', 'disk-full'],
		},
		async ({ people }, { caller, params, body }) => ({
			status: 200,
			json: await people.setRole(caller.principal, theirs(caller, params.id), body.role),
		}),
	),
	route(
		{
			method: 'patch',
			path: '/v1/people/me/preferences',
			operationId: 'changePreferences',
			summary: 'Change where and when you are told, and your time zone; what is left out stays, null takes it away.',
			tag: 'people',
			access: 'person',
			body: PreferencesChangeSchema,
			responses: { 200: PERSON },
			errors: ['not-possible', 'unsupported-type', 'disk-full'],
		},
		async (services, { caller, body }) => {
			const { preferences } = await viewOf(services, caller.principal.person);
			const change = changed(preferences, body);
			return { status: 200, json: await services.people.setPreferences(caller.principal, change) };
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/people/me/tokens',
			operationId: 'issueToken',
			summary: 'Get an API token of your own.',
			tag: 'people',
			access: 'person',
			body: NewTokenSchema,
			responses: {
				201: {
					description: 'The token, which is shown this once.',
					schema: z.object({ id: z.string(), token: z.string() }),
				},
			},
			errors: ['not-possible', 'unsupported-type', 'disk-full'],
		},
		async ({ people }, { caller, body }) => ({
			status: 201,
			json: await people.issueToken(caller.principal, body.name),
		}),
	),
	route(
		{
			method: 'delete',
			path: '/v1/people/me/tokens/:id',
			operationId: 'revokeToken',
			summary: 'Revoke an API token; what rests on it is closed.',
			tag: 'people',
			access: 'person',
			params: TokenParams,
			responses: { 204: { description: 'It lets nobody in any more.' } },
			errors: ['not-found', 'disk-full'],
		},
		async ({ people }, { caller, params }) => {
			await people.revokeToken(caller.principal, params.id);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/people/:id',
			operationId: 'forgetPerson',
			summary: 'Forget a person: blank what they said and what was made for them, and end their logins.',
			tag: 'people',
			access: 'person',
			params: PersonParams,
			responses: {
				200: { description: 'Forgotten.', schema: z.object({ streams: z.int().describe('Histories blanked.') }) },
			},
			errors: ['not-found', 'disk-full'],
		},
		async ({ people, authenticator, loginEnded }, { caller, params }) => {
			const person = theirs(caller, params.id);
			const forgotten = await people.forget(caller.principal, person);
			for (const login of await authenticator.logOutAll(person)) loginEnded(login);
			return { status: 200, json: forgotten };
		},
	),
];

/** Whom a path means. To all but the owner there is nobody besides themselves. */
function theirs({ principal }: Caller, id: string): PersonId {
	const person = id === 'me' ? principal.person : asPersonId(id);
	if (person === principal.person || principal.role === 'owner') return person;
	throw unknown('person', id);
}

async function viewOf({ people }: HttpServices, person: PersonId): Promise<PersonView> {
	const view = await people.view(person);
	if (view === undefined) throw unknown('person', person);
	return view;
}

function unknown(what: 'person' | 'account', name: string): CoreError {
	return new CoreError('not-found', `There is no ${what} "${name.slice(0, 100)}".`, {
		hint: 'GET /v1/people lists what you may see.',
	});
}

function changed(
	now: Preferences,
	{ notify, quiet, timeZone }: z.output<typeof PreferencesChangeSchema>,
): Partial<Preferences> {
	const told = Object.entries({ ...now.notify, ...notify }).filter(([, frontend]) => frontend !== null);
	return {
		...(notify === undefined ? {} : { notify: Object.fromEntries(told) as Preferences['notify'] }),
		...(quiet === undefined ? {} : { quiet: quiet ?? undefined }),
		...(timeZone === undefined ? {} : { timeZone: timeZone ?? undefined }),
	};
}
