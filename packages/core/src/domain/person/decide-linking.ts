import type { PeopleCommandOf } from './commands.ts';
import { peopleFact } from './facts.ts';
import { add, asPerson, nothingNew, type PeopleDecision, refuse, shownName } from './people-decision.ts';
import { findPerson, PEOPLE_LIMITS, type People, personOfIdentity } from './state.ts';

/** decideLinkIdentity links an account to whoever was given the code. An account of somebody else is never taken over. */
export function decideLinkIdentity(
	state: People,
	{ at, identity, name, digest }: PeopleCommandOf<'LinkIdentity'>,
): PeopleDecision {
	const code = state.linkCodes.find((open) => open.digest === digest && open.expiresAt > at);
	const person = code === undefined ? undefined : findPerson(state, code.person);
	if (code === undefined || person === undefined) return refuseLinkCode();
	const holder = personOfIdentity(state, identity);
	if (holder?.id === person.id) return nothingNew;
	if (holder !== undefined) {
		const message = `The account ${identity} belongs to somebody else here.`;
		return refuse('not-possible', message, 'Write `/unlink` with it there first, then link it with a new code.');
	}
	// Who shares their code with somebody the owner declined must not let them in behind the owner's back.
	if (person.role !== 'owner' && state.refused.some((other) => other.identity === identity)) {
		return refuse(
			'forbidden',
			'The owner of this server has declined this account.',
			'Only the owner can change that.',
		);
	}
	if (person.identities.length >= PEOPLE_LIMITS.identitiesOfPerson) {
		const message = `There are ${person.identities.length} accounts linked already; there may not be more.`;
		return refuse('not-possible', message, '`/unlink` one that is no longer used.');
	}
	return add(peopleFact('IdentityLinked', { person: person.id, identity, ...shownName(name), digest }));
}

/** decideUnlinkIdentity takes an account off a person: one's own, or for an owner anybody's. */
export function decideUnlinkIdentity(
	state: People,
	{ by, identity }: PeopleCommandOf<'UnlinkIdentity'>,
): PeopleDecision {
	return asPerson(state, by, ({ role }) => {
		const holder = personOfIdentity(state, identity);
		if (holder !== undefined && (holder.id === by || role === 'owner')) {
			return add(peopleFact('IdentityUnlinked', { person: holder.id, identity, by }));
		}
		const message = `No account "${identity.slice(0, 100)}" is linked.`;
		return refuse('not-found', message, '`/accounts` lists yours.');
	});
}

/** refuseLinkCode turns down a code that links nothing, without saying why: who guesses learns nothing. */
function refuseLinkCode(): PeopleDecision {
	const message = 'This link code is wrong, used, or older than ten minutes.';
	return refuse('invalid-input', message, 'Write `/link` where you are known already to get a new one.');
}
