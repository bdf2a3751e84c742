import type { IncomingHttpHeaders } from 'node:http';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { PersonId } from '@errand/core/domain/ids.ts';
import { OWNER_ID } from '@errand/core/domain/person/state.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IPeopleDesk } from '@errand/core/orchestrator/desks/people.ts';
import type { ILoginCodes, ILogins, LoginOrigin, LoginView } from './logins.ts';
import type { ListeningAddress } from './origin-policy.ts';
import { digestOf, sameDigest } from './secret-text.ts';

/** The person who set this server up. */
export const OWNER: Principal = { person: OWNER_ID, role: 'owner' };

/** Caller is who sent a request; `login` is set when a cookie vouches for them rather than a token. */
export interface Caller {
	readonly principal: Principal;
	readonly login?: string | undefined;
	/** What a link to the page that they ask for is given to. */
	readonly origin?: LoginOrigin | undefined;
	/** Set when an agent showed its own token: it speaks for itself alone. */
	readonly agent?: string | undefined;
}

/** Credentials are what a request or a socket's handshake shows. */
export interface Credentials {
	readonly headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>;
	/** A token given in a socket's handshake, where browsers cannot set headers. */
	readonly token?: unknown;
}

interface AuthenticatorParts {
	/** The owner's. */
	readonly token: string;
	readonly sessions: ILogins;
	readonly codes: ILoginCodes;
	readonly people: Pick<IPeopleDesk, 'whoIs' | 'byToken' | 'view'>;
	readonly listening: () => ListeningAddress;
	/** The cookie's name where several gateways on several ports know the same logins. */
	readonly cookie?: string | undefined;
}

/** loginIdOf is the id under which a person's list has a login. */
export function loginIdOf(login: string): string {
	return login.slice(login.lastIndexOf('/') + 1);
}

/** Authenticator knows tokens, one-time login codes and logins. What somebody may do is asked anew each time: who was turned away is out at once. */
export class Authenticator {
	readonly #tokenDigest: string;
	readonly #sessions: ILogins;
	readonly #people: AuthenticatorParts['people'];
	readonly #codes: ILoginCodes;
	readonly #listening: () => ListeningAddress;
	readonly #cookie: string | undefined;

	constructor(parts: AuthenticatorParts) {
		this.#tokenDigest = digestOf(parts.token);
		this.#sessions = parts.sessions;
		this.#people = parts.people;
		this.#codes = parts.codes;
		this.#listening = parts.listening;
		this.#cookie = parts.cookie;
	}

	/** Who is calling, or nobody. A wrong token is not made good by a valid cookie. */
	async authenticate({ headers, token }: Credentials): Promise<Caller | undefined> {
		const shown = typeof token === 'string' ? token : bearerOf(headers.authorization);
		if (shown !== undefined) {
			if (sameDigest(digestOf(shown), this.#tokenDigest)) return { principal: OWNER, origin: { from: 'token' } };
			const known = await this.#people.byToken(shown);
			return known && { principal: known.principal, origin: { from: 'token', token: known.token } };
		}
		const id = cookieOf(headers.cookie, this.cookieName());
		const found = id === undefined ? undefined : await this.#sessions.find(id);
		const principal = found && (await this.#people.whoIs(`web:${found.principal.person}`));
		if (!principal || !(await this.#stands(principal, found.origin))) return undefined;
		const { login, origin } = found;
		// Who came by a token makes no login that outlasts it.
		const began = origin?.token === undefined ? {} : { token: origin.token };
		return { principal, login, origin: { from: 'page', ...began } };
	}

	/** Makes a code that logs the person in once, within ten minutes. */
	issueCode(principal: Principal, origin: LoginOrigin): { code: string; expiresAt: number } {
		return this.#codes.issue(principal, origin);
	}

	/** Exchanges a code for the session id of a new login; throws `unauthorized`. */
	async logIn(code: string): Promise<{ principal: Principal; session: string }> {
		const issuedTo = await this.#codes.redeem(code);
		const principal = issuedTo && (await this.#people.whoIs(`web:${issuedTo.principal.person}`));
		if (!principal || !(await this.#stands(principal, issuedTo.origin))) {
			throw new CoreError('unauthorized', 'This login code is unknown, used or older than ten minutes.', {
				hint: 'Ask for a new link: restart the server, or POST /v1/login-codes with the token.',
			});
		}
		return { principal, session: await this.#sessions.begin(principal, issuedTo.origin) };
	}

	async logOut(login: string): Promise<void> {
		await this.#sessions.end(login);
	}

	/** The logins of a person, the latest first. */
	async logins({ person, role }: Principal): Promise<readonly LoginView[]> {
		const listed = await this.#sessions.list(person);
		const stand = await Promise.all(listed.map(({ origin }) => this.#stands({ person, role }, origin)));
		return listed.filter((_, n) => stand[n]).reverse();
	}

	/** Ends a login of a person by its id; returns what named it, or undefined when they have none such. */
	async endLogin(person: PersonId, id: string): Promise<string | undefined> {
		const listed = await this.#sessions.list(person);
		if (!listed.some((login) => login.id === id)) return undefined;
		const login = this.#sessions.named(person, id);
		await this.#sessions.end(login);
		return login;
	}

	/** Ends every login of a person, and links that nobody followed yet; returns the logins. */
	async logOutAll(person: PersonId): Promise<readonly string[]> {
		await this.#codes.voidAllOf(person);
		return this.#sessions.endAllOf(person);
	}

	/** Whether the token by which a login began lets anybody in still. */
	async #stands({ person }: Principal, origin: LoginOrigin | undefined): Promise<boolean> {
		if (origin?.token === undefined) return true;
		const view = await this.#people.view(person);
		return view?.tokens.some(({ id }) => id === origin.token) ?? false;
	}

	/** Browsers keep cookies per host, not per port: the port keeps two servers on one machine apart. */
	cookieName(): string {
		return this.#cookie ?? `errand_${this.#listening().port}`;
	}
}

function bearerOf(authorization: string | undefined): string | undefined {
	if (authorization === undefined) return undefined;
	return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}

function cookieOf(header: string | undefined, name: string): string | undefined {
	if (header === undefined) return undefined;
	for (const pair of header.split(';')) {
		const split = pair.indexOf('=');
		if (split > 0 && pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim();
	}
	return undefined;
}
