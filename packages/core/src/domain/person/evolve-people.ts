import type { PersonId } from '../ids.ts';
import type { RecordedPeopleFact } from './facts.ts';
import {
	findPerson,
	NEW_DIRECTORY,
	newOwner,
	OWNER_ID,
	type Pairing,
	PEOPLE_LIMITS,
	type People,
	type PeopleState,
	type Person,
} from './state.ts';

/** PEOPLE_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const PEOPLE_EVOLVE_VERSION = 'people-2';

/** evolvePeople folds one fact into the directory. It is total: any fact on any state gives a state. */
export function evolvePeople(state: PeopleState, fact: RecordedPeopleFact): People {
	const before = state ?? NEW_DIRECTORY;
	const at = Math.max(before.at, fact.at);
	return { ...apply(withoutExpired(before, at), fact), seq: fact.seq, at };
}

type FactOf<T extends RecordedPeopleFact['type']> = Extract<RecordedPeopleFact, { type: T }>;

function apply(state: People, fact: RecordedPeopleFact): People {
	switch (fact.type) {
		case 'PairingRequested':
			return requested(state, fact);
		case 'PairingRefused':
			return refused(state, fact.data.identity);
		case 'PersonAdded':
			return added(state, fact);
		case 'IdentityLinked':
			return linked(state, fact);
		case 'IdentityUnlinked':
			return unlinked(state, fact.data.identity);
		case 'RoleChanged':
			return change(state, fact.data.person, (person) => ({ ...person, role: fact.data.role }));
		case 'LinkCodeIssued': {
			const others = state.linkCodes.filter(({ person }) => person !== fact.data.person);
			return { ...state, linkCodes: [...others, fact.data] };
		}
		case 'PreferencesChanged':
			return change(state, fact.data.person, (person) => ({ ...person, preferences: fact.data.preferences }));
		case 'TokenIssued':
			return tokenIssued(state, fact);
		case 'TokenRevoked':
			return tokenRevoked(state, fact.data);
		case 'ModelPinned':
			return change(state, fact.data.person, (person) => ({ ...person, model: fact.data.model }));
		case 'ModelUnpinned':
			return change(state, fact.data.person, ({ model: _model, ...person }) => person);
		case 'PersonForgotten':
			return forgotten(state, fact.data.person);
		case 'PersonErased':
			return { ...state, forgetting: state.forgetting.filter((person) => person !== fact.data.person) };
		default:
			// An erased fact, or one of a later release: neither must keep the rest from being shown.
			return state;
	}
}

function withoutExpired(state: People, at: number): People {
	const isGood = ({ expiresAt }: { readonly expiresAt: number }) => expiresAt > at;
	if (state.pairings.every(isGood) && state.linkCodes.every(isGood)) return state;
	return { ...state, pairings: state.pairings.filter(isGood), linkCodes: state.linkCodes.filter(isGood) };
}

function requested(state: People, { at, data }: FactOf<'PairingRequested'>): People {
	const { identity, name, code, expiresAt } = data;
	const pairing: Pairing = { identity, ...(name === undefined ? {} : { name }), code, askedAt: at, expiresAt };
	const others = state.pairings.filter((other) => other.identity !== identity);
	return { ...state, pairings: [...others, pairing].slice(-PEOPLE_LIMITS.openPairings) };
}

function refused(state: People, identity: string): People {
	const pairing = state.pairings.find((other) => other.identity === identity);
	if (pairing === undefined) return state;
	const others = state.refused.filter((other) => other.identity !== identity);
	return {
		...state,
		pairings: state.pairings.filter((other) => other !== pairing),
		refused: [...others, pairing].slice(-PEOPLE_LIMITS.refused),
	};
}

function added(state: People, { data }: FactOf<'PersonAdded'>): People {
	const { person: id, role, name } = data;
	if (findPerson(state, id) !== undefined) return state;
	const person: Person = {
		id,
		role,
		...(name === undefined ? {} : { name }),
		identities: [],
		tokens: [],
		preferences: { notify: {} },
	};
	return { ...state, people: { ...state.people, [id]: person } };
}

function linked(state: People, { at, data }: FactOf<'IdentityLinked'>): People {
	const { person, identity, name, digest } = data;
	// Also where an earlier holder's facts were blanked: nobody keeps what somebody else was given.
	const free = unlinked(state, identity);
	if (findPerson(free, person) === undefined) return free;
	const account = { identity, ...(name === undefined ? {} : { name }), linkedAt: at };
	const next = change(free, person, (one) => ({ ...one, identities: [...one.identities, account] }));
	const isOther = (waiting: Pairing) => waiting.identity !== identity;
	return {
		...next,
		byIdentity: { ...next.byIdentity, [identity]: person },
		pairings: next.pairings.filter(isOther),
		refused: next.refused.filter(isOther),
		linkCodes: next.linkCodes.filter((code) => code.digest !== digest),
	};
}

function unlinked(state: People, identity: string): People {
	const { [identity]: holder, ...byIdentity } = state.byIdentity;
	if (holder === undefined) return state;
	return change({ ...state, byIdentity }, holder, (person) => ({
		...person,
		identities: person.identities.filter((account) => account.identity !== identity),
	}));
}

function tokenIssued(state: People, { at, data }: FactOf<'TokenIssued'>): People {
	const { person, id, name, digest } = data;
	if (findPerson(state, person) === undefined) return state;
	const token = { id, name, createdAt: at, digest };
	const next = change(state, person, (one) => ({ ...one, tokens: [...one.tokens, token] }));
	return { ...next, byToken: { ...next.byToken, [digest]: person } };
}

function tokenRevoked(state: People, { person, id }: FactOf<'TokenRevoked'>['data']): People {
	const token = findPerson(state, person)?.tokens.find((other) => other.id === id);
	if (token === undefined) return state;
	const { [token.digest]: _revoked, ...byToken } = state.byToken;
	return change({ ...state, byToken }, person, (one) => ({
		...one,
		tokens: one.tokens.filter((other) => other !== token),
	}));
}

function forgotten(state: People, id: PersonId): People {
	const { [id]: _forgotten, ...others } = state.people;
	const keep = <Key extends string>(owners: Readonly<Record<Key, PersonId>>) =>
		Object.fromEntries(Object.entries(owners).filter(([, person]) => person !== id)) as Record<Key, PersonId>;
	return {
		...state,
		people: id === OWNER_ID ? { ...others, [id]: newOwner() } : others,
		byIdentity: keep(state.byIdentity),
		byToken: keep(state.byToken),
		linkCodes: state.linkCodes.filter(({ person }) => person !== id),
		forgetting: [...state.forgetting.filter((person) => person !== id), id],
	};
}

function change(state: People, id: PersonId, with_: (person: Person) => Person): People {
	const person = findPerson(state, id);
	return person === undefined ? state : { ...state, people: { ...state.people, [id]: with_(person) } };
}
