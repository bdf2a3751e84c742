import { RedisScript } from '../redis/redis-script.ts';
import type { BullQueues, JobQueue } from './bull-queues.ts';
import { bullId, STALLED_CHECK_MS } from './bull-queues.ts';

type Redis = BullQueues['redis'];

/**
 * takeBack removes a job from a queue: `waiting` only where nobody took it yet, `any` also out of a worker's hands, who notices
 * when its lock is not renewed. Gives how often it was started, or undefined where there was nothing to remove.
 */
export async function takeBack(
	redis: Redis,
	queue: JobQueue,
	jobId: string,
	which: 'waiting' | 'any',
): Promise<number | undefined> {
	const id = bullId(jobId);
	const { wait, active, stalled } = queue.keys;
	const key = queue.jobKey(id);
	const starts = await TAKE_BACK.run(redis, [key, `${key}:lock`, wait, active, stalled], [id, which]);
	return starts === null ? undefined : Number(starts);
}

/** HeldJob is a job that a worker runs: its lock's token, and how often BullMQ had started it then. */
export interface HeldJob {
	readonly id: string;
	readonly token: string;
	readonly starts: number;
}

/**
 * keepLocks renews the locks of jobs, and takes back those that ran out where nobody took the job since, as after an outage.
 * Gives the ids of those that others have now, or that are no longer there.
 */
export async function keepLocks(
	redis: Redis,
	queue: JobQueue,
	jobs: readonly (HeldJob & { readonly lockMs: number })[],
): Promise<readonly string[]> {
	const { active, stalled } = queue.keys;
	const held = jobs.flatMap(({ id, token, starts, lockMs }) => [id, token, starts, lockMs]);
	const lost = await KEEP_LOCKS.run(redis, [active, stalled, queue.jobKey('')], held);
	return Array.isArray(lost) ? lost.map(String) : [];
}

/** A second call finds nothing. */
const TAKE_BACK = new RedisScript(`
local waiting = redis.call('LREM', KEYS[3], 0, ARGV[1])
if waiting == 0 and ARGV[2] == 'waiting' then return false end
local starts = redis.call('HGET', KEYS[1], 'ats')
local there = redis.call('DEL', KEYS[1])
redis.call('DEL', KEYS[2])
redis.call('LREM', KEYS[4], 0, ARGV[1])
redis.call('SREM', KEYS[5], ARGV[1])
if there == 0 then return false end
return starts or '0'
`);

const KEEP_LOCKS = new RedisScript(`
local lost = {}
for n = 1, #ARGV, 4 do
	local id, token = ARGV[n], ARGV[n + 1]
	local job = KEYS[3] .. id
	local holder = redis.call('GET', job .. ':lock')
	local mine = holder == token
	if not holder and redis.call('HGET', job, 'ats') == ARGV[n + 2] then
		mine = redis.call('LPOS', KEYS[1], id) ~= false
	end
	if mine then
		redis.call('SET', job .. ':lock', token, 'PX', ARGV[n + 3])
		redis.call('SREM', KEYS[2], id)
	else
		lost[#lost + 1] = id
	end
end
return lost
`);

/**
 * giveBackSurely puts a job that was taken in vain back to the front of its queue, as if it had not been started. Where that fails it
 * is tried once more: what acts on the world would not be started again otherwise, though it never ran.
 */
export async function giveBackSurely(redis: Redis, queue: JobQueue, job: HeldJob): Promise<void> {
	await giveBack(redis, queue, job).catch(() => giveBack(redis, queue, job));
}

async function giveBack(redis: Redis, queue: JobQueue, { id, token, starts }: HeldJob): Promise<void> {
	const { wait, active, stalled, marker } = queue.keys;
	const key = queue.jobKey(id);
	await GIVE_BACK.run(redis, [key, `${key}:lock`, wait, active, stalled, marker], [id, token, starts - 1]);
}

const GIVE_BACK = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SREM', KEYS[5], ARGV[1])
if redis.call('LREM', KEYS[4], 1, ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'ats', ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[6], 0, '0')
return 1
`);

/**
 * returnStalled puts jobs back to the front of their queue whose lock ran out at two checks in a row, and says which. Checks of
 * several processes count as one. It is done here, not by BullMQ's own script, because a check that was sent before Redis went
 * down and is sent again once it is back would come before any worker could renew a lock: for a moment after its start nothing
 * is returned.
 */
export async function returnStalled(redis: Redis, queue: JobQueue): Promise<readonly string[]> {
	const { stalled, wait, active, marker } = queue.keys;
	const keys = [stalled, wait, active, marker, queue.jobKey('stalled-check'), queue.jobKey('')];
	// Less than the time between two checks, or a check of one's own would be taken for somebody else's.
	const returned = await RETURN_STALLED.run(redis, keys, [STALLED_CHECK_MS / 2]);
	return Array.isArray(returned) ? returned.map(String) : [];
}

const RETURN_STALLED = new RedisScript(`
if not redis.call('SET', KEYS[5], '1', 'NX', 'PX', ARGV[1]) then return {} end
local returned = {}
local young = nil
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
	if redis.call('EXISTS', KEYS[6] .. id .. ':lock') == 0 then
		if young == nil then
			young = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)')) < 2
		end
		if not young and redis.call('LREM', KEYS[3], 1, id) > 0 then
			redis.call('RPUSH', KEYS[2], id)
			redis.call('ZADD', KEYS[4], 0, '0')
			returned[#returned + 1] = id
		end
	end
end
redis.call('DEL', KEYS[1])
local active = redis.call('LRANGE', KEYS[3], 0, -1)
for from = 1, #active, 1000 do
	redis.call('SADD', KEYS[1], unpack(active, from, math.min(from + 999, #active)))
end
return returned
`);

/** waitingIn lists the jobs, by BullMQ's ids, that nobody has taken yet. Queues are short: no more is released than is soon taken. */
export async function waitingIn(redis: Redis, queue: JobQueue): Promise<readonly string[]> {
	return redis.lrange(queue.keys.wait, 0, -1);
}

/** QueueLook is how much waits in a queue, how much runs, and since when (ms since 1970) the one waits that waits longest. */
export interface QueueLook {
	readonly waiting: number;
	readonly running: number;
	readonly waitsSince: number | undefined;
}

/** lookAtQueue counts, and wakes somebody up where something waits: whoever was woken for it may have died. */
export async function lookAtQueue(redis: Redis, queue: JobQueue): Promise<QueueLook> {
	const { wait, active, marker } = queue.keys;
	const seen = await LOOK.run(redis, [wait, active, marker, queue.jobKey('')], []);
	const [waiting, running, since] = Array.isArray(seen) ? seen : [];
	return { waiting: Number(waiting), running: Number(running), waitsSince: since ? Number(since) : undefined };
}

const LOOK = new RedisScript(`
local waiting = redis.call('LLEN', KEYS[1])
local since = ''
if waiting > 0 then
	redis.call('ZADD', KEYS[3], 0, '0')
	since = redis.call('HGET', KEYS[4] .. redis.call('LINDEX', KEYS[1], -1), 'timestamp') or ''
end
return { waiting, redis.call('LLEN', KEYS[2]), since }
`);
