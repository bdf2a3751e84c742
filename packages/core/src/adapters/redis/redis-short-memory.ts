import { randomUUID } from 'node:crypto';
import type { IShortMemory } from '../../ports/short-memory.ts';
import type { RedisLine } from './open-redis-line.ts';
import { unreachable } from './redis-connection.ts';

/** RedisShortMemory remembers for all processes, until Redis is emptied. */
export class RedisShortMemory implements IShortMemory {
	readonly #line: Pick<RedisLine, 'keys' | 'commands'>;

	constructor(line: Pick<RedisLine, 'keys' | 'commands'>) {
		this.#line = line;
	}

	async get(name: string): Promise<string | undefined> {
		const { commands, keys } = this.#line;
		try {
			return (await commands.get(keys.shortMemory(name))) ?? undefined;
		} catch (error) {
			throw unreachable('look up what was remembered', error);
		}
	}

	async put(name: string, text: string, forMs: number): Promise<void> {
		const { commands, keys } = this.#line;
		try {
			await commands.set(keys.shortMemory(name), text, 'PX', forMs);
		} catch (error) {
			throw unreachable('remember something for a while', error);
		}
	}

	async claim(name: string, forMs: number): Promise<boolean> {
		const { commands, keys } = this.#line;
		// Whoever sends it again, because the answer was lost, finds their own word there.
		const mine = randomUUID();
		try {
			const earlier = await commands.set(keys.shortMemory(name), mine, 'PX', forMs, 'NX', 'GET');
			return earlier === null || earlier === mine;
		} catch (error) {
			throw unreachable('look whether something was used before', error);
		}
	}
}
