import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { Kill } from './storm-kills.ts';

/** Failovers are times (ms) from the kill of a worker to the start elsewhere of what it ran: with everything else up, and in all. */
export interface Failovers {
	readonly quiet: readonly number[];
	readonly all: readonly number[];
}

/** Another kill this near may be what a start waited for. */
const NEAR_MS = 5_000;

/** failoversIn reads off the facts of tasks what became of the runs that were cut off by the kills of their workers. */
export function failoversIn(histories: readonly (readonly RecordedTaskFact[])[], kills: readonly Kill[]): Failovers {
	const ofWorkers = kills.filter(({ victim }) => victim === 'worker');
	const quiet: number[] = [];
	const all: number[] = [];
	for (const facts of histories) {
		for (const [place, fact] of facts.entries()) {
			if (fact.type !== 'StepStarted') continue;
			const { stepId, worker } = fact.data;
			const kill = ofWorkers.find(({ index, at }) => worker.startsWith(`worker-${index}-`) && at >= fact.at);
			// A task that fails meanwhile waits for its person.
			const later = facts.slice(place + 1).filter((one) => {
				return one.type === 'TaskFailed' || ('stepId' in one.data && one.data.stepId === stepId);
			});
			const next = later.find(({ type }) => type !== 'StepLost');
			// What was given up before the kill, e.g. because Redis was away, was not cut off by it.
			if (kill === undefined || next?.type !== 'StepStarted' || (later[0]?.at ?? 0) < kill.at) continue;
			const ms = next.at - kill.at;
			all.push(ms);
			const isQuiet = kills.every((other) => {
				return other === kill || other.at > next.at || other.upAt < kill.at - NEAR_MS;
			});
			if (isQuiet) quiet.push(ms);
		}
	}
	return { quiet, all };
}
