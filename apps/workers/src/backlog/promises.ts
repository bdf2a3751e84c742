/** WORKS_ON_BACKLOGS is what every `backlog.*` capability promises: it reads what it is given, and plans for goals leave it out. */
export const WORKS_ON_BACKLOGS = {
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 2,
	uses: ['model'],
	timeoutMs: 900_000,
	retry: { maxAttempts: 3, waitsMs: [1_000, 10_000] },
	unplanned: true,
} as const;
