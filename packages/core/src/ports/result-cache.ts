import type { PersonId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';

/** CachedResult is what a pure run produced, with the origins that taint it. */
export interface CachedResult {
	readonly output: Json;
	readonly origins: readonly string[];
}

/** IResultCache keeps results of pure capabilities, so that a replay computes nothing twice. Losing entries changes nothing but time. */
export interface IResultCache {
	get(person: PersonId, key: string): Promise<CachedResult | undefined>;
	put(person: PersonId, key: string, result: CachedResult): Promise<void>;
	eraseOf(person: PersonId): Promise<void>;
}
