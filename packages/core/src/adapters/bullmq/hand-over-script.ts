import { RedisScript } from '../redis/redis-script.ts';
import type { BullQueues, JobQueue } from './bull-queues.ts';
import { JOB_LOCK_MS } from './bull-queues.ts';

/** HandOver is what one worker is told of one queue at once. */
export interface HandOver {
	readonly channel: string;
	/** A `TurnHead`. */
	readonly head: string;
	/** Jobs whose outcomes are recorded, by BullMQ's ids, with the worker's locks. */
	readonly ended: readonly { readonly id: string; readonly token: string }[];
	/** Jobs that the worker is to run, with the locks that it gets for them; `since` is when they came. */
	readonly leaving: readonly {
		readonly id: string;
		readonly token: string;
		readonly data: string;
		readonly since: number;
	}[];
}

/**
 * handOver takes jobs that have ended off a queue where their worker holds them still, puts others there as taken by it, and tells it.
 * Where something waits there that came clearly earlier, they wait behind that. Where Redis counts nobody who hears the message, they wait
 * in the queue as started once: it might miscount. Sent twice, it takes nothing off and hands nothing over, and says so.
 */
export async function handOver(
	redis: BullQueues['redis'],
	queue: JobQueue,
	{ channel, head, ended, leaving }: HandOver,
): Promise<void> {
	const { active, stalled, wait, marker } = queue.keys;
	await HAND_OVER.run(
		redis,
		[active, stalled, wait, marker, queue.jobKey('')],
		[
			...[channel, head, JOB_LOCK_MS, ended.length],
			...ended.flatMap(({ id, token }) => [id, token]),
			...leaving.flatMap(({ id, token, data, since }) => [id, token, data, since]),
		],
	);
}

/**
 * What waits no longer than this may be about to be fetched. Were everything to queue behind that, many chains side by side would
 * keep each other waiting, though there are slots for all of them.
 */
const ON_ITS_WAY_MS = 200;

const HAND_OVER = new RedisScript(`
local flags, lines, taken = {}, { '', ARGV[2] }, {}
local n = 5
for _ = 1, tonumber(ARGV[4]) do
	local id = ARGV[n]
	local job = KEYS[5] .. id
	local mine = redis.call('GET', job .. ':lock') == ARGV[n + 1]
	if mine then
		redis.call('DEL', job, job .. ':lock')
		redis.call('SREM', KEYS[2], id)
		redis.call('LREM', KEYS[1], -1, id)
	end
	flags[#flags + 1] = mine and '1' or '0'
	n = n + 2
end
local oldest = redis.call('LINDEX', KEYS[3], -1)
local waitsSince = oldest and tonumber(redis.call('HGET', KEYS[5] .. oldest, 'timestamp') or '')
while n < #ARGV do
	local id = ARGV[n]
	local job = KEYS[5] .. id
	local new = redis.call('EXISTS', job) == 0
	local handed = new and not (waitsSince and tonumber(ARGV[n + 3]) - waitsSince > ${ON_ITS_WAY_MS})
	if new then
		redis.call('HSET', job, 'name', 'step', 'data', ARGV[n + 2], 'opts', '{"attempts":1}', 'timestamp', ARGV[n + 3],
			'delay', 0, 'priority', 0)
	end
	if handed then
		redis.call('HSET', job, 'ats', 1)
		redis.call('LPUSH', KEYS[1], id)
		redis.call('SET', job .. ':lock', ARGV[n + 1], 'PX', ARGV[3])
		taken[#taken + 1] = id
	elseif new then
		redis.call('LPUSH', KEYS[3], id)
		redis.call('ZADD', KEYS[4], 0, '0')
	end
	flags[#flags + 1] = handed and '1' or '0'
	lines[#lines + 1] = handed and ARGV[n + 2] or ''
	n = n + 4
end
lines[1] = table.concat(flags)
if redis.call('PUBLISH', ARGV[1], table.concat(lines, '\\n')) > 0 then return 1 end
for _, id in ipairs(taken) do
	local job = KEYS[5] .. id
	redis.call('DEL', job .. ':lock')
	redis.call('LREM', KEYS[1], 1, id)
	redis.call('LPUSH', KEYS[3], id)
	redis.call('ZADD', KEYS[4], 0, '0')
end
return 0
`);
