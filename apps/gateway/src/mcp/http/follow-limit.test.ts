import { asPersonId } from '@errand/core/domain/ids.ts';
import { expect, it } from 'vitest';
import type { McpSurface } from '../protocol/surface.ts';
import { FollowLimit } from './follow-limit.ts';

it('refuses one person to follow ever more in ever more streams, and no other', async () => {
	const following = new Set<object>();
	const follow = async (uri: string) => {
		if (uri === 'gone') throw new Error('There is none.');
		const one = { uri };
		following.add(one);
		return () => void following.delete(one);
	};
	const limit = new FollowLimit(2);
	const surfaceOf = (person: string) => limit.bounded({ follow } as unknown as McpSurface, asPersonId(person));
	const changed = () => {};
	await expect(surfaceOf('ann').follow('gone', changed)).rejects.toThrow();
	const stop = await surfaceOf('ann').follow('a', changed);
	await surfaceOf('ann').follow('b', changed);
	await expect(surfaceOf('ann').follow('c', changed)).rejects.toMatchObject({ code: 'not-possible' });
	await surfaceOf('bob').follow('a', changed);
	stop();
	stop();
	await surfaceOf('ann').follow('c', changed);
	await expect(surfaceOf('ann').follow('d', changed)).rejects.toMatchObject({ code: 'not-possible' });
	expect(following.size).toBe(3);
});
