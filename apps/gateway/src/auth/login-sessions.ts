import { readFile } from 'node:fs/promises';
import { hasCode, writeFileDurably } from '@errand/core/adapters/files/durable-file.ts';
import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
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

const MAX_LOGINS = 2_000;
/** Logins of one person; one more ends their oldest, and nobody else's. */
const MAX_OF_PERSON = 50;

const StoredLogins = z.array(
	z.object({
		digest: z.string(),
		person: z.string().transform(asPersonId),
		role: z.enum(['owner', 'member', 'guest']),
		expiresAt: z.number(),
		usedAt: z.number().exactOptional(),
		origin: LoginOrigin.exactOptional(),
	}),
);
type StoredLogin = z.output<typeof StoredLogins>[number];

/**
 * LoginSessions keeps who is logged in, in one file that holds only digests of the session ids. Every change is on disk
 * before it is acknowledged; the file is replaced whole, so a crash leaves the old or the new one.
 */
export class LoginSessions implements ILogins {
	readonly #path: string;
	readonly #clock: IClock;
	readonly #logins: Map<string, StoredLogin>;
	#writing: Promise<void> = Promise.resolve();

	private constructor(path: string, clock: IClock, logins: readonly StoredLogin[]) {
		this.#path = path;
		this.#clock = clock;
		this.#logins = new Map(logins.map((login) => [login.digest, login]));
	}

	/** Opens the file. One that cannot be read costs people a new login, not the server its start. */
	static async open(path: string, clock: IClock, log: ILogger): Promise<LoginSessions> {
		return new LoginSessions(path, clock, await stored(path, log));
	}

	async begin(principal: Principal, origin: LoginOrigin): Promise<string> {
		this.#dropExpired();
		const theirs = this.#of(principal.person);
		const [oldest] =
			theirs.length >= MAX_OF_PERSON ? theirs : this.#logins.size >= MAX_LOGINS ? this.#logins.values() : [];
		if (oldest !== undefined) this.#logins.delete(oldest.digest);
		const id = newSecret();
		const digest = digestOf(id);
		const now = this.#clock.now();
		this.#logins.set(digest, { digest, ...principal, expiresAt: now + LOGIN_LIFETIME_MS, usedAt: now, origin });
		await this.#write();
		return id;
	}

	async find(id: string): Promise<FoundLogin | undefined> {
		const found = this.#logins.get(digestOf(id));
		const now = this.#clock.now();
		if (!found || found.expiresAt <= now) return undefined;
		const { digest: login, person, role, origin, usedAt = 0 } = found;
		if (now - usedAt >= USE_NOTED_MS) {
			this.#logins.set(login, { ...found, usedAt: now });
			// A disk that is full keeps nobody out.
			await this.#write().catch(() => {});
			if (!this.#logins.has(login)) return undefined;
		}
		return { principal: { person, role }, login, origin };
	}

	async list(person: PersonId): Promise<readonly LoginView[]> {
		this.#dropExpired();
		return this.#of(person).map(({ digest: id, expiresAt, usedAt, origin }) => {
			const madeAt = expiresAt - LOGIN_LIFETIME_MS;
			return { id, madeAt, usedAt: usedAt ?? madeAt, expiresAt, origin };
		});
	}

	named(_person: PersonId, id: string): string {
		return id;
	}

	async end(login: string): Promise<void> {
		if (this.#logins.delete(login)) await this.#write();
	}

	async endAllOf(person: PersonId): Promise<readonly string[]> {
		const ended = this.#of(person).map(({ digest }) => digest);
		for (const login of ended) this.#logins.delete(login);
		if (ended.length > 0) await this.#write();
		return ended;
	}

	/** Oldest first. */
	#of(person: PersonId): readonly StoredLogin[] {
		return [...this.#logins.values()].filter((login) => login.person === person);
	}

	#dropExpired(): void {
		const now = this.#clock.now();
		for (const [digest, { expiresAt }] of this.#logins) if (expiresAt <= now) this.#logins.delete(digest);
	}

	// One write at a time, each of what holds when its turn comes.
	#write(): Promise<void> {
		const next = this.#writing.then(() =>
			writeFileDurably(this.#path, JSON.stringify([...this.#logins.values()], null, '\t')),
		);
		this.#writing = next.catch(() => {});
		return next;
	}
}

async function stored(path: string, log: ILogger): Promise<readonly StoredLogin[]> {
	try {
		return StoredLogins.parse(JSON.parse(await readFile(path, 'utf8')));
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) log.warn('logins cannot be read; everybody logs in again', { path, error });
		return [];
	}
}
