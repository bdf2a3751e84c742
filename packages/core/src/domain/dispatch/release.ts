/**
 * admissible is how many jobs of one line may be under way at once, waiting in the queue and running together: twice the slots
 * there are, so that no slot stands empty while the next job is on its way, and no more, because the queue is not fair. Those
 * who release into the same queue share that; each may always have one there, or it would never be its turn.
 */
export function admissible({ slots, releasers }: { slots: number; releasers: number }): number {
	if (slots <= 0) return 0;
	return Math.max(1, Math.ceil((2 * slots) / Math.max(1, releasers)));
}

/** RateLimit allows so many a second on average, and so many at once after a rest. */
export interface RateLimit {
	readonly perSecond: number;
	readonly burst: number;
}

/** TokenBucket is what is left of a rate limit: `tokens` as of `at`, in ms. */
export interface TokenBucket {
	readonly tokens: number;
	readonly at: number;
}

/** takeToken takes one from a bucket, a full one where there is none yet; without one, `waitMs` tells when there will be. */
export function takeToken(
	bucket: TokenBucket | undefined,
	{ perSecond, burst }: RateLimit,
	now: number,
): { readonly bucket: TokenBucket; readonly waitMs: number } {
	const since = Math.max(0, now - (bucket?.at ?? now));
	const tokens = Math.min(burst, (bucket?.tokens ?? burst) + (since * perSecond) / 1_000);
	const at = Math.max(now, bucket?.at ?? now);
	// A hair less than one is one: adding up fractions must not make a wait of no time.
	if (tokens > 1 - 1e-6) return { bucket: { tokens: Math.max(0, tokens - 1), at }, waitMs: 0 };
	return { bucket: { tokens, at }, waitMs: Math.ceil(((1 - tokens) * 1_000) / perSecond) };
}
