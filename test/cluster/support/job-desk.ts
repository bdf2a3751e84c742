import { randomBytes } from 'node:crypto';
import { BullJobQueue } from '@errand/core/adapters/bullmq/bull-job-queue.ts';
import { RunReportInbox } from '@errand/core/adapters/bullmq/run-report-inbox.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { RedisWorkerRegistry } from '@errand/core/adapters/redis/worker-registry.ts';
import { textSeal } from '@errand/core/adapters/sealing/text-seal.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { Job, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { eventually } from '../../harness/process-tree.ts';

/** Ended is how a step ended in the end, and every start of it on the way there. */
export interface Ended {
	readonly outcome: RunOutcome;
	readonly starts: readonly RunReport[];
	readonly losses: readonly RunOutcome[];
}

/** JobDesk hands jobs to workers as a gateway does, without a history: a run that was lost is dispatched as the next attempt. */
export class JobDesk {
	readonly registry: RedisWorkerRegistry;
	readonly pool: RedisSessionPool;
	readonly #queue: BullJobQueue;
	readonly #stopInbox: () => void | Promise<void>;
	readonly #steps = new Map<string, OpenStep>();
	readonly #line: Awaited<ReturnType<typeof openRedisLine>>;

	static async open({ redisUrl, cluster }: { redisUrl: string; cluster: string }): Promise<JobDesk> {
		const self = `desk-${randomBytes(3).toString('hex')}`;
		const line = await openRedisLine({ url: redisUrl, cluster, self, log });
		const desk = new JobDesk(line, self);
		await desk.registry.start();
		await desk.#queue.start();
		return desk;
	}

	private constructor(line: Awaited<ReturnType<typeof openRedisLine>>, self: string) {
		this.#line = line;
		this.registry = new RedisWorkerRegistry({ line, clock, log });
		this.pool = new RedisSessionPool(line);
		this.#queue = new BullJobQueue({
			...{
				line,
				registry: this.registry,
				places: this.pool,
				catalogue: new LiveCatalogue(catalogue),
				self,
				clock,
				log,
			},
			// The workers could not open any, and get none.
			seal: textSeal(Buffer.alloc(32)),
		});
		this.#stopInbox = new RunReportInbox({ line, self, log }).serve({
			started: async (report) => this.#started(report),
			ended: async (report, outcome) => this.#ended(report, outcome),
		});
		this.#queue.onDoubt((ids) => void this.#doubt(ids));
	}

	/** Runs one step of a task until it ends otherwise than by loss. */
	run(task: string, step: string, job: Partial<Job>): Promise<Ended> {
		return new Promise((resolve) => {
			const open: OpenStep = {
				job: aJob(task, { ...job, stepId: step as Job['stepId'] }),
				run: 0,
				starts: [],
				losses: [],
				resolve,
			};
			this.#dispatch(open, 1);
		});
	}

	/** Resolves with a living worker that this tells apart, once it is there. */
	async worker(is: (worker: RegisteredWorker) => boolean): Promise<RegisteredWorker> {
		let found: RegisteredWorker | undefined;
		await eventually(
			async () => {
				found = this.registry.list().find(is);
				return found !== undefined;
			},
			{ limitMs: 30_000, describe: async () => this.registry.list() },
		);
		if (found === undefined) throw new Error('No such worker.');
		return found;
	}

	/** Keys of sessions that are left. */
	async sessionKeys(task?: TaskId): Promise<string[]> {
		const keys = await this.#line.commands.keys(`{${this.#line.keys.cluster}:sessions}*`);
		return task === undefined ? keys : keys.filter((key) => key.endsWith(`:${task}`));
	}

	async close(): Promise<void> {
		await this.#queue.stop();
		await this.#stopInbox();
		await this.registry.stop();
		await this.#line.close();
	}

	#dispatch(open: OpenStep, attempt: number): void {
		const { taskId, stepId } = open.job;
		this.#steps.delete(open.job.id);
		open.job = { ...open.job, id: `${taskId}.${stepId}.${attempt}`, attempt };
		open.run = 0;
		this.#steps.set(open.job.id, open);
		void this.#queue.enqueue(open.job);
	}

	#started(report: RunReport): boolean {
		const open = this.#steps.get(report.job.id);
		if (open === undefined || report.run < open.run) return false;
		open.run = report.run;
		open.starts.push(report);
		return true;
	}

	#ended(report: RunReport, outcome: RunOutcome): void {
		const open = this.#steps.get(report.job.id);
		if (open === undefined || report.run < open.run) return;
		if (open.starts.at(-1)?.run !== report.run) open.starts.push(report);
		if (outcome.kind === 'lost') {
			open.losses.push(outcome);
			return this.#dispatch(open, open.job.attempt + 1);
		}
		this.#steps.delete(report.job.id);
		open.resolve({ outcome, starts: open.starts, losses: open.losses });
	}

	async #doubt(ids: readonly string[] | undefined): Promise<void> {
		for (const [id, open] of [...this.#steps]) {
			if (ids !== undefined && !ids.includes(id)) continue;
			if (!(await this.#queue.holds(id)) && this.#steps.get(id) === open) this.#dispatch(open, open.job.attempt + 1);
		}
	}
}

interface OpenStep {
	job: Job;
	run: number;
	readonly starts: RunReport[];
	readonly losses: RunOutcome[];
	readonly resolve: (ended: Ended) => void;
}

const clock = new SystemClock();
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
