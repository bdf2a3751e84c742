import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BullJobQueue } from '@errand/core/adapters/bullmq/bull-job-queue.ts';
import { RunReportInbox } from '@errand/core/adapters/bullmq/run-report-inbox.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { textSeal } from '@errand/core/adapters/sealing/text-seal.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import { type Cluster, openCluster } from '@errand/core/infrastructure/open-cluster.ts';
import { openRouting } from '@errand/core/infrastructure/open-routing.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { OWNER } from '@errand/gateway/auth/authenticator.ts';
import { SharedSessions } from '@errand/workers/sessions/shared-sessions.ts';
import { deskParts } from '../../harness/desk-parts.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import type { BenchPlan } from '../loops/bench-plan.ts';
import { taskEnds } from '../loops/task-ends.ts';

/** BenchPlace is where a cluster under measurement lives. */
export interface BenchPlace {
	readonly databaseUrl: string;
	readonly redisUrl: string;
	readonly name: string;
	readonly secretKey: string;
}

/** BenchGateway is what a gateway of a cluster does with tasks, in this process, without HTTP. */
export interface BenchGateway {
	readonly cluster: Cluster;
	readonly queue: BullJobQueue;
	readonly workflows: IWorkflowDesk;
	/** Resolves when a task has ended. */
	readonly ended: (task: TaskId) => Promise<void>;
	/** Runs one task to its end and resolves with its id; `begun` is called as soon as that is known. */
	run(plan: BenchPlan, begun?: (id: TaskId) => unknown): Promise<TaskId>;
	close(): Promise<void>;
}

const quiet: ILogger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** openBenchGateway opens one: history in Postgres, jobs over Redis for workers that somebody else starts. */
export async function openBenchGateway(
	{ databaseUrl, redisUrl, name, secretKey }: BenchPlace,
	{ onEnqueue }: { readonly onEnqueue?: (job: Job) => void } = {},
): Promise<BenchGateway> {
	const dataDir = mkdtempSync(join(tmpdir(), 'errand-bench-'));
	const place = { databaseUrl, replicaUrl: undefined, redisUrl, cluster: name, secretKey };
	const cluster = await openCluster({ ...place, dataDir, log: quiet });
	const { line, clock, registry, self, log } = cluster;
	const browsers = new RedisSessionPool(line);
	const live = new LiveCatalogue(catalogue);
	const routing = openRouting({ line, catalogue: live, clock, log });
	const queue = new BullJobQueue({
		...{ line, registry, places: browsers, catalogue: live, choose: routing.choose },
		...{ self, seal: textSeal(cluster.keys('jobs')), clock, log },
	});
	if (onEnqueue !== undefined) {
		const enqueue = queue.enqueue.bind(queue);
		queue.enqueue = (job) => {
			onEnqueue(job);
			return enqueue(job);
		};
	}
	const inbox = new RunReportInbox({
		...{ line, self, log },
		onEnded: (jobId) => queue.settled(jobId),
		answer: (run) => queue.answer(run),
	});
	const orchestrator = new Orchestrator(
		{ ...cluster, queue },
		{
			planner: new RulesPlanner(live),
			admission: new CatalogueAdmission(live),
			sessions: new SharedSessions({ browsers, dataDir }),
			frontend: () => undefined,
			people: new PeopleDesk({ ...cluster, owners: [], forgetEverything: async () => 0 }),
			...deskParts(cluster, [], { catalogue: live }),
			webhookSender: openWebhookSender({ allowPrivateHosts: [] }),
		},
	);
	await routing.start();
	await queue.start();
	const stopInbox = inbox.serve(routing.learning(orchestrator.runs));
	await orchestrator.resume();
	const ended = taskEnds(cluster.bus);
	return {
		cluster,
		queue,
		workflows: orchestrator.workflows.desk,
		ended,
		run: async (plan, begun) => {
			const { id } = await orchestrator.tasks.submit(OWNER, { goal: 'bench', plan });
			const end = ended(id);
			begun?.(id);
			await end;
			return id;
		},
		close: async () => {
			await queue.stop();
			await stopInbox();
			await routing.stop();
			await orchestrator.stop();
			await cluster.close();
			rmSync(dataDir, { recursive: true });
		},
	};
}
