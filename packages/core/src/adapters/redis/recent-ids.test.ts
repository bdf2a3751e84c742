import { expect, it } from 'vitest';
import { RecentIds } from './recent-ids.ts';

it('takes each id once, and remembers the latest only', () => {
	const ids = new RecentIds(2);
	expect(['a', 'a', 'b', 'a'].map((id) => ids.isNew(id))).toEqual([true, false, true, false]);
	expect(ids.isNew('c')).toBe(true);
	expect(['b', 'c', 'a'].map((id) => ids.isNew(id))).toEqual([false, false, true]);
});
