import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { ownPlace } from '../cluster/support/own-place.ts';
import { type Door, openDoor } from '../harness/door.ts';
import { percentiles } from '../harness/percentiles.ts';
import { serversMissing } from '../support/servers-missing.ts';

const KILLS = 30;
/** Steps under way at any time, and how long each takes, ms. */
const AT_ONCE = 5;
const STEP_MS = 1_000;
/** A step that took so many workers with it counts as what kills them, and is given up: it is spared before. */
const MOST_CUTS = 5;

/** Kill is one SIGKILL of a worker: when, and which steps ran there. */
interface Kill {
	readonly at: number;
	readonly worker: string;
}

describe.skipIf(serversMissing() !== undefined)('three workers of a cluster', () => {
	let door: Door;
	let cluster: ClusterErrand;
	beforeAll(async () => {
		door = await openDoor();
		const { databaseUrl: postgresUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			...{ postgresUrl, redisUrl, cluster: name, programs: 'with-test-capabilities' },
			// Those that are left have room for what the dead one did.
			workerArgs: ['--concurrency', '8'],
		});
	});
	afterAll(async () => {
		await cluster?.dispose();
		await door?.close();
	});
	const knocking = (name: string, ms: number, more: Record<string, unknown> = {}) =>
		cluster.any.submit({
			goal: name,
			plan: [
				{ id: 'knock', title: name, capability: 'test.knock', input: { url: door.at(name), ms, say: name, ...more } },
			],
		});
	const knocksOf = (name: string) => door.knocks.filter((knock) => knock.name === name);

	it('do not start a step twice that holds its thread for 2 s, on a busy machine either', async ({ skip }) => {
		onTestFailed(() => console.error(cluster.outputs()));
		for (let round = 0; round < 3; round++) {
			const { starts, starvedMs } = await whileBusy(async () => {
				const names = Array.from({ length: 6 }, (_, n) => `holding-${round}-${n}`);
				const ids = await Promise.all(names.map((name) => knocking(name, 2_000, { holdsTheThread: true })));
				for (const [n, id] of ids.entries()) {
					expect(await cluster.any.settled(id)).toMatchObject({ status: 'done', result: { text: names[n] } });
					expect((await cluster.any.facts(id)).filter(({ type }) => type === 'StepCompleted')).toHaveLength(1);
				}
				return names.map((name) => knocksOf(name).length);
			});
			if (starts.every((count) => count === 1)) return;
			// Where even this process got no time for so long, those that renew locks may have had none either.
			expect(starvedMs, `starts: ${starts}`).toBeGreaterThan(250);
		}
		skip('The machine is too busy to tell: no process got its turn in time, three times over.');
	}, 120_000);

	it(`are killed ${KILLS} times in the middle of steps: each step runs on elsewhere at once, and ends once`, async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const kills: Kill[] = [];
		const submitted: string[] = [];
		let over = false;
		const keepBusy = async () => {
			while (!over) {
				const name = `step-${submitted.length}`;
				submitted.push(name);
				ids.set(name, await knocking(name, STEP_MS));
				await cluster.any.settled(ids.get(name) ?? '', 400_000);
			}
		};
		const ids = new Map<string, string>();
		const kept = Promise.all(Array.from({ length: AT_ONCE }, keepBusy));
		kept.catch(() => {});
		const restarts: Promise<void>[] = [];
		try {
			const cuts = new Map<string, number>();
			while (kills.length < KILLS) {
				const { index, worker, tasks } = await busyWithAnother(cluster, (task) => (cuts.get(task) ?? 0) < MOST_CUTS);
				for (const task of tasks) cuts.set(task, (cuts.get(task) ?? 0) + 1);
				const at = Date.now();
				await cluster.kill('worker', index);
				kills.push({ at, worker });
				restarts.push(cluster.restart('worker', index));
				restarts.at(-1)?.catch(() => {});
			}
			await Promise.all(restarts);
		} finally {
			over = true;
		}
		await kept;

		const toStart: number[] = [];
		const toKnock: number[] = [];
		for (const name of submitted) {
			const id = ids.get(name) ?? '';
			const facts = await cluster.any.facts(id);
			expect(
				facts.map(({ seq }) => seq),
				name,
			).toEqual(facts.map((_, index) => index + 1));
			expect(await cluster.any.task(id), name).toMatchObject({ status: 'done', result: { text: name } });
			expect(
				facts.filter(({ type }) => type === 'StepCompleted'),
				name,
			).toHaveLength(1);
			expect(
				facts.filter(({ type }) => type === 'StepFailed'),
				name,
			).toEqual([]);
			expect(causes(facts), name).toEqual(causes(facts).map(() => 'host-died'));
			// Each start has a higher token than the one before, and the outcome is that of the last.
			const starts = started(facts);
			const tokens = starts.map(({ attempt, run }) => attempt * 100 + run);
			expect(tokens, name).toEqual([...new Set(tokens)].toSorted((a, b) => a - b));
			const [done] = facts.filter((fact) => fact.type === 'StepCompleted');
			expect(done?.data, name).toMatchObject({ attempt: starts.at(-1)?.attempt, run: starts.at(-1)?.run });
			// Nothing runs that was not recorded as started before.
			const knocks = knocksOf(name);
			expect(knocks.length, name).toBeGreaterThanOrEqual(1);
			expect(knocks.length, name).toBeLessThanOrEqual(starts.length);
			for (const [n, { at, worker }] of starts.entries()) {
				const end = starts[n + 1]?.at ?? done?.at ?? 0;
				const kill = kills.find((one) => one.worker === worker && one.at > at && one.at < end);
				const next = starts[n + 1];
				if (kill === undefined || next === undefined) continue;
				const over = starts[n + 2]?.at ?? done?.at ?? 0;
				const knock = knocks.find((one) => one.at >= next.at - 5 && one.at <= over);
				toStart.push(next.at - kill.at);
				if (knock !== undefined) toKnock.push(knock.at - kill.at);
			}
		}
		console.log(
			`${KILLS} workers killed, ${toStart.length} runs of ${submitted.length} steps cut short. From the kill to the start elsewhere: ${percentiles(toStart)}; to the first thing that the step does there: ${percentiles(toKnock)}.`,
		);
		expect(toStart.length).toBeGreaterThanOrEqual(KILLS / 2);
	}, 600_000);
});

