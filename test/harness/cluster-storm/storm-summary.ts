import { spreadOf } from '../../bench/figures.ts';
import type { ClusterStorm } from './run-cluster-storm.ts';
import { VICTIMS } from './storm-kills.ts';
import { STEPS } from './storm-plan.ts';

/** stormSummary says in a few lines what a storm was and what came of it. */
export function stormSummary(storm: ClusterStorm): string {
	const { tasks, ms, calmMs, kills, failovers, lookedAt, refusals, facts, runsLost } = storm;
	const byKind = VICTIMS.map((victim) => {
		const own = kills.filter((kill) => kill.victim === victim);
		return `${victim} ${own.length} (back after ${spread(own.map(({ at, upAt }) => upAt - at))})`;
	});
	const adopted = kills.flatMap(({ adoptedMs }) => adoptedMs ?? []);
	return [
		`${tasks} tasks × ${STEPS} steps, ${kills.length} kills: ${byKind.join(', ')}.`,
		`All answered in ${(ms / 1_000).toFixed(1)} s (${(calmMs / 1_000).toFixed(1)} s after the last restart): ${((tasks * 1_000) / ms).toFixed(1)} tasks/s, ${((tasks * STEPS * 1_000) / ms).toFixed(0)} steps/s, ${facts} facts.`,
		`${runsLost} runs recorded as lost; ${lookedAt.done + lookedAt.again} effects cut off in the middle, of which ${lookedAt.done} had happened; ${refusals} submissions refused or without an answer, and repeated.`,
		`From a worker's kill to the start elsewhere, nothing else being down: ${spread(failovers.quiet)} (n=${failovers.quiet.length}); in all: ${spread(failovers.all)} (n=${failovers.all.length}).`,
		`From a gateway's or frontends process's kill until its tasks had another home: ${spread(adopted)} (n=${adopted.length}).`,
		`Unanswered ${storm.unanswered.length}, recorded twice ${storm.recordedTwice.length}, effects not once ${storm.effects.length}, left behind ${storm.leftBehind.length}, exit code ${storm.exitCode}.`,
	].join('\n');
}

function spread(times: readonly number[]): string {
	if (times.length === 0) return 'none';
	const { p50, p95, max } = spreadOf(times);
	return `p50 ${Math.round(p50)} p95 ${Math.round(p95)} max ${Math.round(max)} ms`;
}
