import { hash } from 'node:crypto';
import type { RedisLine } from './open-redis-line.ts';

/** MAX_DECLARED is how much (characters) a worker may say of what it can do besides what ships with Errand. */
export const MAX_DECLARED = 2_000_000;

/**
 * DeclarationShelf keeps what workers declare, under the hash of it: many workers declare the same, and whoever knows a hash
 * need not read it again. What nobody puts there any more expires.
 */
export class DeclarationShelf {
	readonly #line: Pick<RedisLine, 'commands' | 'keys'>;

	constructor(line: Pick<RedisLine, 'commands' | 'keys'>) {
		this.#line = line;
	}

	/** Resolves with the hash once it stands there; do it again before `KEPT_MS` are over. */
	async put(text: string): Promise<string> {
		const digest = digestOf(text);
		await this.#line.commands.set(this.#line.keys.declared(digest), text, 'PX', KEPT_MS);
		return digest;
	}

	/** Undefined for what is not there, or not what it is said to be. */
	async get(digest: string): Promise<string | undefined> {
		const { commands, keys } = this.#line;
		if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
		const text = await commands.get(keys.declared(digest));
		return text !== null && digestOf(text) === digest ? text : undefined;
	}
}

/** KEPT_MS is how long something stands on the shelf. */
export const KEPT_MS = 3_600_000;

function digestOf(text: string): string {
	return hash('sha256', text, 'hex');
}
