import type { PersonId } from '../../domain/ids.ts';
import type { PairingView, PersonView, Preferences, Role } from '../../domain/person/person-view.ts';
import type { Principal } from './desk.ts';

/**
 * IPeopleDesk knows who is who: people, their accounts on platforms, their tokens. Refusals are CoreErrors whose words are
 * for the caller; a resolved promise means the change is durable.
 */
export interface IPeopleDesk {
	/** Who an identity (`telegram:4711`) is; undefined for a stranger. Cheap, because every message asks. */
	whoIs(identity: string): Promise<Principal | undefined>;
	/** Whose API token this is; `token` in what is returned is its id. */
	byToken(token: string): Promise<{ principal: Principal; token: string } | undefined>;
	view(person: PersonId): Promise<PersonView | undefined>;
	/** Everybody for the owner, only themselves for others. */
	list(principal: Principal): Promise<readonly PersonView[]>;

	/** A stranger's code for the owner to approve; the same one while it is good. */
	requestPairing(identity: string, name: string | undefined): Promise<PairingView>;
	/** Strangers who wait to be let in; owner only, as are `pair`, `refuse` and `setRole`. */
	pairings(principal: Principal): Promise<readonly PairingView[]>;
	/** Lets a stranger in as a new person; `code` may be their account (`telegram:4711`), before they ever wrote too. */
	pair(principal: Principal, code: string, role: Exclude<Role, 'owner'>): Promise<PersonView>;
	/** Turns a stranger away for good. */
	refuse(principal: Principal, code: string): Promise<void>;
	setRole(principal: Principal, person: PersonId, role: Role): Promise<PersonView>;

	/** A code that links one more account to the caller, once, within ten minutes. */
	issueLinkCode(principal: Principal): Promise<{ code: string; expiresAt: number }>;
	/** Links an account that belongs to nobody yet to whoever was given the code. */
	link(identity: string, code: string, name: string | undefined): Promise<PersonView>;
	/** Takes an account off a person: one's own, or for the owner anybody's. */
	unlink(principal: Principal, identity: string): Promise<PersonView>;

	setPreferences(principal: Principal, preferences: Partial<Preferences>): Promise<PersonView>;
	/** The token itself is shown this once. */
	issueToken(principal: Principal, name: string): Promise<{ id: string; token: string }>;
	revokeToken(principal: Principal, id: string): Promise<void>;
	/** Blanks what a person said and made, and drops their accounts and tokens. Returns how many streams were blanked. */
	forget(principal: Principal, person: PersonId): Promise<{ streams: number }>;
}
