import type { PeopleCommand, PeopleCommandOf } from './commands.ts';
import { decideLinkIdentity, decideUnlinkIdentity } from './decide-linking.ts';
import { decidePair, decideRefusePairing, decideRequestPairing } from './decide-pairing.ts';
import { peopleFact } from './facts.ts';
import {
	add,
	asOwner,
	asPerson,
	nothingNew,
	type PeopleDecision,
	refuse,
	refuseUnknown,
	shownName,
} from './people-decision.ts';
import { findPerson, NEW_DIRECTORY, OWNER_ID, PEOPLE_LIMITS, type People, type PeopleState } from './state.ts';

/** decidePeople says which facts a command may add to the directory. */
export function decidePeople(state: PeopleState, command: PeopleCommand): PeopleDecision {
	const people = state ?? NEW_DIRECTORY;
	switch (command.type) {
		case 'RequestPairing':
			return decideRequestPairing(people, command);
		case 'Pair':
			return decidePair(people, command);
		case 'RefusePairing':
			return decideRefusePairing(people, command);
		case 'LinkIdentity':
			return decideLinkIdentity(people, command);
		case 'UnlinkIdentity':
			return decideUnlinkIdentity(people, command);
		case 'ChangeRole':
			return changeRole(people, command);
		case 'IssueLinkCode': {
			const { at, by: person, digest } = command;
			const expiresAt = at + PEOPLE_LIMITS.linkCodeMs;
			return asPerson(people, person, () => add(peopleFact('LinkCodeIssued', { person, digest, expiresAt })));
		}
		case 'ChangePreferences':
			return asPerson(people, command.by, ({ id: person, preferences: old }) => {
				const { notify = old.notify } = command.change;
				const quiet = 'quiet' in command.change ? command.change.quiet : old.quiet;
				const timeZone = 'timeZone' in command.change ? command.change.timeZone : old.timeZone;
				const preferences = {
					notify,
					...(quiet === undefined ? {} : { quiet }),
					...(timeZone === undefined ? {} : { timeZone }),
				};
				return add(peopleFact('PreferencesChanged', { person, preferences }));
			});
		case 'IssueToken':
			return issueToken(people, command);
		case 'RevokeToken':
			return revokeToken(people, command);
		case 'PinModel':
			return asPerson(people, command.by, ({ id: person, model }) => {
				if (command.model === model) return nothingNew;
				return command.model === undefined
					? add(peopleFact('ModelUnpinned', { person }))
					: add(peopleFact('ModelPinned', { person, model: command.model }));
			});
		case 'ForgetPerson':
			return forgetPerson(people, command);
		case 'FinishForgetting': {
			const { person } = command;
			return people.forgetting.includes(person) ? add(peopleFact('PersonErased', { person })) : nothingNew;
		}
	}
}

function changeRole(state: People, { by, person: id, role }: PeopleCommandOf<'ChangeRole'>): PeopleDecision {
	return asOwner(state, by, () => {
		const person = findPerson(state, id);
		if (person === undefined) return refuseUnknown(id);
		if (person.role === role) return nothingNew;
		if (id !== OWNER_ID) return add(peopleFact('RoleChanged', { person: id, role, by }));
		const message = 'Whoever set this server up stays its owner.';
		return refuse('not-possible', message, 'Make others owners besides, if you like.');
	});
}

function issueToken(state: People, { by, id, name, digest }: PeopleCommandOf<'IssueToken'>): PeopleDecision {
	return asPerson(state, by, ({ tokens }) => {
		if (tokens.length >= PEOPLE_LIMITS.tokensOfPerson) {
			const message = `You have ${tokens.length} API tokens; there may not be more.`;
			return refuse('not-possible', message, 'Revoke one that is no longer used.');
		}
		return add(peopleFact('TokenIssued', { person: by, id, name: shownName(name).name ?? 'token', digest }));
	});
}

function revokeToken(state: People, { by, id }: PeopleCommandOf<'RevokeToken'>): PeopleDecision {
	return asPerson(state, by, (person) => {
		const holders = person.role === 'owner' ? Object.values(state.people) : [person];
		const holder = holders.find(({ tokens }) => tokens.some((token) => token.id === id));
		if (holder !== undefined) return add(peopleFact('TokenRevoked', { person: holder.id, id, by }));
		return refuse('not-found', `There is no API token "${id.slice(0, 100)}".`, '`/accounts` lists yours.');
	});
}

function forgetPerson(state: People, { by, person: id }: PeopleCommandOf<'ForgetPerson'>): PeopleDecision {
	// Whoever asked to be forgotten themselves is gone already when it has to be finished.
	if (state.forgetting.includes(id) && (id === by || findPerson(state, by)?.role === 'owner')) return nothingNew;
	return asPerson(state, by, ({ role }) => {
		if (role !== 'owner' && by !== id) {
			const message = 'Only the owner may have somebody else forgotten.';
			return refuse('forbidden', message, 'Ask the owner of this server.');
		}
		return findPerson(state, id) === undefined
			? refuseUnknown(id)
			: add(peopleFact('PersonForgotten', { person: id, by }));
	});
}
