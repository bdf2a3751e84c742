import { setImmediate as others } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { isCoreError } from '../../domain/errors.ts';
import type { PersonId, TaskId } from '../../domain/ids.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ITaskDesk, Principal, TaskSummary } from '../desks/desk.ts';
import { workflowOfPlan } from '../tasks/workflow-of-plan.ts';

/** RunCounts are how many runs of a workflow there are, and the latest of them, newest first. */
export interface RunCounts {
	readonly done: number;
	readonly failed: number;
	readonly cancelled: number;
	readonly running: number;
	readonly latest: readonly TaskId[];
}

interface Dependencies {
	readonly tasks: Pick<ITaskDesk, 'list' | 'view'>;
	readonly clock: Pick<IClock, 'now'>;
}

/** A task as it was looked at. */
interface Seen {
	readonly id: TaskId;
	/** The name of the workflow it is a run of. */
	readonly workflow: string | undefined;
	/** How it ended; undefined while it goes on. */
	readonly end: 'done' | 'failed' | 'cancelled' | undefined;
	/** Later ones have higher numbers. */
	readonly place: number;
}

/** Runs of one workflow that have ended. */
interface Ended {
	readonly done: number;
	readonly failed: number;
	readonly cancelled: number;
	/** Newest first. */
	readonly latest: readonly Pick<Seen, 'id' | 'place'>[];
}

/** Tasks of a person up to one: those that have ended are counted, the few that go on kept aside. */
interface Settled {
	/** The newest of them, and its place; left out where there is none. */
	readonly upTo: TaskId | undefined;
	readonly place: number;
	readonly ended: ReadonlyMap<string, Ended>;
	/** Oldest first. */
	readonly open: readonly Seen[];
	/** When they were all counted. */
	readonly at: number;
}

const PAGE = 500;
const PEOPLE = 200;
/** Runs that more is told of than their number. */
const LATEST = 200;
/** Tasks of a person that go on and are kept aside; with more, the list is read anew from the next of them on. */
const OPEN = 100;
/** One that had failed may have been taken up again, so that all are counted anew now and then. */
const TRUSTED_MS = 10 * 60_000;
const NONE: Ended = { done: 0, failed: 0, cancelled: 0, latest: [] };

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
		const open = await this.#again(principal, trusted?.open ?? []);
		const { tasks, met } = await this.#newerThan(principal, trusted?.upTo);
		// What is not there any more was erased, and others with it.
		const isWhole = trusted !== undefined && met && open !== undefined;
		if (trusted !== undefined && !isWhole) {
			this.#settled.delete(principal.person);
			return this.of(principal, name);
		}
		const before = trusted ?? { upTo: undefined, place: 0, ended: new Map(), open: [], at: now };
		const newer = tasks.toReversed().map((task, index) => seenInList(task, before.place + index + 1));
		const all = [...(open ?? []), ...newer];
		const firstTooMany = all.filter(goesOn)[OPEN];
		const settling = firstTooMany === undefined ? all : all.slice(0, all.indexOf(firstTooMany));
		const { id: upTo = before.upTo, place = before.place } = settling.findLast((one) => one.place > before.place) ?? {};
		const ended = withEnded(before.ended, settling);
		this.#settled.set(principal.person, { upTo, place, ended, open: settling.filter(goesOn), at: before.at });
		const later = all.slice(settling.length);
		const { latest, ...counts } = withEnded(ended, later).get(name) ?? NONE;
		const running = all.filter((one) => goesOn(one) && one.workflow === name);
		return { ...counts, running: running.length, latest: newestOf([...latest, ...running]).map(({ id }) => id) };
	}

	/** How those stand now that went on; undefined where one is there no more. */
	async #again(principal: Principal, open: readonly Seen[]): Promise<readonly Seen[] | undefined> {
		try {
			const views = open.map(async ({ id, place }) => seenAgain(id, await this.#deps.tasks.view(principal, id), place));
			return await Promise.all(views);
		} catch (error) {
			if (isCoreError(error, 'unknown-task')) return undefined;
			throw error;
		}
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

function goesOn({ end }: Seen): boolean {
	return end === undefined;
}

function seenInList({ id, workflow, status }: TaskSummary, place: number): Seen {
	return { id, workflow: nameOf(workflow), end: endOf(status), place };
}

/** Its plan may not have been there the first time. */
function seenAgain(id: TaskId, { plan, status }: TaskView, place: number): Seen {
	return { id, workflow: nameOf(workflowOfPlan(plan.by)), end: endOf(status), place };
}

/** Without the version, each of which counts alike. */
function nameOf(workflow: string | undefined): string | undefined {
	return workflow?.replace(/@\d+$/, '');
}

function endOf(status: TaskSummary['status']): Seen['end'] {
	return status === 'done' || status === 'failed' || status === 'cancelled' ? status : undefined;
}

function withEnded(before: ReadonlyMap<string, Ended>, tasks: readonly Seen[]): ReadonlyMap<string, Ended> {
	const all = new Map(before);
	for (const [name, some] of Map.groupBy(tasks, ({ workflow = '' }) => workflow)) {
		const { latest, ...counts } = all.get(name) ?? NONE;
		const next = { ...counts };
		const ended: Seen[] = [];
		for (const one of some) {
			if (name === '' || one.end === undefined) continue;
			next[one.end]++;
			ended.push(one);
		}
		if (ended.length > 0) all.set(name, { ...next, latest: newestOf([...latest, ...ended]) });
	}
	return all;
}

function newestOf(runs: readonly Pick<Seen, 'id' | 'place'>[]): readonly Pick<Seen, 'id' | 'place'>[] {
	const newest = runs.toSorted((a, b) => b.place - a.place).slice(0, LATEST);
	return newest.map(({ id, place }) => ({ id, place }));
}
