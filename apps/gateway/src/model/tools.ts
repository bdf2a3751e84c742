import type { IClock } from '@errand/core/ports/clock.ts';

/** Tools are what the command works with. */
export interface Tools {
	readonly dataDir: string;
	readonly clock: IClock;
	readonly signal: AbortSignal;
	readonly say: (line: string) => void;
}
