import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { ownPlace } from '../cluster/support/own-place.ts';
import { serversMissing } from '../support/servers-missing.ts';
import { ALL, sampleOf } from './boundaries/boundaries.ts';
import { BoundaryRun, type BoundaryWorkflow } from './boundaries/boundary-run.ts';
import { EVERYTHING, RULES, UNDONE } from './boundaries/boundary-workflows.ts';
import { type Deeds, openDeeds } from './boundaries/deeds.ts';
import { prepare, told } from './boundaries/others-told.ts';

const hook = join(import.meta.dirname, 'boundaries/die-at-append.ts');
const SAMPLE = { everything: 3, undone: 1 };
/** Runs that were killed go on beside the next. */
const BESIDE = 3;
const seed = Number(process.env['ERRAND_SEED'] ?? Date.now() % 1_000_000);

interface Kill {
	readonly workflow: BoundaryWorkflow;
	/** The gateway dies by itself right there; the worker is killed when the fact is seen. */
	readonly who: 'gateway' | 'worker';
	readonly when: 'before' | 'after';
	readonly seq: number;
}

describe.skipIf(serversMissing() !== undefined)('a cluster of one gateway and one worker', () => {
	let deeds: Deeds;
	let cluster: ClusterErrand;
	beforeAll(async () => {
		deeds = await openDeeds(RULES);
		const { databaseUrl: postgresUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			...{ postgresUrl, redisUrl, cluster: name, programs: 'with-test-capabilities', gateways: 1, workers: 1 },
			envOf: { gateway: { NODE_OPTIONS: `--import ${hook}` } },
		});
		await prepare(cluster.any, { everything: EVERYTHING, undone: UNDONE });
	});
	afterAll(async () => {
		await cluster?.dispose();
		await deeds?.close();
	});

	it('gives the same, does the same and records each outcome once, whichever is killed at any of its facts', async () => {
		onTestFailed(() => console.error(`seed ${seed}\n${cluster.outputs()}`));
		const errand = cluster.gateway(0);
		const runs: BoundaryRun[] = [];
		const ended: ReturnType<BoundaryRun['ended']>[] = [];
		const begin = (workflow: BoundaryWorkflow, name: string) => {
			const run = new BoundaryRun(workflow, name, { errand: () => errand, deeds }, runs.length % 2 === 0);
			const end = run.ended();
			end.catch(() => {});
			runs.push(run);
			ended.push(end);
			return { run, end };
		};
		const kills: Kill[] = [];
		for (const workflow of ['everything', 'undone'] as const) {
			const { run, end } = begin(workflow, `untouched-${workflow}`);
			await end;
			const all = (await errand.facts(run.id)).map(({ seq }, n): Kill => {
				const [who, when] = [n % 2 === 0 ? 'gateway' : 'worker', n % 4 < 2 ? 'before' : 'after'] as const;
				return { workflow, who, when, seq };
			});
			const third = all.filter((_, n) => (n + seed) % 3 === 0);
			kills.push(...(ALL ? third : sampleOf(all, SAMPLE[workflow], seed)));
		}

		let killed = 0;
		for (const [n, { workflow, who, when, seq }] of kills.entries()) {
			// Those that were killed before go on beside it, but for a few they have ended.
			await ended.at(-BESIDE);
			const isDoomed = who === 'gateway';
			const { run, end } = begin(
				workflow,
				isDoomed ? `${when}-${seq}-${workflow}-${n}` : `worker-${seq}-${workflow}-${n}`,
			);
			let over = false;
			end
				.finally(() => {
					over = true;
				})
				.catch(() => {});
			const isTime = async () => {
				if (isDoomed) return cluster.members('gateway')[0]?.running() === false;
				const view = await errand.task(run.id).catch(() => undefined);
				return (view?.seq ?? 0) >= seq;
			};
			while (!over && !(await isTime())) await wait(10);
			if (over) continue;
			killed += 1;
			await cluster.kill(who, 0);
			await cluster.restart(who, 0);
		}
		// What a run commits at once is not the same each time, and the last facts are over before they are seen.
		expect(killed).toBeGreaterThanOrEqual((ALL ? 0.8 : 0.5) * kills.length);
		for (const [n, run] of runs.entries()) run.check((await ended[n]) as never, await errand.facts(run.id));
		const once = runs.filter(({ workflow }) => workflow === 'everything').map(({ name }) => name);
		const { messages, reminders } = await told(errand);
		expect(messages.toSorted()).toEqual(once.toSorted());
		expect(reminders.toSorted()).toEqual(once.toSorted());
	}, 1_800_000);
});
