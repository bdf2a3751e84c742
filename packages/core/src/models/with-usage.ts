import type { Usage } from '../domain/task/facts.ts';

/** withUsage lets an error carry what it cost; one that cost nothing stays as it is. */
export function withUsage(error: unknown, usage: Usage): unknown {
	if (usage.tokens === 0 && usage.microUsd === 0) return error;
	return error instanceof Error ? Object.assign(error, { usage }) : error;
}
