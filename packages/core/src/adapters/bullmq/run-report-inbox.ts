import { LRUCache } from 'lru-cache';
import { describeError } from '../../domain/errors.ts';
import type { IRunReports } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import { decodeRequest, type HeldPlace, type ReportAnswer, type ReportRequest, refusal } from './report-messages.ts';

/** RunReportInboxOptions are what a process takes reports with. */
export interface RunReportInboxOptions {
	readonly line: RedisLine;
	/** This process's name, which its jobs carry as their home. */
	readonly self: string;
	/** Hears of each job that has ended, once that is durable. */
	readonly onEnded?: ((jobId: string) => void) | undefined;
	/** Answers a run's end in its own way, along with the worker's next job; false where it does not. */
	readonly answer?: ((run: AnsweredRun) => boolean) | undefined;
	readonly log: ILogger;
}

/** AnsweredRun is a run whose end is recorded, and whose worker is to hear so. */
export interface AnsweredRun {
	readonly jobId: string;
	readonly worker: string;
	/** As the worker named itself when it started. */
	readonly from: string;
	readonly held: HeldPlace;
	readonly answer: ReportAnswer;
	/** Answers in the usual way. */
	reply(): void;
}

/**
 * RunReportInbox takes what workers tell: on a stream of its own what concerns the tasks driven here, on a shared one what
 * nobody answered. Nothing is acknowledged to Redis, because whoever is not answered tells it again.
 */
export class RunReportInbox {
	readonly #options: RunReportInboxOptions;
	/** Reports that came lately, with their answers: the same answer is given to one that is told again. */
	readonly #answers = new LRUCache<string, Promise<ReportAnswer>>({ max: 20_000 });

	constructor(options: RunReportInboxOptions) {
		this.#options = options;
	}

	/** Passes reports on until the way to stop is called; those under way are answered still. */
	serve(runs: IRunReports): () => Promise<void> {
		const service = new Service(this.#options, this.#answers, runs);
		return () => service.stop();
	}
}

class Service {
	readonly #options: RunReportInboxOptions;
	readonly #answers: LRUCache<string, Promise<ReportAnswer>>;
	readonly #runs: IRunReports;
	readonly #reader: ReturnType<RedisLine['connect']>;
	readonly #redis: ReturnType<RedisLine['connect']>;
	readonly #streams: readonly [string, string];
	readonly #outbox = new Map<string, ReportAnswer[]>();
	readonly #busy = new Set<Promise<void>>();
	/** Entries that were read and stand there still, by stream. */
	readonly #done = new Map<string, string[]>();
	#removing: NodeJS.Timeout | undefined;
	readonly #reading: Promise<void>;
	#keptAt = 0;
	#stopped = false;

