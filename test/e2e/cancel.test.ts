import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

/** Nothing but its cancelling ends a step while these tests last. */
const timeoutMs = 3_600_000;

describe('cancelling', () => {
	let site: LoopbackSite;
	let errand: ErrandProcess;
	let hungUp: Promise<void>;
	beforeAll(async () => {
		let hangUp: () => void = () => {};
		hungUp = new Promise((resolve) => {
			hangUp = resolve;
		});
		site = await serveSite({
			'/slow': (_request, response) => {
				response.writeHead(200, { 'Content-Type': 'text/html' }).write('<p>One moment');
				response.on('close', hangUp);
			},
		});
		errand = await startErrand({
			entry: join(import.meta.dirname, '../harness/test-gateway.ts'),
			env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host },
		});
	});
	afterAll(async () => {
		await errand.dispose();
		await site.stop();
	});

	async function running(step: Record<string, unknown>): Promise<string> {
		const id = await errand.submit({ goal: 'Wait', plan: [{ id: 'a', title: 'Wait', timeoutMs, ...step }] });
		for (;;) {
			const task = await errand.task(id);
			const worker = (await (await errand.call('GET', '/v1/workers')).json()) as {
				workers: { capabilities: { name: string; running: number }[] }[];
			};
			const busy = worker.workers.some(({ capabilities }) =>
				capabilities.some(({ name, running }) => name === step['capability'] && running > 0),
			);
			if (task.plan.steps[0]?.status === 'running' && busy) return id;
			await wait(20);
		}
	}

	it('stops a slow read: the connection is dropped and the worker is free', async () => {
		const id = await running({ capability: 'web.read', input: { url: `${site.origin}/slow` } });
		while (site.asked.length === 0) await wait(10);
		expect((await errand.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
		// Left alone, the reading would end after 25 s.
		expect(await Promise.race([hungUp.then(() => 'hung up'), wait(20_000, 'still there')])).toBe('hung up');
		expect(await errand.task(id)).toMatchObject({ status: 'cancelled', plan: { steps: [{ status: 'cancelled' }] } });
	});

	// It watches the children of the one process that runs steps.
	it.runIf(process.platform === 'linux' && !CLUSTER_MODE)(
		'stops a step that never gives the processor back',
		async () => {
			const id = await running({ capability: 'test.block', input: { ms: 0 } });
			const idle = await processorTime(errand.pid);
			// The one child that keeps the processor to itself; another may be starting, or idle, waiting for its next job.
			let blocking: number | undefined;
			while (blocking === undefined) {
				await wait(100);
				const busy = [...(await processorTime(errand.pid))];
				const used = busy.map(([child, ticks]) => ({ child, ticks: ticks - (idle.get(child) ?? 0) }));
				const [most, next] = used.toSorted((a, b) => b.ticks - a.ticks);
				if (most !== undefined && most.ticks > 10 && most.ticks > 5 * (next?.ticks ?? 0)) blocking = most.child;
			}
			expect((await errand.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
			for (;;) {
				const { workers } = (await (await errand.call('GET', '/v1/workers')).json()) as {
					workers: { state: string }[];
				};
				if (workers[0]?.state === 'WAITING') break;
				await wait(5);
			}
			// A killed process has its entry until its parent was told.
			while ((await processorTime(errand.pid)).has(blocking)) await wait(5);
			expect((await errand.task(id)).status).toBe('cancelled');
		},
	);
});

/** Processor time (clock ticks) that each child of the server has used so far; read from /proc, so on Linux only. */
async function processorTime(server: number): Promise<Map<number, number>> {
	const ticks = new Map<number, number>();
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (Number(fields[1]) === server) ticks.set(Number(pid), Number(fields[11]) + Number(fields[12]));
	}
	return ticks;
}
