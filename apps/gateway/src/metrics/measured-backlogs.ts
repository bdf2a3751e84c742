import { isCoreError } from '@errand/core/domain/errors.ts';
import type { BacklogCall, IBacklogDesk } from '@errand/core/orchestrator/desks/backlog.ts';
import { Histogram, type Registry } from 'prom-client';

/** measuredBacklogs is the same desk, with its calls timed: by kind of tool, and by what they came to. */
export function measuredBacklogs(desk: IBacklogDesk, registry: Registry): IBacklogDesk {
	const seconds = new Histogram({
		name: 'errand_backlog_call_seconds',
		help: 'Time that calls of the tools of backlogs take, by kind and outcome; work that goes on counts as begun.',
		labelNames: ['kind', 'outcome'],
		buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
		registers: [registry],
	});
	return {
		call: async (principal, call, options) => {
			const kind = await kindOf(call);
			const since = performance.now();
			const ended = (outcome: 'ok' | 'begun' | 'refused' | 'failed') =>
				seconds.observe({ kind, outcome }, (performance.now() - since) / 1_000);
			try {
				const answer = await desk.call(principal, call, options);
				ended(kind === 'work' && answer['status'] === 'in_progress' ? 'begun' : 'ok');
				return answer;
			} catch (error) {
				ended(isCoreError(error) && error.code !== 'internal' ? 'refused' : 'failed');
				throw error;
			}
		},
		operation: (principal, id) => desk.operation(principal, id),
		cancelOperation: (principal, id) => desk.cancelOperation(principal, id),
		list: (principal) => desk.list(principal),
		work: (principal, project) => desk.work(principal, project),
		follow: (principal, project, listener) => desk.follow(principal, project, listener),
	};
}

/** Tools are loaded with their first use. */
async function kindOf({ tool, args }: BacklogCall): Promise<string> {
	const { isBacklogTool, kindOfCall } = await import('@errand/core/domain/backlog/tools.ts');
	return isBacklogTool(tool) ? kindOfCall({ tool, args }) : 'unknown';
}
