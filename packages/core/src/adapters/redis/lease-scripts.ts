import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisKeys } from './redis-keys.ts';
import { RedisScript } from './redis-script.ts';

/** A lease is over so long (ms of the server's clock) after it was renewed. */
export const LEASE_TTL_MS = 1_000;

/** LeaseClaim asks for a lease, or, with the epoch it has, for its renewal. */
export interface LeaseClaim {
	readonly name: string;
	/** Whose it is: said twice by the same one, a claim counts once. */
	readonly token: string;
	/** 0 where it is not held. */
	readonly epoch: number;
}

/** Redis has just started and may have forgotten who has it. */
export const TOO_EARLY = -1;

interface Place {
	readonly redis: Redis;
	readonly keys: RedisKeys;
}

/** tendLeases takes and renews leases in one call; answers with the epoch each is held under, 0 for one that somebody else has, TOO_EARLY. */
export async function tendLeases({ redis, keys }: Place, claims: readonly LeaseClaim[]): Promise<readonly number[]> {
	const names = claims.flatMap(({ name }) => [keys.lease(name), keys.leaseEpoch(name)]);
	const args = claims.flatMap(({ token, epoch }) => [token, epoch]);
	return z.array(z.number()).parse(await TEND.run(redis, names, [LEASE_TTL_MS, ...args]));
}

/** freeLease gives a lease back, if this one has it, and tells those who wait. */
export async function freeLease({ redis, keys }: Place, { name, token }: Omit<LeaseClaim, 'epoch'>): Promise<void> {
	await FREE.run(redis, [keys.lease(name)], [token, keys.leasesChannel, name]);
}

/** leaseToken reads who holds a lease. */
export async function leaseToken({ redis, keys }: Place, name: string): Promise<string | undefined> {
	const held = await redis.get(keys.lease(name));
	return held === null ? undefined : held.slice(held.indexOf(' ') + 1);
}

// A lease holds its epoch and its holder's token. Epochs grow with the server's clock, so that they do not fall when all was lost.
// One that is not there is renewed under its epoch if nobody else had it since: so a wiped Redis takes it from nobody.
// A Redis that has just started may have forgotten who holds what: nothing is given until that would be over.
const TEND = new RedisScript(`
local ttl = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local young = nil
local function isYoung()
	if young == nil then
		local uptime = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)'))
		young = uptime < 1 + math.ceil(ttl / 1000)
	end
	return young
end
local answer = {}
for i = 1, #KEYS, 2 do
	local token, epoch = ARGV[i + 1], tonumber(ARGV[i + 2])
	local held = redis.call('GET', KEYS[i])
	local given = 0
	if held then
		local heldEpoch, holder = string.match(held, '^(%d+) (.*)$')
		if holder == token then
			redis.call('PEXPIRE', KEYS[i], ttl)
			given = tonumber(heldEpoch)
		end
	else
		local last = tonumber(redis.call('GET', KEYS[i + 1]) or '0')
		if epoch > 0 then
			if last == 0 or last == epoch then given = epoch end
		else
			given = isYoung() and -1 or math.max(last + 1, now)
		end
		if given > 0 then
			local written = string.format('%.0f', given)
			redis.call('SET', KEYS[i + 1], written, 'PX', 86400000)
			redis.call('SET', KEYS[i], written .. ' ' .. token, 'PX', ttl)
		end
	end
	answer[#answer + 1] = given
end
return answer
`);

const FREE = new RedisScript(`
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+ (.*)$') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
`);
