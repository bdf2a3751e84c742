import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ErrandProcess } from '../../harness/errand-process.ts';

/** Client calls the API over kept connections with as little work of its own as it can, for it shares the processors. */
export interface Client {
	submit(task: Record<string, unknown>): Promise<string>;
	/** Submits and asks for the task, again and again without a pause at first, until it has ended. */
	turn(task: Record<string, unknown>): Promise<TaskView>;
	close(): void;
}

/** openClient opens a client of a server. */
export function openClient({ url, token }: Pick<ErrandProcess, 'url' | 'token'>): Client {
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	const { hostname, port } = new URL(url);
	const call = (method: string, path: string, body?: string) =>
		new Promise<unknown>((resolve, reject) => {
			const headers = {
				Authorization: `Bearer ${token}`,
				...(body === undefined
					? {}
					: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
			};
			const asked = request({ agent, hostname, port, method, path, headers }, (response) => {
				let text = '';
				response.setEncoding('utf8');
				response.on('data', (chunk: string) => {
					text += chunk;
				});
				response.on('end', () => {
					if (response.statusCode !== 200 && response.statusCode !== 202)
						reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`));
					else resolve(JSON.parse(text));
				});
			});
			asked.on('error', reject);
			asked.end(body);
		});
	const submit = async (task: Record<string, unknown>) =>
		((await call('POST', '/v1/tasks', JSON.stringify(task))) as { id: string }).id;
	return {
		submit,
		turn: async (task) => {
			const id = await submit(task);
			for (let tries = 0; ; tries++) {
				const view = (await call('GET', `/v1/tasks/${id}`)) as TaskView;
				if (view.status === 'done') return view;
				if (['failed', 'cancelled', 'waiting'].includes(view.status)) {
					throw new Error(`A task of the bench is ${view.status}: ${JSON.stringify(view)}`);
				}
				if (tries >= 5) await wait(Math.min(tries, 50));
			}
		},
		close: () => agent.destroy(),
	};
}
