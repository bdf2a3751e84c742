import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import { z } from 'zod';
import {
	type FoundLogin,
	type ILogins,
	LOGIN_LIFETIME_MS,
	LoginOrigin,
	type LoginView,
	USE_NOTED_MS,
} from './logins.ts';
import { digestOf, newSecret } from './secret-text.ts';

const StoredLogin = z.object({
	role: z.enum(['owner', 'member', 'guest']),
	expiresAt: z.number(),
	origin: LoginOrigin.exactOptional(),
});
const StoredList = z.array(z.object({ login: z.string(), expiresAt: z.number() }));
/** Logins of one person; one more ends the oldest. */
const MAX_LOGINS = 100;
/** Logins whose last use this process remembers to have noted. */
const MAX_NOTED = 10_000;

/**
 * SharedLogins keeps logins in the vault, where every gateway finds them. A session id says whose it is, `<person>.<secret>`,
 * and the vault's names begin with the person: forgetting somebody ends their logins.
 */
export class SharedLogins implements ILogins {
	readonly #vault: ISecretVault;
	readonly #clock: IClock;
	/** When this process last noted that a login is used. */
	readonly #noted = new Map<string, number>();

	constructor(vault: ISecretVault, clock: IClock) {
		this.#vault = vault;
		this.#clock = clock;
	}

	async begin({ person, role }: Principal, origin: LoginOrigin): Promise<string> {
		const id = `${Buffer.from(person).toString('base64url')}.${newSecret()}`;
		const login = loginName(person, id);
		const now = this.#clock.now();
		const expiresAt = now + LOGIN_LIFETIME_MS;
		await this.#vault.put(login, JSON.stringify({ role, expiresAt, origin }));
		this.#noted.set(login, now);
		const listed = await this.#listed(person);
		const kept = [...listed.filter((one) => one.expiresAt > now), { login, expiresAt }].slice(-MAX_LOGINS);
		await this.#vault.put(listName(person), JSON.stringify(kept));
		await Promise.all(listed.filter((one) => !kept.includes(one)).map((one) => this.end(one.login)));
		return id;
	}

	async find(id: string): Promise<FoundLogin | undefined> {
		const person = personIn(id);
		if (person === undefined) return undefined;
		const login = loginName(person, id);
		const found = await this.#alive(login);
		if (found === undefined) return undefined;
		await this.#noteUse(login);
		return { principal: { person, role: found.role }, login, origin: found.origin };
	}

	async list(person: PersonId): Promise<readonly LoginView[]> {
		const listed = await this.#listed(person);
		const views = await Promise.all(listed.map(({ login }) => this.#view(login)));
		return views.filter((view) => view !== undefined);
	}

	named(person: PersonId, id: string): string {
		return `${person}/login/${id}`;
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

	async #alive(login: string): Promise<z.output<typeof StoredLogin> | undefined> {
		const stored = await this.#vault.get(login);
		const found = stored === undefined ? undefined : StoredLogin.parse(JSON.parse(stored));
		return found === undefined || found.expiresAt <= this.#clock.now() ? undefined : found;
	}

	async #view(login: string): Promise<LoginView | undefined> {
		const [found, used] = await Promise.all([this.#alive(login), this.#vault.get(useName(login))]);
		if (found === undefined) return undefined;
		const madeAt = found.expiresAt - LOGIN_LIFETIME_MS;
		return {
			id: login.slice(login.lastIndexOf('/') + 1),
			madeAt,
			usedAt: Number(used ?? madeAt),
			expiresAt: found.expiresAt,
			origin: found.origin,
		};
	}

	/** Kept beside the login, not in it: one that another gateway ends at this moment stays ended. */
	async #noteUse(login: string): Promise<void> {
		const now = this.#clock.now();
		if (now - (this.#noted.get(login) ?? 0) < USE_NOTED_MS) return;
		if (this.#noted.size >= MAX_NOTED) this.#noted.clear();
		this.#noted.set(login, now);
		await this.#vault.put(useName(login), String(now)).catch(() => {});
	}

	async #listed(person: PersonId): Promise<z.output<typeof StoredList>> {
		const stored = await this.#vault.get(listName(person));
		return stored === undefined ? [] : StoredList.parse(JSON.parse(stored));
	}
}

function loginName(person: PersonId, id: string): string {
	return `${person}/login/${digestOf(id)}`;
}

/** Begins with the login's name, and so goes with it. */
function useName(login: string): string {
	return `${login}/used`;
}

function listName(person: PersonId): string {
	return `${person}/login/list`;
}

function personIn(id: string): PersonId | undefined {
	const dot = id.indexOf('.');
	const person = dot > 0 ? Buffer.from(id.slice(0, dot), 'base64url').toString('utf8') : '';
	return person === '' || person.includes('/') ? undefined : asPersonId(person);
}
