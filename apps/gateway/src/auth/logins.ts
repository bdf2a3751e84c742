import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { z } from 'zod';

/** How long a login lasts. */
export const LOGIN_LIFETIME_MS = 30 * 24 * 3_600_000;

/** How far behind what is kept of a login's last use may be: noting each would be a write for every click. */
export const USE_NOTED_MS = 10 * 60_000;

/** LoginOrigin is what the code of a login was given to. */
export const LoginOrigin = z.object({
	/** `server` for the link that is shown at its start, `token`, `page` for another login, or the chat, such as `telegram`. */
	from: z.string().max(30),
	/** The person's own API token by which all began: the login ends with it. */
	token: z.string().max(30).exactOptional(),
});
export type LoginOrigin = z.output<typeof LoginOrigin>;

/** LoginView is a login as its person sees it; the id names it without letting anybody in. */
export interface LoginView {
	readonly id: string;
	readonly madeAt: number;
	/** To ten minutes. */
	readonly usedAt: number;
	readonly expiresAt: number;
	/** Unknown for one that began before this was noted. */
	readonly origin?: LoginOrigin | undefined;
}

/** FoundLogin is whose login a session id is; `login` names it without giving it away. */
export interface FoundLogin {
	readonly principal: Principal;
	readonly login: string;
	readonly origin?: LoginOrigin | undefined;
}

/** ILogins keeps who is logged in on the page. What it is asked for is a session id, from a cookie; what it keeps of it is a digest. */
export interface ILogins {
	/** Logs a person in; returns the session id for their cookie once that is durable. */
	begin(principal: Principal, origin: LoginOrigin): Promise<string>;
	/** Whose login this session id is; notes that it is used. */
	find(id: string): Promise<FoundLogin | undefined>;
	/** Those of a person that let them in, oldest first. */
	list(person: PersonId): Promise<readonly LoginView[]>;
	/** What names the login with this id of a list. */
	named(person: PersonId, id: string): string;
	end(login: string): Promise<void>;
	/** Ends every login of a person; returns them. */
	endAllOf(person: PersonId): Promise<readonly string[]>;
}

/** IssuedTo is whom a code logs in, and what it was given to. */
export interface IssuedTo {
	readonly principal: Principal;
	readonly origin: LoginOrigin;
}

/** ILoginCodes hands out codes that log a person in once, within ten minutes. */
export interface ILoginCodes {
	issue(principal: Principal, origin: LoginOrigin): { code: string; expiresAt: number };
	/** Who the code logs in; a second call with the same code gives nobody. */
	redeem(code: string): Promise<IssuedTo | undefined>;
	/** Voids every code of a person that is not used yet. */
	voidAllOf(person: PersonId): Promise<void>;
}
