import { beforeAll, describe, expect, it } from 'vitest';
import { type ClusterStorm, runClusterStorm } from '../harness/cluster-storm/run-cluster-storm.ts';
import { VICTIMS } from '../harness/cluster-storm/storm-kills.ts';
import { STEPS } from '../harness/cluster-storm/storm-plan.ts';
import { stormSummary } from '../harness/cluster-storm/storm-summary.ts';
import { serversMissing } from '../support/servers-missing.ts';

// `npm run soak` is the same at full size: 500 tasks and two minutes of kills.
const TASKS = 50;
const KILL_FOR_MS = 15_000;
const KILL_EVERY_MS = 1_000;

const missing = serversMissing();
if (missing !== undefined) process.stderr.write(`The storm over a cluster is skipped. ${missing}\n`);

describe.skipIf(missing !== undefined)(
	`${TASKS} tasks of ${STEPS} steps while workers, gateways, frontends, Redis and Postgres are killed`,
	() => {
		const seed = Date.now() % 1_000_000;
		let storm: ClusterStorm;
		beforeAll(async () => {
			storm = await runClusterStorm({
				...{ tasks: TASKS, seed, killForMs: KILL_FOR_MS, killEveryMs: KILL_EVERY_MS },
				calmMs: 180_000,
			});
			console.log(`Seed ${seed}. ${stormSummary(storm)}`);
			const { unanswered, recordedTwice, effects, leftBehind } = storm;
			if (unanswered.length + recordedTwice.length + effects.length + leftBehind.length > 0)
				console.error(storm.outputs);
		}, 300_000);
		// Otherwise the storm would have proved little.
		it('are cut off in the middle by kills of every kind', () => {
			expect(new Set(storm.kills.map(({ victim }) => victim))).toEqual(new Set(VICTIMS));
			const { runsLost, lookedAt, failovers } = storm;
			expect(runsLost + lookedAt.done + lookedAt.again + failovers.all.length).toBeGreaterThan(0);
		});

		it('are each answered', () => {
			expect(storm.acknowledged).toBe(TASKS);
			expect(storm.unanswered).toEqual([]);
		});

		it('are recorded once, step by step, in histories that verify', () => {
			expect(storm.recordedTwice).toEqual([]);
		});

		it('act on the world once each', () => {
			expect(storm.effects).toEqual([]);
		});

		it('leave no session, job, lease, folder or process behind', () => {
			expect(storm.leftBehind).toEqual([]);
			expect(storm.exitCode).toBe(0);
		});
	},
);
