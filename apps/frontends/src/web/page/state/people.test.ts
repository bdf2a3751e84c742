import { asPersonId } from '@errand/core/domain/ids.ts';
import type { PersonView } from '@errand/core/domain/person/person-view.ts';
import { describe, expect, it } from 'vitest';
import { createPeople } from './people.ts';
import type { PeopleApi } from './people-api.ts';

const person = (id: string, change: Partial<PersonView> = {}): PersonView => ({
	id: asPersonId(id),
	role: 'owner',
	identities: [],
	tokens: [],
	preferences: { notify: {} },
	...change,
});

/** A server on which only these calls are made. */
function server(change: Partial<PeopleApi>): PeopleApi {
	const never = () => Promise.reject(new Error('this call was not expected'));
	const none = { letIn: never, refuse: never, setRole: never, forget: never, revokeAccount: never, makeToken: never };
	const more = { revokeToken: never, setPreferences: never, conversations: never, checks: async () => ({}) };
	const logins = { logins: async () => [], endLogin: never, endLogins: never };
	return {
		...none,
		...more,
		...logins,
		me: async () => person('ann'),
		everybody: never,
		strangers: never,
		linkCode: async () => ({ code: 'K7QF-2M9D', expiresAt: 600_000 }),
		...change,
	};
}

describe('createPeople', () => {
	it('asks about others as the owner only, and leaves oneself out', async () => {
		const people = [person('ann'), person('bob', { role: 'member' })];
		const asOwner = createPeople(server({ everybody: async () => people, strangers: async () => [] }));
		await asOwner.others.refresh();
		expect(asOwner.others.value.value?.people.map(({ id }) => id)).toEqual(['bob']);
		const asMember = createPeople(server({ me: async () => person('bob', { role: 'member' }) }));
		await asMember.others.refresh();
		expect(asMember.others.value.value).toEqual({ people: [], strangers: [] });
		expect(asMember.others.problem.value).toBeUndefined();
	});

	it('shows a code until an account was linked with it, and says which', async () => {
		let me = person('ann', { role: 'member', identities: [{ identity: 'discord:1' }] });
		const people = createPeople(server({ me: async () => me }));
		await people.me.refresh();
		await people.startLinking();
		await people.me.refresh();
		expect(people.link.value?.code).toBe('K7QF-2M9D');
		me = { ...me, identities: [...me.identities, { identity: 'telegram:4711' }] };
		await people.me.refresh();
		expect(people.link.value).toBeUndefined();
		expect(people.done.value).toBe('Linked telegram:4711.');
	});

	it('reads anew after what was done, and says so only when it was', async () => {
		let tokens: PersonView['tokens'] = [{ id: 't1', name: 'laptop', createdAt: 1 }];
		const api = server({
			me: async () => person('ann', { role: 'member', tokens }),
			revokeToken: async () => {
				tokens = [];
			},
		});
		const people = createPeople(api);
		await people.act(() => people.api.revokeToken('t1'), 'Revoked the token.');
		expect(people.me.value.value?.tokens).toEqual([]);
		expect(people.done.value).toBe('Revoked the token.');
		await expect(people.act(() => people.api.forget('bob'), 'Forgot Bob.')).rejects.toThrow();
		expect(people.done.value).toBe('Revoked the token.');
	});
});
