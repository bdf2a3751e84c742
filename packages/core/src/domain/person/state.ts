import { asPersonId, type PersonId } from '../ids.ts';
import type { LinkedIdentity, Preferences, Role } from './person-view.ts';

/** OWNER_ID is the person who set this server up: they are always there, and always an owner. */
export const OWNER_ID: PersonId = asPersonId('owner');

/** PEOPLE_LIMITS bound the directory, however many strangers knock. */
export const PEOPLE_LIMITS = {
	people: 1_000,
	identitiesOfPerson: 20,
	tokensOfPerson: 20,
	openPairings: 100,
	refused: 1_000,
	pairingMs: 24 * 3_600_000,
	linkCodeMs: 10 * 60_000,
	nameCharacters: 100,
} as const;

/** KnownToken is an API token as the directory keeps it. */
export interface KnownToken {
	readonly id: string;
	readonly name: string;
	readonly createdAt: number;
	readonly digest: string;
}

/** Person is somebody this server knows. */
export interface Person {
	readonly id: PersonId;
	readonly role: Role;
	readonly name?: string | undefined;
	readonly identities: readonly LinkedIdentity[];
	readonly tokens: readonly KnownToken[];
	readonly preferences: Preferences;
	/** The model that all their work goes to. */
	readonly model?: string | undefined;
}

/** Pairing is a stranger who waits to be let in. */
export interface Pairing {
	readonly identity: string;
	readonly name?: string | undefined;
	readonly code: string;
	readonly askedAt: number;
	readonly expiresAt: number;
}

/** LinkCode is a code that links one more account to a person, once. */
export interface LinkCode {
	readonly person: PersonId;
	readonly digest: string;
	readonly expiresAt: number;
}

/** People is the folded directory: who there is, who is who, and who waits. It is plain data, so that it can be a snapshot. */
export interface People {
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	readonly people: Readonly<Record<PersonId, Person>>;
	readonly byIdentity: Readonly<Record<string, PersonId>>;
	/** Whose API token has this digest. */
	readonly byToken: Readonly<Record<string, PersonId>>;
	/** Oldest first. */
	readonly pairings: readonly Pairing[];
	readonly refused: readonly Pairing[];
	readonly linkCodes: readonly LinkCode[];
	/** People whose words are still being blanked. */
	readonly forgetting: readonly PersonId[];
}

/** PeopleState is the directory, or `undefined` before its first fact. */
export type PeopleState = People | undefined;

/** newOwner is the owner as they are before anything is known about them. */
export function newOwner(): Person {
	return { id: OWNER_ID, role: 'owner', identities: [], tokens: [], preferences: { notify: {} } };
}

/** NEW_DIRECTORY is the directory of a new server. */
export const NEW_DIRECTORY: People = {
	seq: 0,
	at: 0,
	people: { [OWNER_ID]: newOwner() },
	byIdentity: {},
	byToken: {},
	pairings: [],
	refused: [],
	linkCodes: [],
	forgetting: [],
};

/** findPerson finds somebody by id. */
export function findPerson(state: People, id: PersonId): Person | undefined {
	return Object.hasOwn(state.people, id) ? state.people[id] : undefined;
}

/** personOfIdentity finds who has an account. */
export function personOfIdentity(state: People, identity: string): Person | undefined {
	const id = Object.hasOwn(state.byIdentity, identity) ? state.byIdentity[identity] : undefined;
	return id === undefined ? undefined : findPerson(state, id);
}

/** personOfToken finds whose API token has this digest. */
export function personOfToken(state: People, digest: string): Person | undefined {
	const id = Object.hasOwn(state.byToken, digest) ? state.byToken[digest] : undefined;
	return id === undefined ? undefined : findPerson(state, id);
}

/** openPairings are the strangers whose code is good at this time. */
export function openPairings(state: People, now: number): Pairing[] {
	return state.pairings.filter(({ expiresAt }) => expiresAt > now);
}
