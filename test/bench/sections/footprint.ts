import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { serveSite } from '../../harness/loopback-site.ts';
import { inFlight, spreadOf } from '../figures.ts';
import { megabytes, ms, rate, type Section } from '../section.ts';
import { type Client, openClient } from '../services/client.ts';
import { endsWithUs } from '../services/ends-with-us.ts';
import { startTimed, TEST_GATEWAY } from '../services/errand-server.ts';
import { type TreeMemory, treeMemory } from '../services/process-memory.ts';

const STARTS = 5;
const TASKS = 1_000;
const ROUNDS = 6;
const AT_ONCE = 20;
/** What a server needs to come to rest once it has answered, ms. */
const REST_MS = 3_000;

/** measureFootprint looks at how long a start takes and how much memory the whole process tree holds, before and after work. */
export async function measureFootprint(): Promise<Section> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-footprint-'));
	try {
		const starts = await startTimes(folder);
		const idle = await idleMemory(folder);
		const wrapped = await idleUnderNpm(folder);
		const work = await memoryOfWork(folder);
		return {
			title: 'Start and memory',
			how: `Start: from the start of \`node\` until \`/readyz\` says ready, warm, ${STARTS} times each. Memory: PSS of the server and all its children; after work it is read once all children have gone. A thousand tasks are 700 × hello, 200 chains of 3 no-op steps, 50 × \`web.read\` of a loopback page and 50 × \`text.summarize\`, ${AT_ONCE} at once; the peak is looked for every 250 ms.`,
			tables: [
				{
					columns: ['start', 'p50 ms', 'max'],
					rows: [
						...starts.map(({ name, times }) => {
							const { p50, max } = spreadOf(times);
							return [name, ms(p50), ms(max)];
						}),
						['OpenClaw 2026.9.6 (measured before, on the same kind of machine)', '9,100', ''],
					],
				},
				{
					columns: ['memory', 'PSS', 'processes'],
					rows: [
						memoryRow('idle', idle),
						memoryRow('idle, with the processes of `npm start` around it', wrapped),
						...work.rests.map((rest, index) => memoryRow(`after ${rate((index + 1) * TASKS)} tasks`, rest)),
						memoryRow('at the peak of the work, children and all', work.peak),
						['OpenClaw 2026.9.6 idle; after 310 messages', '820 MB; 1.5 GB', ''],
					],
				},
			],
			goals: [
				...starts.map(({ name, times }) => {
					const { p50 } = spreadOf(times);
					return {
						what: `start to ready, ${name}`,
						wanted: '≤ 1,000 ms',
						measured: `${ms(p50)} ms`,
						met: p50 <= 1_000,
					};
				}),
				memoryGoal('idle', 150, idle),
				memoryGoal('after 1,000 tasks', 250, work.rests[0]),
				growthGoal('after 1,000 tasks', work.rests[0], work.rests.at(-1)),
				growthGoal(`after ${rate((ROUNDS - 2) * TASKS)} tasks`, work.rests.at(-3), work.rests.at(-1)),
			],
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function startTimes(folder: string) {
	const existing = join(folder, 'existing');
	const startOn = async (dataDir: string) => {
		const { errand, readyMs } = await startTimed({ dataDir });
		await errand.stop();
		return readyMs;
	};
	await startOn(existing);
	const fresh: number[] = [];
	const again: number[] = [];
	for (let round = 0; round < STARTS; round++) {
		fresh.push(await startOn(join(folder, `fresh-${round}`)));
		again.push(await startOn(existing));
	}
	return [
		{ name: 'fresh data directory', times: fresh },
		{ name: 'existing data directory', times: again },
	];
}

async function idleMemory(folder: string): Promise<TreeMemory> {
	const { errand } = await startTimed({ dataDir: join(folder, 'idle') });
	await wait(REST_MS);
	const memory = treeMemory(errand.pid);
	await errand.stop();
	return memory;
}

/** `npm start` stays around the server as long as it runs. */
async function idleUnderNpm(folder: string): Promise<TreeMemory> {
	const dataDir = join(folder, 'wrapped');
	const npm = spawn('npm', ['start'], {
		cwd: resolve(import.meta.dirname, '../../..'),
		stdio: 'ignore',
		detached: true,
		env: { ...process.env, PORT: '0', ERRAND_DATA_DIR: dataDir },
	});
	endsWithUs(npm, { group: true });
	const exited = new Promise((done) => npm.once('exit', done));
	for (let tries = 0; !existsSync(join(dataDir, 'gateway.json')); tries++) {
		if (tries > 1_200 || npm.exitCode !== null) throw new Error('`npm start` did not bring a server up.');
		await wait(50);
	}
	await wait(REST_MS);
	const memory = treeMemory(npm.pid ?? 0);
	if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGTERM');
	await exited;
	return memory;
}

async function memoryOfWork(folder: string): Promise<{ rests: TreeMemory[]; peak: TreeMemory }> {
	const page = `<title>A page</title><main>${'<p>The bill for the river was paid on 3 May 2026. It came to 120 euros.</p>'.repeat(40)}</main>`;
	const site = await serveSite({ '/page': { type: 'text/html', body: page } });
	const env = { ERRAND_ALLOW_PRIVATE_HOSTS: site.host };
	const { errand } = await startTimed({ dataDir: join(folder, 'work'), entry: TEST_GATEWAY, env });
	const client = openClient(errand);
	let peak: TreeMemory = { bytes: 0, processes: 0 };
	const watch = setInterval(() => {
		const now = treeMemory(errand.pid);
		if (now.bytes > peak.bytes) peak = now;
	}, 250);
	try {
		const rests: TreeMemory[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			let count = 0;
			await inFlight(TASKS, AT_ONCE, () => client.turn(mixed(count++, round, site.origin)));
			rests.push(await atRest(errand.pid));
		}
		return { rests, peak };
	} finally {
		clearInterval(watch);
		client.close();
		await errand.stop();
		await site.stop();
	}
}

/** Every twentieth task reads, every twentieth summarises, four are chains, the rest is small talk. */
function mixed(index: number, round: number, origin: string): Parameters<Client['turn']>[0] {
	const kind = index % 20;
	if (kind === 0) return { goal: 'Read', plan: [step('a', 'web.read', { url: `${origin}/page` })] };
	if (kind === 1) {
		// Another text each time, or the result would be taken from the cache.
		const text = `Note ${round}-${index}. The river rose by two metres. The dam held. The mayor thanked the volunteers. `;
		return { goal: 'Summarise', plan: [step('a', 'text.summarize', { text: text.repeat(20), maxSentences: 2 })] };
	}
	if (kind > 5) return { goal: 'hello' };
	const after = (id: string) => ({ after: { $from: id } });
	const plan = [step('a', 'test.noop', {}), step('b', 'test.noop', after('a')), step('c', 'test.noop', after('b'))];
	return { goal: 'Chain', plan };
}

async function atRest(pid: number): Promise<TreeMemory> {
	for (let tries = 0; tries < 120 && treeMemory(pid).processes > 1; tries++) await wait(250);
	await wait(REST_MS);
	return treeMemory(pid);
}

function step(id: string, capability: string, input: Record<string, unknown>) {
	return { id, title: `Step ${id}`, capability, input };
}

function memoryRow(name: string, { bytes, processes }: TreeMemory): string[] {
	return [name, megabytes(bytes), String(processes)];
}

function memoryGoal(name: string, limit: number, memory: TreeMemory | undefined) {
	const bytes = memory?.bytes ?? Number.POSITIVE_INFINITY;
	return {
		what: `whole process tree, ${name}`,
		wanted: `≤ ${limit} MB`,
		measured: megabytes(bytes),
		met: bytes <= limit * 1_000_000,
	};
}

function growthGoal(since: string, before: TreeMemory | undefined, after: TreeMemory | undefined) {
	const percent = Math.round(((after?.bytes ?? 0) / (before?.bytes ?? 1) - 1) * 100);
	const what = `after ${rate(ROUNDS * TASKS)} tasks, against ${since}`;
	return {
		what,
		wanted: 'flat (≤ 10 % more)',
		measured: `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`,
		met: percent <= 10,
	};
}

if (import.meta.main) console.dir(await measureFootprint(), { depth: null });
