import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** RedisScript is a Lua script that Redis keeps by its hash; it is sent whole only where Redis does not know it yet. */
export class RedisScript {
	readonly #lua: string;
	readonly #hash: string;

	constructor(lua: string) {
		this.#lua = lua;
		this.#hash = createHash('sha1').update(lua).digest('hex');
	}

	async run(redis: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
		try {
			return await redis.evalsha(this.#hash, keys.length, ...keys, ...args);
		} catch (error) {
			if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
			return await redis.eval(this.#lua, keys.length, ...keys, ...args);
		}
	}
}
