import type { Redis } from 'ioredis';
import { z } from 'zod';
import { asPersonId, type PersonId } from '../../domain/ids.ts';
import type { WorkerOrder } from '../../ports/worker-registry.ts';
import type { RedisKeys } from './redis-keys.ts';
import { RedisScript } from './redis-script.ts';
import type { WorkerRecord } from './worker-record.ts';

/** A worker counts as dead so long (ms of the server's clock) after its last heartbeat. */
export const WORKER_TTL_MS = 1_500;

/** sendBeat tells Redis that a worker lives, and what changed. Undefined: Redis does not know this worker, and wants all of it. */
export async function sendBeat(
	{ redis, keys }: { redis: Redis; keys: RedisKeys },
	beat: { worker: string; record: Partial<WorkerRecord>; news: boolean; taken: readonly string[] },
): Promise<{ orders: readonly QueuedOrder[] } | undefined> {
	const { worker, record, news, taken } = beat;
	const answer = await BEAT.run(
		redis,
		[...registryKeys(keys), keys.orders(worker)],
		[worker, record.profile ?? '', record.pulse ?? '', news ? '1' : '', keys.workersChannel, ...taken],
	);
	const [known, ...entries] = z.tuple([z.number()], z.string()).parse(answer);
	return known === 0 ? undefined : { orders: entries.flatMap(readOrder) };
}

/** sayGoodbye takes a worker off the list at once. */
export async function sayGoodbye({ redis, keys }: { redis: Redis; keys: RedisKeys }, worker: string): Promise<void> {
	await GOODBYE.run(redis, [...registryKeys(keys), keys.orders(worker)], [worker, keys.workersChannel]);
}

/** RegistryNews is what changed among the workers since a version. */
export interface RegistryNews {
	/** The server's clock, ms. */
	readonly now: number;
	readonly version: string;
	/** Another one: everything was lost and begun anew. */
	readonly birth: string;
	/** Whether those that are not there are gone for sure: not so while workers may be on their way back after an outage. */
	readonly judging: boolean;
	/** When each living worker was last heard. */
	readonly alive: ReadonlyMap<string, number>;
	readonly changed: readonly { readonly worker: string; readonly record: WorkerRecord }[];
	readonly gone: readonly { readonly worker: string; readonly kind: 'left' | 'died' }[];
}

/** readRegistry also finds those that fell silent, for everybody. */
export async function readRegistry(
	{ redis, keys }: { redis: Redis; keys: RedisKeys },
	since: string,
): Promise<RegistryNews> {
	const answer = await READ.run(redis, registryKeys(keys), [since, WORKER_TTL_MS, keys.workersChannel]);
	const [now, version, birth, judging, alive, rows] = ReadSchema.parse(answer);
	const beats = new Map<string, number>();
	for (let at = 0; at + 1 < alive.length; at += 2) beats.set(alive[at] ?? '', Number(alive[at + 1]));
	const changed: { worker: string; record: WorkerRecord }[] = [];
	const gone: { worker: string; kind: 'left' | 'died' }[] = [];
	for (const [worker, profile, pulse, end] of rows) {
		if (profile !== null && pulse !== null) changed.push({ worker, record: { profile, pulse } });
		else if (end !== null) gone.push({ worker, kind: end === 'left' ? 'left' : 'died' });
	}
	return { now: Number(now), version, birth, judging: judging === 1, alive: beats, changed, gone };
}

/** QueuedOrder waits until its worker has taken it. */
export interface QueuedOrder {
	readonly entry: string;
	readonly order: WorkerOrder | ForgetOrder;
}

/** ForgetOrder tells a worker to drop what it has of a person. */
export interface ForgetOrder {
	readonly forget: PersonId;
}

/** leaveOrder keeps an order until the worker takes it, and tells it; false where no such worker is alive. `id` makes it count once. */
export async function leaveOrder(
	{ redis, keys }: { redis: Redis; keys: RedisKeys },
	{ worker, order, id }: { worker: string; order: QueuedOrder['order']; id: string },
): Promise<boolean> {
	const given = await ORDER.run(
		redis,
		[keys.registry('alive'), keys.orders(worker)],
		[worker, `${writeOrder(order)}:${id}`, ORDER_TTL_MS, keys.ordersChannel(worker)],
	);
	return given === 1;
}

function writeOrder(order: QueuedOrder['order']): string {
	return typeof order === 'string' ? order : `forget:${encodeURIComponent(order.forget)}`;
}

function readOrder(entry: string): QueuedOrder[] {
	const [order, person] = entry.split(':');
	if (order === 'forget' && person !== undefined) {
		return [{ entry, order: { forget: asPersonId(decodeURIComponent(person)) } }];
	}
	return order === 'pause' || order === 'resume' || order === 'drain' ? [{ entry, order }] : [];
}