	constructor(options: RunReportInboxOptions, answers: LRUCache<string, Promise<ReportAnswer>>, runs: IRunReports) {
		const { line, self } = options;
		this.#options = options;
		this.#answers = answers;
		this.#runs = runs;
		this.#reader = line.connect('inbox', { maxRetriesPerRequest: 0 });
		this.#redis = line.connect('outbox', {
			maxRetriesPerRequest: 3,
			commandTimeout: 2_000,
		});
		this.#streams = [line.keys.outcomes(self), line.keys.outcomes()];
		this.#reading = this.#read();
	}

	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#reader.disconnect();
		await this.#reading;
		await Promise.allSettled([...this.#busy]);
		await new Promise((resolve) => setImmediate(resolve));
		await this.#removeDone();
		await this.#redis.unlink(this.#streams[0]).catch(() => {});
		this.#redis.disconnect();
	}

	async #read(): Promise<void> {
		const { log } = this.#options;
		while (!this.#stopped) {
			try {
				await this.#keep();
				const silent = setTimeout(() => this.#reader.disconnect(true), BLOCK_MS + SILENT_MS);
				try {
					const [own, shared] = this.#streams;
					const read = await this.#reader.xreadgroup(
						...(['GROUP', GROUP, READER] as const),
						...(['COUNT', BATCH, 'BLOCK', BLOCK_MS, 'NOACK', 'STREAMS', own, shared, '>', '>'] as const),
					);
					this.#take(read);
				} finally {
					clearTimeout(silent);
				}
			} catch (error) {
				if (this.#stopped) return;
				this.#keptAt = 0;
				log.debug('reports not read', { error: describeError(error) });
				await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
			}
		}
	}

	/** Makes the streams where they are missing, and has this process's own one end soon after it. */
	async #keep(): Promise<void> {
		const now = performance.now();
		if (this.#keptAt !== 0 && now - this.#keptAt < KEEP_EVERY_MS) return;
		await Promise.all(
			this.#streams.map((stream) =>
				this.#redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error: unknown) => {
					if (!describeError(error).startsWith('BUSYGROUP')) throw error;
				}),
			),
		);
		await this.#redis.pexpire(this.#streams[0], OUTLIVES_MS);
		this.#keptAt = now;
	}

	#take(read: unknown): void {
		if (!Array.isArray(read)) return;
		for (const [stream, entries] of read as [string, [string, string[]][]][]) {
			if (entries.length === 0) continue;
			for (const [id, fields] of entries) {
				this.#removeSoon(stream, id);
				const request = decodeRequest(fields?.[1] ?? '');
				if (request === undefined) this.#options.log.error('report not understood', { stream });
				else this.#handle(request);
			}
		}
	}

	/** What was read is of no use to anybody; it goes many at a time, because no report waits for that. */
	#removeSoon(stream: string, id: string): void {
		const ids = this.#done.get(stream) ?? [];
		this.#done.set(stream, ids);
		ids.push(id);
		this.#removing ??= setTimeout(() => void this.#removeDone(), REMOVE_AFTER_MS);
	}

	async #removeDone(): Promise<void> {
		clearTimeout(this.#removing);
		this.#removing = undefined;
		const done = [...this.#done];
		this.#done.clear();
		await Promise.allSettled(done.map(([stream, ids]) => this.#redis.xdel(stream, ...ids)));
	}

	#handle(request: ReportRequest): void {
		const key = `${request.from} ${request.n}`;
		let answer = this.#answers.get(key);
		const isFirst = answer === undefined;
		if (answer === undefined) {
			answer = this.#record(request);
			this.#answers.set(key, answer);
			// A fault may pass: told again, it is tried again.
			void answer.then(({ error }) => error?.code === 'internal' && this.#answers.delete(key));
		}
		const done = answer.then((said) => {
			if (!isFirst || !this.#isAnswered(request, said)) this.#reply(request.from, said);
		});
		this.#busy.add(done);
		void done.finally(() => this.#busy.delete(done));
	}

	async #record({ n, report, outcome }: ReportRequest): Promise<ReportAnswer> {
		const { log, onEnded } = this.#options;
		try {
			if (outcome === undefined) return { n, wanted: await this.#runs.started(report) };
			await this.#runs.ended(report, outcome);
			onEnded?.(report.job.id);
			return { n };
		} catch (error) {
			log.debug('report refused', { jobId: report.job.id, run: report.run, error: describeError(error) });
			return { n, error: refusal(error) };
		}
	}

	/** Whether somebody else answers. Told again, a report is answered from here: nothing is handed over twice. */
	#isAnswered({ from, held, report }: ReportRequest, answer: ReportAnswer): boolean {
		const { answer: answered } = this.#options;
		if (answered === undefined || held === undefined || answer.error !== undefined) return false;
		const { job, worker } = report;
		return answered({ jobId: job.id, worker, from, held, answer, reply: () => this.#reply(from, answer) });
	}

	/** Answers of one turn to one worker travel in one message. */
	#reply(to: string, answer: ReportAnswer): void {
		const waiting = this.#outbox.get(to);
		if (waiting !== undefined) return void waiting.push(answer);
		const answers = [answer];
		this.#outbox.set(to, answers);
		queueMicrotask(() => {
			this.#outbox.delete(to);
			this.#redis.publish(this.#options.line.keys.answersChannel(to), JSON.stringify(answers)).catch(() => {});
		});
	}
}

const GROUP = 'gateways';
/** One name for all, because Redis would keep that of each process that ever read; nothing is pending for anybody. */
const READER = 'any';
const BATCH = 500;
const REMOVE_AFTER_MS = 50;
const BLOCK_MS = 2_000;
const SILENT_MS = 2_000;
const RETRY_MS = 100;
const KEEP_EVERY_MS = 2_000;
/** Longer than a pause of this process, or a worker would ask others meanwhile; they answer as well. */
const OUTLIVES_MS = 15_000;
