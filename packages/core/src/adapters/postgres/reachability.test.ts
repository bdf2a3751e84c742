import { expect, it } from 'vitest';
import { Reachability } from './reachability.ts';

/** As it is once the process has settled and the database has answered. */
function settled(answeredAt = 0): Reachability {
	const reachability = new Reachability({ settledAt: 0 });
	reachability.succeeded(answeredAt);
	return reachability;
}

function away(): Reachability {
	const now = performance.now();
	const reachability = settled(now - 10_000);
	reachability.failed(now - 1_500, now);
	return reachability;
}

it('is not lost by a hiccup', () => {
	const reachability = settled();
	reachability.failed(1_000, 1_900);
	expect(reachability.reachable).toBe(true);
	reachability.failed(1_950, 2_000);
	expect(reachability.reachable).toBe(false);
});

it('is not lost by one connection that fails while others are answered', () => {
	const reachability = settled();
	reachability.succeeded(20_000);
	reachability.failed(18_500, 20_500);
	expect(reachability.reachable).toBe(true);
	reachability.failed(20_500, 21_000);
	expect(reachability.reachable).toBe(false);
});

it('is not lost by connections that are slow at the start of a process, nor before the first answer', () => {
	const young = new Reachability();
	young.succeeded(500);
	young.failed(1_000, 3_000);
	expect(young.reachable).toBe(true);
	young.failed(3_000, 5_000);
	expect(young.reachable).toBe(false);
	const unanswered = new Reachability();
	unanswered.failed(20_000, 22_000);
	expect(unanswered.reachable).toBe(true);
	unanswered.failed(22_000, 24_000);
	expect(unanswered.reachable).toBe(false);
});

it('lets nobody wait for what answers nobody, and tells it at the moment it is known', async () => {
	const now = performance.now();
	const reachability = settled(now - 10_000);
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
	reachability.succeeded(later);
	reachability.begin(later, false);
	expect(reachability.reachable).toBe(true);
});

it('is lost for good once another region has taken over, though the database answers', () => {
	const reachability = settled();
	reachability.takenOver();
	reachability.succeeded(1_000);
	expect(reachability.reachable).toBe(false);
});
