import { expect, it } from 'vitest';
import { waitKindOf, withWaitKind } from './wait-kinds.ts';

const SOON = '2026-03-01T09:00:00Z';

it('a wait becomes one for something else where it stands, and keeps everything beside it', () => {
	const step = { id: 'pause', wait: '10m', when: 'true' };
	for (const kind of ['time', 'until', 'event', 'person'] as const) {
		const made = withWaitKind(step, kind, SOON);
		expect([waitKindOf(made), Object.keys(made)[0], made['when']]).toEqual([kind, 'id', 'true']);
	}
	expect(withWaitKind({ id: 'q', ask: 'Now?' }, 'until', SOON)).toEqual({ id: 'q', wait: { until: SOON } });
	expect(waitKindOf({ use: 'web.read' })).toBeUndefined();
});
