import { expect, it } from 'vitest';
import { Reachability } from './reachability.ts';

function away(): Reachability {
	const reachability = new Reachability();
	const now = performance.now();
	reachability.failed(now - 1_500, now);
	return reachability;
}

it('is not lost by a hiccup', () => {
	const reachability = new Reachability();
	reachability.failed(1_000, 1_900);
	expect(reachability.reachable).toBe(true);
	reachability.failed(1_950, 2_000);
	expect(reachability.reachable).toBe(false);
});

it('lets nobody wait for what answers nobody, and tells it at the moment it is known', async () => {
	const reachability = new Reachability();
	const now = performance.now();
	const call = reachability.bound(now - 2_000, new Promise(() => undefined));
	reachability.failed(now - 1_500, now);
	await expect(call).rejects.toThrow('does not answer');
	expect(reachability.isOverdue(now - 2_000)).toBe(true);
});

it('has one try at a time while it is lost, unless one insists, and all once it is back', () => {
	const reachability = away();
	const later = performance.now() + 1_000;
	expect(() => reachability.begin(performance.now(), false)).toThrow('does not answer');
	reachability.begin(later, false);
	expect(() => reachability.begin(later, false)).toThrow('does not answer');
	reachability.begin(later, true);
	reachability.succeeded();
	reachability.begin(later, false);
	expect(reachability.reachable).toBe(true);
});
