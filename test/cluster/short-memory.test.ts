import { RedisShortMemory } from '@errand/core/adapters/redis/redis-short-memory.ts';
import { expect, test } from 'vitest';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();

test('remembers for all processes for a while, and lets one of them have a name', async () => {
	const [one, two] = await Promise.all([lines.open('one'), lines.open('two')]);
	const [here, there] = [new RedisShortMemory(one), new RedisShortMemory(two)];
	await here.put('said', 'text', 60_000);
	expect(await there.get('said')).toBe('text');
	const claims = await Promise.all([here, there, here].map((memory) => memory.claim('code', 60_000)));
	expect(claims.filter(Boolean)).toHaveLength(1);
	expect(await here.claim('brief', 50)).toBe(true);
	await eventually(async () => expect(await there.claim('brief', 60_000)).toBe(true));
});
