import { RedisScript } from './redis-script.ts';

/** SESSION_TTL_MS is how long after a worker's death its sessions may be taken at the latest. */
export const SESSION_TTL_MS = 1_500;

// A place is `<epoch> <worker>`. The epoch is the server's time in µs, so that it grows even after everything was lost.
// A holder is `<generation>:<beats>`: another generation, and every lease of the one before is over.

/**
 * CLAIM_SESSIONS gives a task's sessions to a worker, unless another one that has them lives.
 * What was kept for a replay is kept for it. Keys: places, the worker's holder, its closing, state. Arguments: task, worker, ttl, generation, whether that may begin, prefix
 * of holders. Answers `held <place>`, `elsewhere <beat> <worker>` or `lapsed`.
 */
export const CLAIM_SESSIONS = new RedisScript(`
local task, me, ttl, generation, mayBegin, holders = unpack(ARGV)
local place = redis.call('HGET', KEYS[1], task)
local worker = place and string.match(place, '^%d+ (.+)$')
if worker and worker ~= me then
	local beat = redis.call('GET', holders .. worker)
	if beat then return 'elsewhere ' .. beat .. ' ' .. worker end
end
local holder = redis.call('GET', KEYS[2])
if not holder or string.match(holder, '^(.+):%d+$') ~= generation then
	if mayBegin ~= '1' then return 'lapsed' end
	redis.call('SET', KEYS[2], generation .. ':0', 'PX', ttl)
end
redis.call('SREM', KEYS[3], task)
redis.call('PERSIST', KEYS[4])
local now = redis.call('TIME')
place = string.format('%d%06d', now[1], now[2]) .. ' ' .. me
redis.call('HSET', KEYS[1], task, place)
return 'held ' .. place
`);

/**
 * RENEW_SESSIONS keeps all leases of a worker, and says which of its tasks are to be closed; nil when the leases are over.
 * Keys: holder, closing. Arguments: ttl, generation.
 */
export const RENEW_SESSIONS = new RedisScript(`
local holder = redis.call('GET', KEYS[1])
if not holder then return false end
local generation, beats = string.match(holder, '^(.+):(%d+)$')
if generation ~= ARGV[2] then return false end
redis.call('SET', KEYS[1], generation .. ':' .. (beats + 1), 'PX', ARGV[1])
return redis.call('SMEMBERS', KEYS[2])
`);

/** SAVE_SESSION keeps what a browser remembers if the task's place is still this one. Keys: places, state. Arguments: task, place, name, sealed. */
export const SAVE_SESSION = new RedisScript(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1
`);

/** END_SESSIONS forgets a task that its worker has closed; what is to expire may do so. Keys: places, state, closing. Arguments: task, worker. */
export const END_SESSIONS = new RedisScript(`
local place = redis.call('HGET', KEYS[1], ARGV[1])
if not place or string.match(place, '^%d+ (.+)$') == ARGV[2] then
	redis.call('HDEL', KEYS[1], ARGV[1])
	if redis.call('TTL', KEYS[2]) < 0 then redis.call('DEL', KEYS[2]) end
end
redis.call('SREM', KEYS[3], ARGV[1])
return 1
`);

/** LEAVE_SESSIONS gives back everything a worker has; what was saved stays. Keys: places, holder, closing. Arguments: worker, its tasks. */
export const LEAVE_SESSIONS = new RedisScript(`
for at = 2, #ARGV do
	local place = redis.call('HGET', KEYS[1], ARGV[at])
	if place and string.match(place, '^%d+ (.+)$') == ARGV[1] then redis.call('HDEL', KEYS[1], ARGV[at]) end
end
redis.call('DEL', KEYS[2], KEYS[3])
return 1
`);

/**
 * FIND_SESSIONS says which living worker has the sessions of a task. Keys: places. Arguments: task, prefix of holders, time (ms)
 * that its lease must have left.
 */
export const FIND_SESSIONS = new RedisScript(`
local place = redis.call('HGET', KEYS[1], ARGV[1])
local worker = place and string.match(place, '^%d+ (.+)$')
if worker and redis.call('PTTL', ARGV[2] .. worker) > tonumber(ARGV[3]) then return worker end
return false
`);

/**
 * CLOSE_SESSIONS forgets a task's sessions, and tells the living worker that has them to close them: that one is the answer.
 * What was saved goes at once, or after keepMs. Said again to a worker, it looks whether that has been done. Keys: places, state.
 * Arguments: task, prefix of holders, prefix of closing, worker, keepMs.
 */
export const CLOSE_SESSIONS = new RedisScript(`
local task, holders, closing, told, keepMs = unpack(ARGV)
local place = redis.call('HGET', KEYS[1], task)
local worker = place and string.match(place, '^%d+ (.+)$')
if told ~= '' and (worker ~= told or redis.call('SISMEMBER', closing .. told, task) == 0) then return false end
if not worker or redis.call('EXISTS', holders .. worker) == 0 then
	redis.call('HDEL', KEYS[1], task)
	if keepMs == '0' then redis.call('DEL', KEYS[2]) else redis.call('PEXPIRE', KEYS[2], keepMs) end
	if worker then redis.call('DEL', closing .. worker) end
	return false
end
if keepMs == '0' then redis.call('PERSIST', KEYS[2]) else redis.call('PEXPIRE', KEYS[2], keepMs) end
redis.call('SADD', closing .. worker, task)
return worker
`);
