import type { PersonId } from '../ids.ts';

export type Role = 'owner' | 'member' | 'guest';

/** Preferences say where and when a person wants to be told. */
export interface Preferences {
	/** Besides where a task was given: the frontend on which its questions, and its end, are told as well. */
	readonly notify: { readonly questions?: string | undefined; readonly answers?: string | undefined };
	/** No messages that ring between these times of the day, `HH:MM`, in this IANA time zone. */
	readonly quiet?: { readonly from: string; readonly to: string; readonly timeZone: string } | undefined;
	/** Where they live, as an IANA time zone: times they write are meant there. */
	readonly timeZone?: string | undefined;
}

/** ownTimeZone is the zone that somebody's times are meant in, as far as they have said; that of their quiet hours will do. */
export function ownTimeZone({ timeZone, quiet }: Preferences): string | undefined {
	return timeZone ?? quiet?.timeZone;
}

/** LinkedIdentity is an account of a person on a platform: `telegram:4711`. */
export interface LinkedIdentity {
	readonly identity: string;
	readonly name?: string | undefined;
	/** ms since 1970; undefined for one that the server's configuration names, which only its operator can take away. */
	readonly linkedAt?: number | undefined;
}

/** TokenView is an API token without the token. */
export interface TokenView {
	readonly id: string;
	readonly name: string;
	readonly createdAt: number;
}

/** PersonView is a person as the page, the API and the commands show them. */
export interface PersonView {
	readonly id: PersonId;
	readonly role: Role;
	readonly name?: string | undefined;
	readonly identities: readonly LinkedIdentity[];
	readonly tokens: readonly TokenView[];
	readonly preferences: Preferences;
}

/** PairingView is a stranger who asks to be let in. */
export interface PairingView {
	readonly code: string;
	readonly identity: string;
	readonly name?: string | undefined;
	readonly askedAt: number;
	readonly expiresAt: number;
}
