import { Redis, type RedisOptions } from 'ioredis';
import { CoreError, describeError } from '../../domain/errors.ts';
import { gatherWrites } from './gathered-writes.ts';
import type { RedisAddress, RedisPlace } from './redis-place.ts';

/** ConnectionOptions are what one connection to Redis needs. */
export interface ConnectionOptions {
	/** User, password and kind of line; where it leads to at first, too, unless there is a place. */
	readonly url: string;
	/** Where Redis is by now. */
	readonly place?: RedisPlace | undefined;
	/** Looks at other nodes, too, where that one does not answer. One connection of a process does. */
	readonly seeks?: boolean | undefined;
	/** Shown by `CLIENT LIST`. */
	readonly name: string;
	/** What this connection wants otherwise. */
	readonly options?: LineOptions | undefined;
}

/** LineOptions are ioredis's, without those that change the shape of its answers. */
export type LineOptions = Omit<RedisOptions, 'replyMapping' | 'protocol'>;

/**
 * newConnection opens a connection that never gives up: it tries again within 300 ms, as long as it takes. Nothing that is
 * read from it waits for ever unless its commands do (`maxRetriesPerRequest: null`, as blocking readers need it).
 */
export function newConnection({ url, place, seeks = false, name, options }: ConnectionOptions): Redis {
	const redis: Redis = new Redis(place === undefined ? url : at(url, place.current), {
		connectionName: name,
		connectTimeout: CONNECT_TIMEOUT_MS,
		keepAlive: 5_000,
		maxRetriesPerRequest: null,
		retryStrategy: (tries) => {
			// Read anew with each connection.
			if (place !== undefined) Object.assign(redis.options, seeks ? place.seek(tries) : place.current);
			return retryDelay(tries);
		},
		reconnectOnError: (error) => {
			if (place?.heard(error, addressOf(redis, place.current)) === true) return RECONNECT_AND_SEND_AGAIN;
			// A replica that was a master until just now refuses writes: the address may lead to the new one.
			return error.message.startsWith('READONLY');
		},
		...options,
	});
	gatherWrites(redis);
	// Whoever opens it looks at outages; an unheard `error` would end the process.
	redis.on('error', () => {});
	return redis;
}

/**
 * BOUNDED_COMMANDS are options with which commands fail after a bounded time instead of waiting for a Redis that is away: what
 * was queued is dropped after the sixth try, what was sent and not answered after four seconds, a silent line after two.
 */
export const BOUNDED_COMMANDS: LineOptions = {
	maxRetriesPerRequest: 6,
	commandTimeout: 4_000,
	socketTimeout: 2_000,
};

/** unreachable turns what ioredis says when Redis is away into an error that a person can read. */
export function unreachable(doing: string, error: unknown): CoreError {
	return new CoreError('store-unreachable', `Cannot ${doing}: Redis does not answer (${describeError(error)}).`, {
		hint: 'Check that Redis runs and that REDIS_URL leads to it. Errand goes on by itself once it answers.',
		cause: error,
	});
}

function at(url: string, { host, port }: RedisAddress): string {
	const there = new URL(url);
	there.hostname = host.includes(':') ? `[${host}]` : host;
	there.port = String(port);
	return there.href;
}

/** addressOf is where a connection leads, or is about to. */
export function addressOf({ options: { host, port } }: Redis, otherwise: RedisAddress): RedisAddress {
	return { host: host ?? otherwise.host, port: port ?? otherwise.port };
}

/** Quick at first, because most outages are a restart; by chance, so that many clients do not come at once. */
function retryDelay(times: number): number {
	return Math.min(300, 30 * times) * (0.5 + Math.random() / 2);
}

const CONNECT_TIMEOUT_MS = 1_000;
/** As ioredis has it: what was refused was not done. */
const RECONNECT_AND_SEND_AGAIN = 2;