function registryKeys(keys: RedisKeys): string[] {
	const parts = ['alive', 'told', 'changes', 'gone', 'state'] as const;
	return parts.map((part) => keys.registry(part));
}

const ReadSchema = z.tuple([
	z.string(),
	z.string(),
	z.string(),
	z.number(),
	z.array(z.string()),
	z.array(z.tuple([z.string(), z.string().nullable(), z.string().nullable(), z.string().nullable()])),
]);

const ORDER_TTL_MS = 3_600_000;

// KEYS: alive (when last heard), told (what they said), changes (version of each one's last change), gone (since when), state.
// Versions grow with the server's clock, so that they do not fall when everything was lost.
const CHANGE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function change(worker)
	local version = tonumber(redis.call('HGET', KEYS[5], 'version') or '0') + 1
	version = string.format('%.0f', math.max(version, time[1] * 1000000 + time[2]))
	redis.call('HSET', KEYS[5], 'version', version)
	redis.call('ZADD', KEYS[3], version, worker)
end
local function part(worker, how)
	redis.call('ZREM', KEYS[1], worker)
	redis.call('HDEL', KEYS[2], 'profile ' .. worker, 'pulse ' .. worker)
	redis.call('HSET', KEYS[2], 'end ' .. worker, how)
	redis.call('ZADD', KEYS[4], now, worker)
	change(worker)
end
`;

const BEAT = new RedisScript(`${CHANGE}
local worker, profile, pulse = ARGV[1], ARGV[2], ARGV[3]
local known = redis.call('HEXISTS', KEYS[2], 'profile ' .. worker) == 1
if not known and (profile == '' or pulse == '') then return {0} end
for i = 6, #ARGV do redis.call('LREM', KEYS[6], 0, ARGV[i]) end
redis.call('ZADD', KEYS[1], now, worker)
if not known then
	redis.call('HDEL', KEYS[2], 'end ' .. worker)
	redis.call('ZREM', KEYS[4], worker)
end
if profile ~= '' then redis.call('HSET', KEYS[2], 'profile ' .. worker, profile) end
if pulse ~= '' then redis.call('HSET', KEYS[2], 'pulse ' .. worker, pulse) end
if profile ~= '' or pulse ~= '' then change(worker) end
if not known or ARGV[4] == '1' then redis.call('PUBLISH', ARGV[5], worker) end
local answer = redis.call('LRANGE', KEYS[6], 0, 99)
table.insert(answer, 1, 1)
return answer
`);

const GOODBYE = new RedisScript(`${CHANGE}
redis.call('DEL', KEYS[6])
if redis.call('HEXISTS', KEYS[2], 'profile ' .. ARGV[1]) == 0 then return 0 end
part(ARGV[1], 'left')
redis.call('PUBLISH', ARGV[2], ARGV[1])
return 1
`);

// Gateways read several times a second: where none did for a while, Redis was away or stood still, and workers get the
// time of a lease to be heard again before any is taken for dead.
const READ = new RedisScript(`${CHANGE}
local last = tonumber(redis.call('HGET', KEYS[5], 'read') or '0')
local judge = tonumber(redis.call('HGET', KEYS[5], 'judge') or '0')
local ttl = tonumber(ARGV[2])
if math.abs(now - last) > 900 then
	judge = now + ttl
	redis.call('HSET', KEYS[5], 'judge', judge)
end
redis.call('HSET', KEYS[5], 'read', now)
redis.call('HSETNX', KEYS[5], 'birth', time[1] .. '.' .. time[2])
if now >= judge then
	local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ttl, 'LIMIT', 0, 200)
	for _, worker in ipairs(silent) do part(worker, 'died') end
	if #silent > 0 then redis.call('PUBLISH', ARGV[3], '') end
end
for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - 60000, 'LIMIT', 0, 200)) do
	redis.call('ZREM', KEYS[4], worker)
	redis.call('ZREM', KEYS[3], worker)
	redis.call('HDEL', KEYS[2], 'end ' .. worker)
end
local rows = {}
for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf')) do
	local told = redis.call('HMGET', KEYS[2], 'profile ' .. worker, 'pulse ' .. worker, 'end ' .. worker)
	table.insert(rows, {worker, told[1], told[2], told[3]})
end
return {
	string.format('%.0f', now),
	redis.call('HGET', KEYS[5], 'version') or '0',
	redis.call('HGET', KEYS[5], 'birth'),
	now >= judge and 1 or 0,
	redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'),
	rows,
}
`);

// KEYS: alive, orders. The same one said twice stands there once.
const ORDER = new RedisScript(`
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if not redis.call('LPOS', KEYS[2], ARGV[2]) then redis.call('RPUSH', KEYS[2], ARGV[2]) end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], '')
return 1
`);
