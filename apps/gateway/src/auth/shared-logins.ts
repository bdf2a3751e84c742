import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import { z } from 'zod';
import { type ILogins, LOGIN_LIFETIME_MS } from './logins.ts';
import { digestOf, newSecret } from './secret-text.ts';

const StoredLogin = z.object({ role: z.enum(['owner', 'member', 'guest']), expiresAt: z.number() });
const StoredList = z.array(z.object({ login: z.string(), expiresAt: z.number() }));
/** Logins of one person; one more ends the oldest. */
const MAX_LOGINS = 100;

/**
 * SharedLogins keeps logins in the vault, where every gateway finds them. A session id says whose it is, `<person>.<secret>`,
 * and the vault's names begin with the person: forgetting somebody ends their logins.
 */
export class SharedLogins implements ILogins {
	readonly #vault: ISecretVault;
	readonly #clock: IClock;

	constructor(vault: ISecretVault, clock: IClock) {
		this.#vault = vault;
		this.#clock = clock;
	}

	async begin({ person, role }: Principal): Promise<string> {
		const id = `${Buffer.from(person).toString('base64url')}.${newSecret()}`;
		const login = loginName(person, id);
		const now = this.#clock.now();
		const expiresAt = now + LOGIN_LIFETIME_MS;
		await this.#vault.put(login, JSON.stringify({ role, expiresAt }));
		const listed = await this.#listed(person);
		const kept = [...listed.filter((one) => one.expiresAt > now), { login, expiresAt }].slice(-MAX_LOGINS);
		await this.#vault.put(listName(person), JSON.stringify(kept));
		await Promise.all(listed.filter((one) => !kept.includes(one)).map((one) => this.end(one.login)));
		return id;
	}

	async find(id: string): Promise<{ principal: Principal; login: string } | undefined> {
		const person = personIn(id);
		if (person === undefined) return undefined;
		const login = loginName(person, id);
		const stored = await this.#vault.get(login);
		if (stored === undefined) return undefined;
		const { role, expiresAt } = StoredLogin.parse(JSON.parse(stored));
		return expiresAt <= this.#clock.now() ? undefined : { principal: { person, role }, login };
	}

	/** Names end with a digest of fixed length, so that none is the beginning of another. */
	async end(login: string): Promise<void> {
		await this.#vault.deleteUnder(login);
	}

	async endAllOf(person: PersonId): Promise<readonly string[]> {
		const listed = await this.#listed(person);
		await this.#vault.deleteUnder(`${person}/login/`);
		return listed.map(({ login }) => login);
	}

	async #listed(person: PersonId): Promise<z.output<typeof StoredList>> {
		const stored = await this.#vault.get(listName(person));
		return stored === undefined ? [] : StoredList.parse(JSON.parse(stored));
	}
}

function loginName(person: PersonId, id: string): string {
	return `${person}/login/${digestOf(id)}`;
}

function listName(person: PersonId): string {
	return `${person}/login/list`;
}

function personIn(id: string): PersonId | undefined {
	const dot = id.indexOf('.');
	const person = dot > 0 ? Buffer.from(id.slice(0, dot), 'base64url').toString('utf8') : '';
	return person === '' || person.includes('/') ? undefined : asPersonId(person);
}
