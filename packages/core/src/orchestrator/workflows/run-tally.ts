import { setImmediate as others } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { PersonId, TaskId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ITaskDesk, Principal, TaskSummary } from '../desks/desk.ts';

/** RunCounts are how many runs of a workflow there are, and the latest of them, newest first. */
export interface RunCounts {
	readonly done: number;
	readonly failed: number;
	readonly cancelled: number;
	readonly running: number;
	readonly latest: readonly TaskId[];
}

interface Dependencies {
	readonly tasks: Pick<ITaskDesk, 'list'>;
	readonly clock: Pick<IClock, 'now'>;
}

/** Tasks of a person up to one, all of which have ended. */
interface Settled {
	/** The newest of them; left out where there is none. */
	readonly upTo: TaskId | undefined;
	readonly counts: ReadonlyMap<string, RunCounts>;
	/** When they were all counted. */
	readonly at: number;
}

const PAGE = 500;
const PEOPLE = 200;
/** Runs that more is told of than their number. */
const LATEST = 200;
/** One that had failed may have been taken up again, so that all are counted anew now and then. */
const TRUSTED_MS = 10 * 60_000;
const NONE: RunCounts = { done: 0, failed: 0, cancelled: 0, running: 0, latest: [] };

/** RunTally counts all runs of a person's workflows from the list of their tasks, and remembers what cannot change soon. */
export class RunTally {
	readonly #deps: Dependencies;
	readonly #settled = new LRUCache<PersonId, Settled>({ max: PEOPLE });

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** The counts of one workflow, by its name. */
	async of(principal: Principal, name: string): Promise<RunCounts> {
		const now = this.#deps.clock.now();
		const known = this.#settled.get(principal.person);
		const trusted = known !== undefined && now >= known.at && now - known.at < TRUSTED_MS ? known : undefined;
		const { tasks, met } = await this.#newerThan(principal, trusted?.upTo);
		// What is not in the list any more was erased, and others with it.
		const before = trusted !== undefined && met ? trusted : { upTo: undefined, counts: new Map(), at: now };
		const oldestOpen = tasks.findLastIndex(({ endedAt }) => endedAt === undefined);
		const [open, ended] = [tasks.slice(0, oldestOpen + 1), tasks.slice(oldestOpen + 1)];
		const counts = counted(ended, before.counts);
		this.#settled.set(principal.person, { upTo: ended[0]?.id ?? before.upTo, counts, at: before.at });
		return counted(open, counts).get(name) ?? NONE;
	}

	/** Newest first; `met` where the list came to that one. */
	async #newerThan(
		principal: Principal,
		last: TaskId | undefined,
	): Promise<{ readonly tasks: readonly TaskSummary[]; readonly met: boolean }> {
		const found: TaskSummary[] = [];
		let before: number | undefined;
		do {
			const { tasks, next } = await this.#deps.tasks.list(principal, { before, limit: PAGE });
			const at = last === undefined ? -1 : tasks.findIndex(({ id }) => id === last);
			found.push(...(at === -1 ? tasks : tasks.slice(0, at)));
			if (at !== -1) return { tasks: found, met: true };
			before = next;
			// A long list is not to keep everybody else waiting.
			if (before !== undefined) await others();
		} while (before !== undefined);
		return { tasks: found, met: last === undefined };
	}
}

/** Newer ones, newest first, counted with what was counted before. */
function counted(
	tasks: readonly TaskSummary[],
	before: ReadonlyMap<string, RunCounts>,
): ReadonlyMap<string, RunCounts> {
	const runs = Map.groupBy(
		tasks.filter(({ workflow }) => workflow !== undefined),
		({ workflow = '' }) => workflow.replace(/@\d+$/, ''),
	);
	const all = new Map(before);
	for (const [name, some] of runs) {
		const { latest, ...counts } = all.get(name) ?? NONE;
		const next = { ...counts };
		for (const { status } of some) {
			if (status === 'done' || status === 'failed' || status === 'cancelled') next[status]++;
			else next.running++;
		}
		all.set(name, { ...next, latest: [...some.map(({ id }) => id), ...latest].slice(0, LATEST) });
	}
	return all;
}
