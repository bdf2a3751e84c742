import type { AbleWorker } from '@errand/core/domain/dispatch/able-worker.ts';
import { WorkerChoice } from '@errand/core/domain/dispatch/choose-worker.ts';
import { WorkerStats } from '@errand/core/domain/dispatch/worker-stats.ts';
import type { Chance } from '../chance.ts';

/** PolicyName is a way to bring jobs to workers. */
export type PolicyName = 'random' | 'round robin' | 'shared queue' | 'learned';

/** Policy says who gets the next job, by the worker's number, and hears what became of jobs; undefined: the shared queue. */
export interface Policy {
	next(): number | undefined;
	started(worker: number): void;
	ended(worker: number, ok: boolean, ms: number): void;
	/** A heartbeat of all workers: how many jobs each runs. */
	beat(running: readonly number[]): void;
}

/** PolicyWorld is what a policy chooses among. */
export interface PolicyWorld {
	readonly workers: number;
	readonly places: number;
	readonly now: () => number;
	readonly chance: Chance;
}

const CAPABILITY = 'web.read';

/** openPolicy makes a policy that knows nothing yet. */
export function openPolicy(name: PolicyName, world: PolicyWorld): Policy {
	const idle = { started() {}, ended() {}, beat() {} };
	let turn = 0;
	switch (name) {
		case 'random':
			return { ...idle, next: () => Math.floor(world.chance() * world.workers) };
		case 'round robin':
			return { ...idle, next: () => turn++ % world.workers };
		case 'shared queue':
			return { ...idle, next: () => undefined };
		case 'learned':
			return learned(world);
	}
}

/** The real choice, as a gateway has it. */
function learned({ workers, places, now, chance }: PolicyWorld): Policy {
	const choice = new WorkerChoice({ stats: new WorkerStats({ halfLifeMs: 600_000 }), now });
	const names = Array.from({ length: workers }, (_, index) => `worker-${index}`);
	const numbers = new Map(names.map((name, index) => [name, index]));
	const capability = CAPABILITY;
	let able = names.map((name) => asBeaten(name, 0, places, 0));
	return {
		next: () => numbers.get(choice.choose({ capability, able, random: chance }) ?? ''),
		started: (worker) => choice.started({ worker: names[worker] ?? '', capability }),
		ended: (worker, ok, ms) => choice.ended({ worker: names[worker] ?? '', capability, ok, ms, microUsd: 0 }),
		beat: (running) => {
			able = names.map((name, index) => asBeaten(name, running[index] ?? 0, places, now()));
		},
	};
}

function asBeaten(worker: string, running: number, places: number, at: number): AbleWorker {
	const load = { name: CAPABILITY, version: 1, placement: 'process', concurrency: places, running } as const;
	const state = running > 0 ? 'BUSY' : 'WAITING';
	return { worker, state, paused: false, at, slots: places, load: running / places, capabilities: [load] };
}
