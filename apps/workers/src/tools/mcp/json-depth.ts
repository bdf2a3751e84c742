import type { Json } from '@errand/core/domain/json.ts';

/** isDeeperThan tells whether a value is nested deeper than that; it does not recurse, which a deep enough value would overflow. */
export function isDeeperThan(maxDepth: number, value: Json): boolean {
	let level: Json[] = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > maxDepth) return true;
		level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
	}
	return false;
}
