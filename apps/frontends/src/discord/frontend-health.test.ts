import type { FrontendState } from '@errand/core/ports/frontend.ts';
import { describe, expect, it } from 'vitest';
import { FrontendHealth } from './frontend-health.ts';

describe('health', () => {
	it('is told when it changes, with all that is wrong', () => {
		const told: FrontendState[] = [];
		const health = new FrontendHealth((state) => told.push(state));
		health.report();
		health.report();
		health.raise('a', { message: 'No token.', hint: 'Set it.' });
		health.raise('a', { message: 'No token.', hint: 'Set it.' });
		health.raise('b', { message: 'No intent.', hint: 'Set it.' });
		health.clear('a');
		health.clear('a');
		health.clear('b');
		expect(told).toEqual([
			{ status: 'ready' },
			{ status: 'degraded', message: 'No token.', hint: 'Set it.' },
			{ status: 'degraded', message: 'No token. No intent.', hint: 'Set it.' },
			{ status: 'degraded', message: 'No intent.', hint: 'Set it.' },
			{ status: 'ready' },
		]);
	});
});
