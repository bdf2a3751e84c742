import { expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { NO_USAGE } from '../../domain/task/usage.ts';
import { ReplyCache } from './reply-cache.ts';

it('forgets what was said to one person, or to everybody', () => {
	const cache = new ReplyCache();
	const reply = { text: 'Yes.', toolCalls: [], finish: 'stop', model: 'm', usage: NO_USAGE } as const;
	const keep = () => {
		for (const person of ['ann', 'bob'].map(asPersonId)) cache.put(person, reply, { person, now: 0 });
	};
	const kept = () => ['ann', 'bob'].filter((key) => cache.get(key, 1) !== undefined);
	keep();
	cache.forget(asPersonId('ann'));
	expect(kept()).toEqual(['bob']);
	keep();
	cache.forget();
	expect(kept()).toEqual([]);
});
