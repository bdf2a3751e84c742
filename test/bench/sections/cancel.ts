import { setTimeout as wait } from 'node:timers/promises';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { serveSite } from '../../harness/loopback-site.ts';
import { spreadOf } from '../figures.ts';
import { ms, type Section } from '../section.ts';
import { startTimed, TEST_GATEWAY } from '../services/errand-server.ts';
import { treeMemory } from '../services/process-memory.ts';

const ROUNDS = 10;

/** measureCancel stops a read that never ends and a step that never gives its processor back. */
export async function measureCancel(): Promise<Section> {
	let hungUp: () => void = () => {};
	let asked: () => void = () => {};
	const site = await serveSite({
		'/slow': (_request, response) => {
			response.writeHead(200, { 'Content-Type': 'text/html' }).write('<p>One moment');
			response.on('close', () => hungUp());
			asked();
		},
	});
	const { errand } = await startTimed({ entry: TEST_GATEWAY, env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
	try {
		const reads: number[] = [];
		const blocked: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			const dropped = new Promise<void>((resolve) => {
				hungUp = resolve;
			});
			const reading = new Promise<void>((resolve) => {
				asked = resolve;
			});
			const read = await submit(errand, 'web.read', { url: `${site.origin}/slow` });
			await reading;
			reads.push(await timed(() => cancel(errand, read).then(() => dropped)));
			const block = await submit(errand, 'test.block', { ms: 0 });
			await busy(errand);
			// It begins to block 50 ms after it has started.
			await wait(300);
			const { processes } = treeMemory(errand.pid);
			blocked.push(await timed(() => cancel(errand, block).then(() => fewerProcesses(errand.pid, processes))));
		}
		const rows = [
			{ name: 'a slow read: connection dropped', ...spreadOf(reads) },
			{ name: 'a child that blocks: its process is gone', ...spreadOf(blocked) },
		];
		return {
			title: 'Cancelling',
			how: `From the cancel call until the step has ended, ${ROUNDS} times each. A child that does not listen is killed after 75 ms.`,
			tables: [
				{
					columns: ['', 'p50 ms', 'p95', 'max'],
					rows: rows.map(({ name, p50, p95, max }) => [name, ms(p50), ms(p95), ms(max)]),
				},
			],
			goals: rows.map(({ name, max }) => ({
				what: `${name}, slowest`,
				wanted: '≤ 200 ms',
				measured: `${ms(max)} ms`,
				met: max <= 200,
			})),
		};
	} finally {
		await errand.dispose();
		await site.stop();
	}
}

function submit(errand: ErrandProcess, capability: string, input: unknown): Promise<string> {
	return errand.submit({ goal: 'Wait', plan: [{ id: 'a', title: 'Wait', capability, input }] });
}

async function cancel(errand: ErrandProcess, id: string): Promise<void> {
	const response = await errand.call('POST', `/v1/tasks/${id}/cancel`);
	if (!response.ok) throw new Error(`The cancel call was answered ${response.status}.`);
	await response.body?.cancel();
}

async function busy(errand: ErrandProcess): Promise<void> {
	for (;;) {
		const { workers } = (await (await errand.call('GET', '/v1/workers')).json()) as { workers: { state: string }[] };
		if (workers[0]?.state === 'BUSY') return;
		await wait(20);
	}
}

async function fewerProcesses(root: number, before: number): Promise<void> {
	while (treeMemory(root).processes >= before) await wait(2);
}

async function timed(run: () => Promise<void>): Promise<number> {
	const before = performance.now();
	await run();
	return performance.now() - before;
}

if (import.meta.main) console.dir(await measureCancel(), { depth: null });
