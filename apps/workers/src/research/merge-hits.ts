import { addressKey } from '@errand/core/domain/address-key.ts';
import type { SearchHit } from '@errand/core/ports/web-search.ts';

/** Keeps a first place in one list from outweighing good places in several (the usual constant of reciprocal rank fusion). */
const SMOOTHING = 60;

/** mergeHits makes one ranking of several by reciprocal rank: what many queries find comes first; each page stands once. */
export function mergeHits(rankings: readonly (readonly SearchHit[])[], limit: number): SearchHit[] {
	const merged = new Map<string, { hit: SearchHit; score: number }>();
	for (const hits of rankings) {
		for (const [rank, hit] of hits.entries()) {
			const key = addressKey(hit.url);
			if (key === undefined) continue;
			const known = merged.get(key);
			const score = (known?.score ?? 0) + 1 / (SMOOTHING + rank + 1);
			merged.set(key, { hit: known === undefined ? hit : fuller(known.hit, hit), score });
		}
	}
	const ranked = [...merged.values()].sort((one, other) => other.score - one.score);
	return ranked.slice(0, limit).map(({ hit }) => hit);
}

function fuller(one: SearchHit, other: SearchHit): SearchHit {
	const date = one.date ?? other.date;
	const snippet = one.snippet.length >= other.snippet.length ? one.snippet : other.snippet;
	return { title: one.title, url: one.url, snippet, ...(date === undefined ? {} : { date }) };
}
