import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';

/** How long a login lasts. */
export const LOGIN_LIFETIME_MS = 30 * 24 * 3_600_000;

/** ILogins keeps who is logged in on the page. What it is asked for is a session id, from a cookie; what it keeps of it is a digest. */
export interface ILogins {
	/** Logs a person in; returns the session id for their cookie once that is durable. */
	begin(principal: Principal): Promise<string>;
	/** Whose login this session id is; `login` names it without giving it away. */
	find(id: string): Promise<{ principal: Principal; login: string } | undefined>;
	end(login: string): Promise<void>;
	/** Ends every login of a person; returns them. */
	endAllOf(person: PersonId): Promise<readonly string[]>;
}

/** ILoginCodes hands out codes that log a person in once, within ten minutes. */
export interface ILoginCodes {
	issue(principal: Principal): { code: string; expiresAt: number };
	/** Who the code logs in; a second call with the same code gives nobody. */
	redeem(code: string): Promise<Principal | undefined>;
}
