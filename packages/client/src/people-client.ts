import type { Call, CallOptions, Connection } from './connection.ts';
import type { Login, Pairing, Person, PreferencesChange, Role } from './person.ts';

/** PeopleClient calls what is about people: oneself, and for the owner everybody. */
export class PeopleClient {
	readonly #connection: Connection;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** Everybody for the owner, oneself for others. */
	async list(options: CallOptions = {}): Promise<Person[]> {
		return (await this.#get<{ people: Person[] }>('', options)).people;
	}

	/** Who calls. */
	me(options: CallOptions = {}): Promise<Person> {
		return this.#get('/me', options);
	}

	setPreferences(change: PreferencesChange, options: CallOptions = {}): Promise<Person> {
		return this.#send('PATCH', '/me/preferences', { body: change, ...options });
	}

	/** A code that links one more account to you, once, within ten minutes. */
	linkCode(options: CallOptions = {}): Promise<{ code: string; expiresAt: number }> {
		return this.#send('POST', '/me/link-code', options);
	}

	/** Takes an account off a person: `me`, or for the owner anybody. */
	unlink(person: string, identity: string, options: CallOptions = {}): Promise<Person> {
		return this.#send('DELETE', `/${encodeURIComponent(person)}/identities/${encodeURIComponent(identity)}`, options);
	}

	/** A token of your own, which is shown this once. */
	issueToken(name: string, options: CallOptions = {}): Promise<{ id: string; token: string }> {
		return this.#send('POST', '/me/tokens', { body: { name }, ...options });
	}

	async revokeToken(id: string, options: CallOptions = {}): Promise<void> {
		await this.#connection.open(callOf('DELETE', `/me/tokens/${encodeURIComponent(id)}`, options));
	}

	/** Your logins of the page, the latest first. */
	async logins(options: CallOptions = {}): Promise<Login[]> {
		return (await this.#get<{ logins: Login[] }>('/me/logins', options)).logins;
	}

	async endLogin(id: string, options: CallOptions = {}): Promise<void> {
		await this.#connection.open(callOf('DELETE', `/me/logins/${encodeURIComponent(id)}`, options));
	}

	/** Logs you out everywhere; resolves with how many logins that ended. */
	async endLogins(options: CallOptions = {}): Promise<number> {
		return (await this.#send<{ ended: number }>('DELETE', '/me/logins', options)).ended;
	}

	/** Strangers who wait to be let in. */
	async pairings(options: CallOptions = {}): Promise<Pairing[]> {
		return (await this.#get<{ pairings: Pairing[] }>('/pairings', options)).pairings;
	}

	/** Lets a stranger in. */
	pair(code: string, role: 'member' | 'guest' = 'member', options: CallOptions = {}): Promise<Person> {
		return this.#send('POST', `/pairings/${encodeURIComponent(code)}/approve`, { body: { role }, ...options });
	}

	/** Turns a stranger away for good. */
	async refuse(code: string, options: CallOptions = {}): Promise<void> {
		await this.#connection.open(callOf('POST', `/pairings/${encodeURIComponent(code)}/refuse`, options));
	}

	setRole(person: string, role: Role, options: CallOptions = {}): Promise<Person> {
		return this.#send('PATCH', `/${encodeURIComponent(person)}`, { body: { role }, ...options });
	}

	/** Blanks what a person said and what was made for them. */
	forget(person: string, options: CallOptions = {}): Promise<{ streams: number }> {
		return this.#send('DELETE', `/${encodeURIComponent(person)}`, options);
	}

	#get<T>(path: string, options: CallOptions): Promise<T> {
		return this.#connection.json(callOf('GET', path, { safe: true, ...options }));
	}

	#send<T>(method: Call['method'], path: string, options: Omit<Call, 'method' | 'path'>): Promise<T> {
		return this.#connection.json(callOf(method, path, options));
	}
}

function callOf(method: Call['method'], path: string, options: Omit<Call, 'method' | 'path'>): Call {
	return { method, path: `/v1/people${path}`, ...options };
}
