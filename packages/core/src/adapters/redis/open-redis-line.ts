import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { ILeases } from '../../ports/lease.ts';
import type { ILogger } from '../../ports/logger.ts';
import { OutageWatch } from './outage-watch.ts';
import { RedisChannels, SUBSCRIBER } from './redis-channels.ts';
import { addressOf, BOUNDED_COMMANDS, type LineOptions, newConnection, unreachable } from './redis-connection.ts';
import { RedisEventBus } from './redis-event-bus.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisLeases } from './redis-leases.ts';
import { nodesOf, RedisPlace } from './redis-place.ts';

/** RedisLineOptions say where Redis is and who asks. */
export interface RedisLineOptions {
	/** `redis://` or, with TLS, `rediss://`; an ACL user's name and password stand in it. */
	readonly url: string;
	readonly cluster: string;
	/** This process's name; another one after each start. */
	readonly self: string;
	readonly log: ILogger;
	/** Of the facts of others a worker hears nothing; see `workerAcl`. */
	readonly isWorker?: boolean | undefined;
	/** How long the first connection may take. */
	readonly patienceMs?: number | undefined;
}

/** RedisLine is all that one process does through Redis. */
export interface RedisLine {
	readonly self: string;
	readonly keys: RedisKeys;
	/** For short commands of everybody: they fail after a few seconds rather than wait for a Redis that is away. */
	readonly commands: Redis;
	/** Pub/sub beside the bus. */
	readonly channels: RedisChannels;
	readonly bus: IEventBus;
	readonly leases: ILeases;
	/** A further connection, for blocking reads or subscriptions: its commands wait until they can be sent. It is closed with the line. */
	connect(purpose: string, options?: LineOptions): Redis;
	reachable(): boolean;
	/** False where somebody may hear what is published though Redis counts nobody: shortly after all of it moved to another node. */
	countsListeners(): boolean;
	/** Calls back on each change. Returns the way to stop. */
	onReachableChange(listener: (reachable: boolean) => void): () => void;
	/** Calls back when what stood in Redis is lost: wiped, or another Redis. Returns the way to stop. */
	onWiped(listener: () => void): () => void;
	/** Ends everything that goes through it; a second call does nothing. */
	close(): Promise<void>;
}

/** openRedisLine connects to Redis; rejects with CoreError where it cannot be reached in time, or lets nobody in. */
export async function openRedisLine(options: RedisLineOptions): Promise<RedisLine> {
	const { url, cluster, self, log, isWorker = false, patienceMs = 10_000 } = options;
	const place = new RedisPlace(url);
	const until = performance.now() + patienceMs;
	const name = (purpose: string) => `${cluster}:${self}:${purpose}`;
	const commands = newConnection({ url, place, seeks: true, name: name('commands'), options: BOUNDED_COMMANDS });
	const further = new Set<Redis>();
	let watch: OutageWatch | undefined;
	let keys: RedisKeys;
	try {
		const oneSlot = await isOfCluster(commands, patienceMs);
		if (oneSlot) askForNodes(commands, place);
		keys = new RedisKeys(cluster, { oneSlot });
		watch = new OutageWatch({ redis: commands, marker: keys.marker, log });
		// Looking for who came after a dead node, it may have come to that one itself, which refuses nothing then.
		watch.onReachableChange((reachable) => reachable && place.answered(addressOf(commands, place.current)));
		await firstLook(commands, watch, until - performance.now());
	} catch (error) {
		watch?.stop();
		commands.disconnect();
		throw error;
	}
	const stopFollowing = place.onMoved(() => {
		log.info('redis is on another node', { ...place.current });
		// What only listens or waits is told nothing where it is.
		for (const redis of further) redis.disconnect(true);
	});
	let closed = false;
	const connect = (purpose: string, more?: LineOptions) => {
		const redis = newConnection({ url, place, name: name(purpose), options: more });
		further.add(redis);
		redis.once('end', () => further.delete(redis));
		return redis;
	};
	const channels = new RedisChannels({ redis: connect('listening', SUBSCRIBER), log });
	await Promise.race([channels.begun, wait(patienceMs, undefined, { ref: false })]);
	const bus = new RedisEventBus({ self, keys, commands, channels, hearsAll: !isWorker, log });
	const leases = new RedisLeases({ self, keys, commands, channels, log });
	return {
		self,
		keys,
		commands,
		channels,
		bus,
		leases,
		connect,
		reachable: () => watch.reachable,
		countsListeners: () => !place.isFresh,
		onReachableChange: (listener) => watch.onReachableChange(listener),
		onWiped: (listener) => watch.onWiped(listener),
		close: async () => {
			if (closed) return;
			closed = true;
			watch.stop();
			stopFollowing();
			await Promise.race([leases.stop(), wait(GOODBYE_MS, undefined, { ref: false })]);
			bus.stop();
			channels.stop();
			for (const redis of [...further, commands]) redis.disconnect();
		},
	};
}

/** Waits for a Redis that is about to start, and asks whether it is a node of a Redis Cluster. */
async function isOfCluster(redis: Redis, patienceMs: number): Promise<boolean> {
	return await answered<boolean>(redis, patienceMs, (resolve, reject) => {
		const ask = () => {
			if (redis.status !== 'ready') return;
			redis.info('cluster').then(
				(text) => resolve(text.includes('cluster_enabled:1')),
				// A user that may not ask has a Redis that stands alone, as far as anybody can tell.
				(error: Error) => (error.message.startsWith('NOPERM') ? resolve(false) : reject(error)),
			);
		};
		redis.on('ready', ask);
		ask();
		// What failed may do so on a connection that goes on.
		const again = setInterval(ask, ASK_AGAIN_MS);
		return () => {
			clearInterval(again);
			redis.off('ready', ask);
		};
	});
}

async function firstLook(redis: Redis, watch: OutageWatch, patienceMs: number): Promise<void> {
	if (watch.reachable) return;
	await answered<void>(redis, patienceMs, (resolve) => watch.onReachableChange((reachable) => reachable && resolve()));
}

/** Waits as long as that is patient; what will not change by waiting is said at once. */
async function answered<T>(
	redis: Redis,
	patienceMs: number,
	wait: (resolve: (value: T) => void, failed: (error: Error) => void) => () => void,
): Promise<T> {
	const { promise, resolve, reject } = Promise.withResolvers<T>();
	let last: unknown = new Error(`no answer in ${Math.round(patienceMs)} ms`);
	const onError = (error: Error) => {
		last = error;
		if (/^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password)/.test(error.message)) reject(refused(error));
	};
	const timer = setTimeout(() => reject(unreachable('open Redis', last)), patienceMs);
	redis.on('error', onError);
	const stopWaiting = wait(resolve, onError);
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
		redis.off('error', onError);
		stopWaiting();
	}
}

/** Asks each node that is come to which others there are; one that does not say so is asked about nothing else. */
function askForNodes(redis: Redis, place: RedisPlace): void {
	const ask = () => {
		const from = { ...place.current };
		redis.cluster('SLOTS').then(
			(answer) => place.learn(nodesOf(answer, from)),
			() => {},
		);
	};
	redis.on('ready', ask);
	ask();
}

function refused(error: Error): CoreError {
	return new CoreError('invalid-config', `Cannot open Redis: it lets this user not in (${describeError(error)}).`, {
		hint: 'Check user and password in REDIS_URL, and what that user may do: `ACL GETUSER`.',
		cause: error,
	});
}

const ASK_AGAIN_MS = 1_000;
/** How long giving leases back may hold up the end. */
const GOODBYE_MS = 500;
