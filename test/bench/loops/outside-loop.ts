import { io } from 'socket.io-client';
import { openClient } from '../services/client.ts';
import { type BenchPlan, benchPlan } from './bench-plan.ts';
import type { StepLoop } from './step-loop.ts';

/** openLoop gives tasks to a running gateway over HTTP, and hears over a socket how they end, as a page does. */
export async function openLoop(url: string, token: string, capability: string): Promise<StepLoop> {
	const client = openClient({ url, token });
	const socket = io(url, { auth: { token }, transports: ['websocket'] });
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('connect_error', reject);
	});
	const waiting = new Map<string, (type: string) => void>();
	socket.on('fact', ({ taskId, fact }: { taskId: string; fact: { type: string } }) => waiting.get(taskId)?.(fact.type));
	const plans = new Map<string, BenchPlan>();
	return {
		async run(levels) {
			const plan = plans.get(levels.join()) ?? benchPlan(levels, capability);
			plans.set(levels.join(), plan);
			const id = await client.submit({ goal: 'bench', plan });
			const ended = new Promise<void>((resolve, reject) => {
				waiting.set(id, (type) => {
					if (type === 'TaskCompleted') resolve();
					if (type === 'TaskFailed') reject(new Error('a bench task failed'));
				});
			});
			socket.emit('follow', { taskId: id, after: 0 });
			await ended;
			waiting.delete(id);
			socket.emit('unfollow', { taskId: id });
		},
		close() {
			socket.close();
			client.close();
		},
	};
}
