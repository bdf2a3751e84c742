import { z } from 'zod';
import type { RedisLine } from '../open-redis-line.ts';
import { RedisScript } from '../redis-script.ts';

type Line = Pick<RedisLine, 'self' | 'keys' | 'commands'>;

/** Offers are the services of one process by name: how many instances there are of each, and how many calls run. */
export type Offers = Readonly<Record<string, { readonly instances: number; readonly running: number }>>;

/** A process counts as gone so long (ms of the server's clock) after it was last heard. */
export const SERVICE_TTL_MS = 3_000;

/** sayOffers tells what this process offers; `news`: others should look at once. */
export async function sayOffers({ self, keys, commands }: Line, offers: Offers, news: boolean): Promise<void> {
	const args = [self, JSON.stringify(offers), news ? '1' : '', keys.servicesChannel, FORGOTTEN_AFTER_MS];
	await SAY.run(commands, [keys.services('alive'), keys.services('offers')], args);
}

/** takeBackOffers says that this process offers nothing any more. */
export async function takeBackOffers({ self, keys, commands }: Line): Promise<void> {
	await TAKE_BACK.run(commands, [keys.services('alive'), keys.services('offers')], [self, keys.servicesChannel]);
}

/** readOffers reads what each process offers, and how long ago it was heard. */
export async function readOffers({
	keys,
	commands,
}: Line): Promise<ReadonlyMap<string, { readonly offers: Offers; readonly silentMs: number }>> {
	// Plain commands, because whoever may only read may run no script.
	const [time, alive, told] = await Promise.all([
		commands.time(),
		commands.zrange(keys.services('alive'), '0', '-1', 'WITHSCORES'),
		commands.hgetall(keys.services('offers')),
	]);
	const now = Number(time[0]) * 1_000 + Number(time[1]) / 1_000;
	const found = new Map<string, { offers: Offers; silentMs: number }>();
	for (let at = 0; at + 1 < alive.length; at += 2) {
		const process = alive[at] ?? '';
		const offers = parseOffers(told[process]);
		if (offers !== undefined) found.set(process, { offers, silentMs: now - Number(alive[at + 1]) });
	}
	return found;
}

function parseOffers(text: string | undefined): Offers | undefined {
	if (text === undefined) return undefined;
	try {
		return OffersSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

const OffersSchema = z.record(z.string(), z.object({ instances: z.number(), running: z.number() }));

const FORGOTTEN_AFTER_MS = 60_000;

// KEYS: alive, offers
const SAY = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[5]), 'LIMIT', 0, 100)) do
	redis.call('ZREM', KEYS[1], process)
	redis.call('HDEL', KEYS[2], process)
end
if ARGV[3] == '1' then redis.call('PUBLISH', ARGV[4], ARGV[1]) end
return 1
`);

const TAKE_BACK = new RedisScript(`
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[1]) end
return 1
`);
