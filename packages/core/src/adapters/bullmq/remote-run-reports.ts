import { randomBytes } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IRunReports, RunOutcome, RunReport } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import {
	decodeTurn,
	type HandedJob,
	type HeldPlace,
	type ReportAnswer,
	type ReportRequest,
	thrown,
} from './report-messages.ts';
import { atTurnEnd } from './turn-end.ts';

/** RemoteRunReportsOptions are what a worker reports with. */
export interface RemoteRunReportsOptions {
	readonly line: RedisLine;
	readonly worker: string;
	/** The process that a running job's task is driven by. */
	readonly homeOf: (jobId: string) => string | undefined;
	/** Takes what comes along with answers; without it, nothing does. */
	readonly taker?: HandOverTaker | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** HandOverTaker is where a worker's jobs are held. */
export interface HandOverTaker {
	/** Where the job of a run stands that has ended here; undefined for one that is not held. */
	ending(jobId: string): HeldPlace | undefined;
	/** A job whose run has ended is off its queue: nobody has to take it off. */
	off(jobId: string): void;
	/** Runs a job that is this worker's already, or gives it back. */
	hand(job: HandedJob): void;
}

interface Asked {
	readonly text: string;
	readonly jobId: string;
	readonly home: string | undefined;
	readonly resolve: (answer: ReportAnswer) => void;
	callOff: () => void;
}

/**
 * RemoteRunReports tells the processes with the history how runs go. A report goes to its task's home; without an answer it is
 * told again, to whoever is there, until it is answered. Told twice it counts once: history refuses what it knows already.
 */
export class RemoteRunReports implements IRunReports {
	readonly #options: RemoteRunReportsOptions;
	readonly #redis: ReturnType<RedisLine['connect']>;
	readonly #answers: ReturnType<RedisLine['connect']>;
	/** Answers come back under this name: that of this process alone, whoever else calls itself so. */
	readonly #from: string;
	readonly #asked = new Map<number, Asked>();
	readonly #listening: Promise<unknown>;
	#n = 0;
	#stopped = false;

	constructor(options: RemoteRunReportsOptions) {
		const { line, worker } = options;
		this.#options = options;
		this.#from = `${worker}:${randomBytes(6).toString('base64url')}`;
		this.#redis = line.connect('reports', {
			maxRetriesPerRequest: 3,
			commandTimeout: 2_000,
		});
		this.#answers = line.connect('answers');
		this.#answers.on('message', (_channel, text) => this.#answered(String(text)));
		this.#listening = this.#answers.subscribe(line.keys.answersChannel(this.#from)).catch(() => {});
	}

	async started(report: RunReport): Promise<boolean> {
		const { wanted, error } = await this.#ask({ report });
		if (error !== undefined) throw thrown(error);
		return wanted === true;
	}

	async ended(report: RunReport, outcome: RunOutcome): Promise<void> {
		const held = this.#options.taker?.ending(report.job.id);
		const { error } = await this.#ask({ report, outcome, ...(held === undefined ? {} : { held }) });
		if (error !== undefined) throw thrown(error);
	}

	/** Gives up what was not answered: it rejects with CoreError `shutting-down`. A second call does nothing. */
	stop(): void {
		this.#stopped = true;
		for (const [n, { callOff, resolve }] of this.#asked) {
			callOff();
			const message = 'The report was not answered before this worker ended.';
			resolve({ n, error: { code: 'shutting-down', message, hint: 'Its job is started again elsewhere.' } });
		}
		this.#asked.clear();
		this.#redis.disconnect();
		this.#answers.disconnect();
	}

	async #ask(told: Omit<ReportRequest, 'n' | 'from'>): Promise<ReportAnswer> {
		// An answer that comes before somebody listens would only come again after a while.
		if (!this.#stopped) await this.#listening;
		if (this.#stopped) {
			throw new CoreError('shutting-down', 'This worker reports no more.', { hint: 'Its jobs start again elsewhere.' });
		}
		const n = this.#n++;
		const text = bounded({ n, from: this.#from, ...told });
		const home = this.#options.homeOf(told.report.job.id);
		return new Promise((resolve) => {
			const asked: Asked = { text, jobId: told.report.job.id, home, resolve, callOff: () => {} };
			this.#asked.set(n, asked);
			this.#send(n, asked, { home, patienceMs: PATIENCE_MS });
		});
	}

	#send(n: number, asked: Asked, { home, patienceMs }: { home: string | undefined; patienceMs: number }): void {
		const { line, clock, log } = this.#options;
		if (this.#stopped || this.#asked.get(n) !== asked) return;
		// Where nobody is there to answer, it is told less and less often.
		const nextMs = home === undefined ? Math.min(MOST_PATIENCE_MS, patienceMs * 1.5) : PATIENCE_MS;
		const again = () => this.#send(n, asked, { home: undefined, patienceMs: nextMs });
		asked.callOff = clock.after(patienceMs, () => {
			log.debug('report told again', { n });
			again();
		});
		const sent =
			home === undefined
				? this.#redis.xadd(line.keys.outcomes(), 'MAXLEN', '~', MAX_WAITING, '*', 'r', asked.text)
				: // A home that is gone takes its stream along.
					this.#redis.xadd(line.keys.outcomes(home), 'NOMKSTREAM', '*', 'r', asked.text);
		sent.then(
			(id) => {
				if (id !== null || this.#asked.get(n) !== asked) return;
				asked.callOff();
				again();
			},
			// It is told again when its time is up.
			() => {},
		);
	}

	#answered(text: string): void {
		const { taker } = this.#options;
		const { answers, jobs } = decodeTurn(text);
		for (const answer of answers) {
			const asked = this.#asked.get(answer.n);
			if (asked === undefined) continue;
			this.#asked.delete(answer.n);
			asked.callOff();
			if (answer.off === true) taker?.off(asked.jobId);
			asked.resolve(answer);
		}
		// The slots of the runs that were answered are free by then.
		atTurnEnd(() => {
			for (const job of jobs) taker?.hand(job);
		});
	}
}

/** What would strain Redis is told as a failure, whose words a person can act upon. */
function bounded(request: ReportRequest): string {
	const text = JSON.stringify(request);
	if (text.length <= MAX_REPORT_LENGTH) return text;
	const size = `${Math.round(text.length / 1_000_000)} MB`;
	const message = `What ${request.report.job.capability} produced is too large to be sent on: ${size}, at most ${MAX_REPORT_LENGTH / 1_000_000} MB.`;
	const hint = 'Have it do less at once, or write what it makes to files.';
	const usage = request.outcome?.usage;
	const outcome: RunOutcome = {
		kind: 'failed',
		failure: { kind: 'permanent', code: 'too-large', message, hint },
		...(usage === undefined ? {} : { usage }),
	};
	return JSON.stringify({ ...request, outcome });
}

const PATIENCE_MS = 700;
const MOST_PATIENCE_MS = 5_000;
/** What nobody has read and is dropped beyond so many reports is told again. */
const MAX_WAITING = 5_000;
const MAX_REPORT_LENGTH = 16_000_000;