/** Does something while two processes keep the processors busy; says how long a timer of this process came too late at most. */
async function whileBusy(work: () => Promise<readonly number[]>) {
	const spin = 'for (const end = Date.now() + 30_000; Date.now() < end; );';
	const busy = [0, 1].map(() => spawn(process.execPath, ['-e', spin]));
	let starvedMs = 0;
	let last = performance.now();
	const watch = setInterval(() => {
		const now = performance.now();
		starvedMs = Math.max(starvedMs, now - last - 25);
		last = now;
	}, 25);
	try {
		return { starts: await work(), starvedMs };
	} finally {
		clearInterval(watch);
		for (const one of busy) one.kill('SIGKILL');
	}
}

/** A worker in the middle of steps that may be cut short, while another one is there to go on with them. */
async function busyWithAnother(cluster: ClusterErrand, mayCut: (task: string) => boolean) {
	const until = Date.now() + 30_000;
	for (;;) {
		const answer = await cluster.any.call('GET', '/v1/workers');
		const { workers } = (await answer.json()) as { workers: readonly Listed[] };
		const alive = cluster.members('worker').flatMap((member) => {
			const listed = workers.find(({ pid }) => pid === member.pid);
			return listed === undefined || !member.running() ? [] : [{ index: member.index, ...listed }];
		});
		const victims = alive.filter(({ running }) => running.length > 0 && running.every(({ taskId }) => mayCut(taskId)));
		const [victim] = victims.toSorted((one, other) => one.startedAt - other.startedAt);
		if (victim !== undefined && alive.length > 1) {
			return { index: victim.index, worker: victim.id, tasks: victim.running.map(({ taskId }) => taskId) };
		}
		if (Date.now() > until) throw new Error(`No worker to kill in 30 s: ${JSON.stringify(workers)}`);
		await wait(50);
	}
}

interface Listed {
	readonly id: string;
	readonly pid: number;
	readonly startedAt: number;
	readonly running: readonly { readonly taskId: string }[];
}

function started(facts: readonly RecordedTaskFact[]) {
	return facts.flatMap((fact) => (fact.type === 'StepStarted' ? [{ at: fact.at, ...fact.data }] : []));
}

function causes(facts: readonly RecordedTaskFact[]): string[] {
	return facts.flatMap((fact) => (fact.type === 'StepLost' ? [fact.data.cause] : []));
}
