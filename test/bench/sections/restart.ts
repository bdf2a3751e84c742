import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inFlight, median } from '../figures.ts';
import { ms, type Section } from '../section.ts';
import { openClient } from '../services/client.ts';
import { saidBy, startTimed, TEST_GATEWAY } from '../services/errand-server.ts';

const TASKS = 10_000;
const ROUNDS = 3;
const LONG_MS = 600_000;

/** What the tasks are in the middle of, a third each. One that waits for a person owes nothing, so it would cost nothing. */
const unfinished: readonly Record<string, unknown>[] = [
	{ plan: [step('a', 'test.wait', { ms: LONG_MS })] },
	{ plan: [step('a', 'test.wait', { ms: LONG_MS }), step('b', 'test.noop', { after: { $from: 'a' } })] },
	{ plan: ['a', 'b', 'c'].map((id) => step(id, 'test.wait-in-child', { ms: LONG_MS })) },
];

/** measureRestart kills a server with 10,000 unfinished tasks and starts another on copies of what it left behind. */
export async function measureRestart(): Promise<Section> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-restart-'));
	try {
		const left = join(folder, 'left');
		await leaveUnfinished(left);
		const rounds: { readyMs: number; resumedMs: number }[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			const dataDir = join(folder, `round-${round}`);
			cpSync(left, dataDir, { recursive: true });
			rounds.push(await restart(dataDir));
		}
		const ready = median(rounds.map(({ readyMs }) => readyMs));
		const resumed = median(rounds.map(({ resumedMs }) => resumedMs));
		return {
			title: 'Restart with 10,000 unfinished tasks',
			how: `Made through the API: a third each with one long step, with the first of two, with three side by side in children; then SIGKILL to all processes. Times are from the start of the new process, median of ${ROUNDS} starts on copies; ready is when the address is published and \`/readyz\` says so, resumed when all ${TASKS.toLocaleString('en')} have been looked at and their work taken up.`,
			tables: [
				{
					columns: ['start', 'ready ms', 'all resumed ms'],
					rows: rounds.map(({ readyMs, resumedMs }, round) => [String(round + 1), ms(readyMs), ms(resumedMs)]),
				},
			],
			goals: [
				{ what: 'ready', wanted: '≤ 1,500 ms', measured: `${ms(ready)} ms`, met: ready <= 1_500 },
				{ what: 'all resumed', wanted: '≤ 5,000 ms', measured: `${ms(resumed)} ms`, met: resumed <= 5_000 },
			],
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function leaveUnfinished(dataDir: string): Promise<void> {
	const { errand } = await startTimed({ dataDir, entry: TEST_GATEWAY });
	const client = openClient(errand);
	let count = 0;
	await inFlight(TASKS, 20, () => {
		const task = unfinished[count++ % unfinished.length];
		return client.submit({ goal: `Unfinished ${count}`, ...task });
	});
	client.close();
	await errand.kill();
}

async function restart(dataDir: string) {
	const env = { ERRAND_LOG_LEVEL: 'info' };
	const { errand, readyMs, startedAt } = await startTimed({ dataDir, entry: TEST_GATEWAY, env });
	const line = await saidBy(errand, '"work resumed"');
	const resumedMs = performance.now() - startedAt;
	await errand.kill();
	const { streams } = JSON.parse(line) as { streams: number };
	if (streams !== TASKS) throw new Error(`${streams} tasks were resumed instead of ${TASKS}.`);
	return { readyMs, resumedMs };
}

function step(id: string, capability: string, input: Record<string, unknown>) {
	return { id, title: `Step ${id}`, capability, input };
}

if (import.meta.main) console.dir(await measureRestart(), { depth: null });
