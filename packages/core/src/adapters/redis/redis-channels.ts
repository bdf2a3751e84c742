import type { Redis } from 'ioredis';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { LineOptions } from './redis-connection.ts';

/** ChannelListener gets the text of each message. */
export type ChannelListener = (text: string) => void;

/**
 * RedisChannels listens to pub/sub channels over one connection, each as long as somebody wants it. After an outage it listens
 * to all of them again and then says that messages were missed.
 */
export class RedisChannels {
	readonly #redis: Redis;
	readonly #log: ILogger;
	readonly #listeners = new Map<string, Set<ChannelListener>>();
	readonly #onMissed = new Set<() => void>();
	readonly #pinging: NodeJS.Timeout;
	readonly #begun = Promise.withResolvers<void>();
	#wasReady = false;

	/** `redis` is a connection of its own, made with SUBSCRIBER. */
	constructor({ redis, log }: { redis: Redis; log: ILogger }) {
		this.#redis = redis;
		this.#log = log;
		redis.on('message', (channel: string, text: string) => this.#hear(channel, text));
		redis.on('ready', () => void this.#listenAgain());
		// Who only listens would not notice a line that is cut without a word.
		this.#pinging = setInterval(() => {
			if (redis.status === 'ready') redis.ping().catch(() => {});
		}, PING_EVERY_MS);
	}

	/** Resolves once it can listen for the first time. */
	get begun(): Promise<void> {
		return this.#begun.promise;
	}

	/**
	 * Calls `listener` with each message of a channel. Resolves once it is listened to, and at once where Redis is away: then
	 * that comes with the connection. Returns the way to stop.
	 */
	async listen(channel: string, listener: ChannelListener): Promise<() => void> {
		// A wrapper of its own, because the same function may listen twice.
		const entry: ChannelListener = (text) => listener(text);
		const others = this.#listeners.get(channel);
		if (others === undefined) this.#listeners.set(channel, new Set([entry]));
		else others.add(entry);
		await this.#subscribe([channel]);
		return () => this.#stopListening(channel, entry);
	}

	/** Calls back after an outage, once everything is listened to again. Returns the way to stop. */
	onMissed(listener: () => void): () => void {
		this.#onMissed.add(listener);
		return () => void this.#onMissed.delete(listener);
	}

	stop(): void {
		clearInterval(this.#pinging);
		this.#listeners.clear();
		this.#onMissed.clear();
	}

	#hear(channel: string, text: string): void {
		for (const listener of [...(this.#listeners.get(channel) ?? [])]) {
			try {
				listener(text);
			} catch (error) {
				this.#log.error('channel listener failed', { channel, error: describeError(error) });
			}
		}
	}

	#stopListening(channel: string, entry: ChannelListener): void {
		const listeners = this.#listeners.get(channel);
		if (listeners?.delete(entry) !== true || listeners.size > 0) return;
		this.#listeners.delete(channel);
		if (this.#redis.status === 'ready') this.#redis.unsubscribe(channel).catch(() => {});
	}

	/** The first time, too: what was to be listened to while it connected. */
	async #listenAgain(): Promise<void> {
		const channels = [...this.#listeners.keys()];
		for (let from = 0; from < channels.length; from += AT_ONCE) {
			await this.#subscribe(channels.slice(from, from + AT_ONCE));
		}
		const missed = this.#wasReady;
		this.#wasReady = true;
		this.#begun.resolve();
		if (missed) for (const listener of [...this.#onMissed]) listener();
	}

	async #subscribe(channels: readonly string[]): Promise<void> {
		if (this.#redis.status !== 'ready') return;
		try {
			await this.#redis.subscribe(...channels);
		} catch (error) {
			// Cut once more: the next connection listens to all. One that this user may not hear spoils none of the others.
			if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) return;
			if (channels.length > 1) await Promise.all(channels.map((channel) => this.#subscribe([channel])));
			else this.#log.info('redis channel not allowed', { channel: channels[0] });
		}
	}
}

/** SUBSCRIBER are the options of a connection that listens: what it subscribes to is kept here, and said anew after each outage. */
export const SUBSCRIBER: LineOptions = {
	autoResubscribe: false,
	enableOfflineQueue: false,
	// What a cut line did not answer fails at once.
	maxRetriesPerRequest: 0,
	socketTimeout: 2_000,
};

const PING_EVERY_MS = 1_000;
const AT_ONCE = 500;
