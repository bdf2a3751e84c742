import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';

/** ErrandCalls is the API of a running Errand as tests use it. */
export interface ErrandCalls {
	call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
	submit(request: Record<string, unknown>): Promise<string>;
	task(id: string): Promise<TaskView>;
	/** Resolves once the task has ended or waits for an answer. */
	settled(id: string, limitMs?: number): Promise<TaskView>;
	facts(id: string): Promise<RecordedTaskFact[]>;
}

/** errandCalls calls the API with the owner's token, at the address that is asked for before each call. */
export function errandCalls(address: () => string, token: string): ErrandCalls {
	const call: ErrandCalls['call'] = (method, path, body, headers = {}) =>
		fetch(address() + path, {
			method,
			headers: {
				Authorization: `Bearer ${token}`,
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		});
	const json = async (response: Response): Promise<unknown> => {
		if (response.ok) return response.json();
		throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
	};
	const task = async (id: string) => (await json(await call('GET', `/v1/tasks/${id}`))) as TaskView;
	return {
		call,
		submit: async (request) => ((await json(await call('POST', '/v1/tasks', request))) as { id: string }).id,
		task,
		settled: async (id, limitMs = 100_000) => {
			const until = Date.now() + limitMs;
			for (;;) {
				const view = await task(id);
				if (['done', 'failed', 'cancelled', 'waiting'].includes(view.status)) return view;
				if (Date.now() > until)
					throw new Error(`Task ${id} is still ${view.status}: ${JSON.stringify(view.plan.steps)}`);
				await wait(25);
			}
		},
		facts: async (id) => {
			const facts: RecordedTaskFact[] = [];
			for (;;) {
				const page = (await json(await call('GET', `/v1/tasks/${id}/events?after=${facts.length}`))) as {
					events: RecordedTaskFact[];
				};
				if (page.events.length === 0) return facts;
				facts.push(...page.events);
			}
		},
	};
}
