import { runClusterStorm } from '../harness/cluster-storm/run-cluster-storm.ts';
import { stormSummary } from '../harness/cluster-storm/storm-summary.ts';

/** soakStorm kills for two minutes at full size, or as told; whether nothing was lost, done twice or left behind. */
export async function soakStorm(told: { tasks?: string; minutes?: string; every?: string; seed?: string }) {
	const seed = Number(told.seed ?? Date.now() % 1_000_000);
	const from = Date.now();
	const log = (line: string) => process.stderr.write(`${((Date.now() - from) / 1_000).toFixed(1)} s: ${line}\n`);
	log(`seed ${seed}`);
	const storm = await runClusterStorm({
		tasks: Number(told.tasks ?? 500),
		killForMs: Number(told.minutes ?? 2) * 60_000,
		killEveryMs: Number(told.every ?? 1_500),
		calmMs: 180_000,
		...{ seed, log },
	});
	const { unanswered, recordedTwice, effects, leftBehind, exitCode, outputs } = storm;
	const wrongs = [...unanswered, ...recordedTwice, ...effects, ...leftBehind];
	if (wrongs.length > 0) process.stderr.write(`${outputs}\n${wrongs.join('\n')}\n`);
	process.stdout.write(`\nSeed ${seed}. ${stormSummary(storm)}\n`);
	return wrongs.length === 0 && exitCode === 0;
}
