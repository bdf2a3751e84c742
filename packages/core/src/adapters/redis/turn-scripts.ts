import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { TurnAnswer, TurnWanted } from '../../ports/shared-turns.ts';
import type { RedisKeys } from './redis-keys.ts';
import { RedisScript } from './redis-script.ts';

interface Place {
	readonly redis: Redis;
	readonly keys: RedisKeys;
	/** How long after it was given or last renewed a turn is over. */
	readonly ttlMs: number;
}

/** A call may take longer to arrive than the next one; the provider's minute must not see more for that. */
const WINDOW_MS = 60_250;
const NO_BOUND = -1;

/** takeTurn asks for a turn; one that is held already is given again, and counts once. */
export async function takeTurn({ redis, keys, ttlMs }: Place, wanted: TurnWanted): Promise<TurnAnswer> {
	const { provider, id, tokens, limits } = wanted;
	const bounds = [limits.concurrency, limits.requestsPerMinute, limits.tokensPerMinute];
	const args = [id, tokens, ...bounds.map((bound) => bound ?? NO_BOUND), WINDOW_MS, ttlMs];
	const [given, waitMs] = Answer.parse(await TAKE.run(redis, turnKeys(keys, provider), args));
	return { given: given === 1, waitMs: waitMs === UNTIL_ANOTHER_ENDS ? undefined : waitMs };
}

/** freeTurn ends a turn; the tokens its call came to correct what was reckoned, and one that was not made is forgotten. */
export async function freeTurn(
	{ redis, keys }: Omit<Place, 'ttlMs'>,
	{ provider, id, cameTo }: { provider: string; id: string; cameTo: number | 'not-made' | undefined },
): Promise<void> {
	const args = cameTo === 'not-made' ? [id, 0, 1] : [id, cameTo ?? NO_BOUND, 0];
	await FREE.run(redis, turnKeys(keys, provider), args);
}

/** renewTurns says of calls that they still run; those that Redis does not know count from now on. */
export async function renewTurns(
	{ redis, keys, ttlMs }: Place,
	provider: string,
	ids: readonly string[],
): Promise<void> {
	await RENEW.run(redis, turnKeys(keys, provider).slice(0, 1), [ttlMs, ...ids]);
}

const Answer = z.tuple([z.number(), z.number()]);
const UNTIL_ANOTHER_ENDS = -1;

function turnKeys(keys: RedisKeys, provider: string): string[] {
	return [keys.turns(provider, 'running'), keys.turns(provider, 'begun'), keys.turns(provider, 'tokens')];
}

// `running` holds calls by when their turns are over; `begun` those of the last minute by when they began; `tokens` what each of
// those comes to, and under '' their sum.
const TAKE = new RedisScript(`
local id, tokens = ARGV[1], tonumber(ARGV[2])
local most, requests, bound = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local window, ttl = tonumber(ARGV[6]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - window)) do
	redis.call('HINCRBY', KEYS[3], '', -tonumber(redis.call('HGET', KEYS[3], gone) or 0))
	redis.call('HDEL', KEYS[3], gone)
	redis.call('ZREM', KEYS[2], gone)
end

local function waitOfNext()
	if most >= 0 and redis.call('ZCARD', KEYS[1]) >= most then return ${UNTIL_ANOTHER_ENDS} end
	local count = redis.call('ZCARD', KEYS[2])
	local used = tonumber(redis.call('HGET', KEYS[3], '') or 0)
	local isFull = requests >= 0 and count >= requests
	-- One that is larger than the bound goes alone.
	local isTooMuch = bound >= 0 and used > 0 and used + tokens > bound
	if not isFull and not isTooMuch then return 0 end
	local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
	if oldest[2] == nil then return 0 end
	return math.max(1, tonumber(oldest[2]) + window - now)
end

local isHeld = redis.call('ZSCORE', KEYS[1], id)
if not isHeld then
	local wait = waitOfNext()
	if wait ~= 0 then return {0, wait} end
	redis.call('ZADD', KEYS[1], now + ttl, id)
	redis.call('PEXPIRE', KEYS[1], ttl)
	if requests >= 0 or bound >= 0 then
		if redis.call('ZADD', KEYS[2], 'NX', now, id) == 1 then
			redis.call('HSET', KEYS[3], id, tokens)
			redis.call('HINCRBY', KEYS[3], '', tokens)
		end
		redis.call('PEXPIRE', KEYS[2], window)
		redis.call('PEXPIRE', KEYS[3], window)
	end
end
return {1, waitOfNext()}
`);

const FREE = new RedisScript(`
redis.call('ZREM', KEYS[1], ARGV[1])
local tokens, reckoned = tonumber(ARGV[2]), redis.call('HGET', KEYS[3], ARGV[1])
if tokens >= 0 and reckoned then
	redis.call('HINCRBY', KEYS[3], '', tokens - tonumber(reckoned))
	redis.call('HSET', KEYS[3], ARGV[1], tokens)
end
if ARGV[3] == '1' then
	redis.call('ZREM', KEYS[2], ARGV[1])
	redis.call('HDEL', KEYS[3], ARGV[1])
end
return 1
`);

const RENEW = new RedisScript(`
local time = redis.call('TIME')
local over = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], over, ARGV[at]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`);
