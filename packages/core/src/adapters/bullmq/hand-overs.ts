import { randomBytes } from 'node:crypto';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import type { BullQueues } from './bull-queues.ts';
import { bullId } from './bull-queues.ts';
import { handOver } from './hand-over-script.ts';
import type { DeskLine, ReadyJob } from './release-desk.ts';
import type { TurnHead } from './report-messages.ts';
import type { AnsweredRun } from './run-report-inbox.ts';

/** HandOversParts are what jobs are handed over with. */
export interface HandOversParts {
	readonly line: RedisLine;
	readonly queues: BullQueues;
	/** Whether a worker has room for all that was released from here and may be with it. */
	readonly fits: (worker: string, line: DeskLine) => boolean;
	/** Whether a worker is there and takes something. */
	readonly takes: (worker: string) => boolean;
	readonly log: ILogger;
	/** The job as it stands in the queue. */
	readonly encode: (ready: ReadyJob) => string;
	/** More was released into a queue from here than there are slots for it. */
	readonly isFull: (queue: string) => boolean;
	/** A job that was released then is at its worker, or in its queue. */
	readonly there: (ready: ReadyJob, released: ReadyJob['released']) => void;
	/** Whether it is there is not known. */
	readonly failed: (ready: ReadyJob, released: ReadyJob['released']) => void;
}

/** One message to one worker, of one queue. */
interface Turn {
	readonly from: string;
	readonly queue: string;
	readonly runs: AnsweredRun[];
	readonly jobs: ReadyJob[];
}

/**
 * HandOvers tells a worker in one message that an outcome of it is recorded and what it is to do next, where nothing waits before
 * that: otherwise the worker would have to be woken and to fetch. A job that is handed over stands in its queue as one that the
 * worker fetched, under a lock that it renews, and starts elsewhere if it does not.
 */
export class HandOvers {
	readonly #parts: HandOversParts;
	/** What workers call themselves in reports, of those that can be handed a job, by their names; they take turns. */
	readonly #takers = new Map<string, string>();
	/** Runs that ended in this turn. */
	#ended: AnsweredRun[] = [];
	/** Those of them in whose place nothing was handed over yet. */
	#freed: AnsweredRun[] = [];
	#leaving: { readonly ready: ReadyJob; readonly from: string }[] = [];
	readonly #token = randomBytes(9).toString('base64url');
	#tokens = 0;

	constructor(parts: HandOversParts) {
		this.#parts = parts;
	}

	/** A run is over, and its worker is answered with this turn's hand-overs. */
	ended(run: AnsweredRun): void {
		if (this.#parts.takes(run.worker)) this.#takers.set(run.worker, run.from);
		this.#ended.push(run);
		this.#freed.push(run);
	}

	/** A worker is gone. */
	forget(worker: string): void {
		this.#takers.delete(worker);
	}

	/** Takes a released job along to a worker that surely has a slot for it; false where there is none. */
	take(ready: ReadyJob): boolean {
		const from = isFit(ready) ? this.#takerOf(ready) : undefined;
		if (from === undefined) return false;
		this.#leaving.push({ ready, from });
		return true;
	}

	/** Sends what this turn brought. */
	send(): void {
		const ended = this.#ended;
		const leaving = this.#leaving;
		this.#ended = [];
		this.#freed = [];
		this.#leaving = [];
		const turns = new Map<string, Turn>();
		const turnOf = (from: string, queue: string) => {
			const key = `${from} ${queue}`;
			const turn = turns.get(key) ?? { from, queue, runs: [], jobs: [] };
			turns.set(key, turn);
			return turn;
		};
		for (const { ready, from } of leaving) turnOf(from, ready.line.queue).jobs.push(ready);
		for (const run of ended) {
			// Whoever takes a job off a queue fetches the next one in the same call.
			if (this.#parts.isFull(run.held.queue)) run.reply();
			else turnOf(run.from, run.held.queue).runs.push(run);
		}
		for (const turn of turns.values()) void this.#send(turn);
	}

	/** Who has just ended a run of this queue goes before the others, who take turns. */
	#takerOf({ line }: ReadyJob): string | undefined {
		const fits = (worker: string) => this.#parts.fits(worker, line);
		if (line.worker !== undefined) return fits(line.worker) ? this.#takers.get(line.worker) : undefined;
		const at = this.#freed.findIndex(({ held, worker }) => held.queue === line.queue && fits(worker));
		const [freed] = at < 0 ? [] : this.#freed.splice(at, 1);
		if (freed !== undefined) return freed.from;
		for (const [worker, from] of this.#takers) {
			if (!fits(worker)) continue;
			this.#takers.delete(worker);
			this.#takers.set(worker, from);
			return from;
		}
		return undefined;
	}

	async #send({ from, queue, runs, jobs }: Turn): Promise<void> {
		const { line, queues, log, encode, there, failed } = this.#parts;
		const sent = jobs.map((ready) => ({ ready, released: ready.released }));
		try {
			const leaving = jobs.map((ready) => {
				const token = `${from}:${this.#token}:${this.#tokens++}`;
				return { id: bullId(ready.job.id), token, data: encode(ready), since: ready.since };
			});
			const head: TurnHead = {
				queue,
				answers: runs.map(({ answer }) => answer),
				jobs: leaving.map(({ id, token }) => [id, token]),
			};
			await handOver(queues.redis, queues.of(queue), {
				channel: line.keys.answersChannel(from),
				head: JSON.stringify(head),
				ended: runs.map(({ jobId, held }) => ({ id: bullId(jobId), token: held.token })),
				leaving,
			});
			for (const { ready, released } of sent) there(ready, released);
		} catch (error) {
			log.debug('jobs not handed over', { queue, jobs: jobs.length, error: describeError(error) });
			for (const run of runs) run.reply();
			for (const { ready, released } of sent) failed(ready, released);
		}
	}
}

/** What acts on the world must not seem to have been started where it never was; what goes alone, or comes back, waits its turn in the queue. */
function isFit({ job, returned, earlierRuns }: ReadyJob): boolean {
	return job.effects !== 'external' && !job.alone && returned !== true && earlierRuns === 0;
}
