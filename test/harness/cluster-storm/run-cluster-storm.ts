import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { historyCrypto } from '@errand/core/adapters/files/history-signer.ts';
import { verifyExport } from '@errand/core/domain/history/export-chain.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { type ClusterErrand, startCluster } from '../../cluster/support/cluster-errand.ts';
import { seeded } from '../../simulation/chance.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { processesUnder } from '../process-tree.ts';
import { type CountingWorld, openCountingWorld } from './counting-world.ts';
import { recordedTwice } from './recorded-once.ts';
import { type Failovers, failoversIn } from './storm-failovers.ts';
import { type Kill, StormKiller } from './storm-kills.ts';
import { leftBehind, owedStill } from './storm-leftovers.ts';
import { StormPerson } from './storm-person.ts';
import { effectKey, OUTCOMES, stormAnswer } from './storm-plan.ts';

/** ClusterStormOptions say how big a storm is. */
export interface ClusterStormOptions {
	readonly tasks: number;
	/** How long processes are killed. */
	readonly killForMs: number;
	/** Between two kills, on average. */
	readonly killEveryMs: number;
	/** How long everything may take to settle after the last kill. */
	readonly calmMs: number;
	readonly seed: number;
	readonly log?: (line: string) => void;
}

/** ClusterStorm is what came of one. */
export interface ClusterStorm {
	readonly tasks: number;
	/** From the first submission to the last answer. */
	readonly ms: number;
	/** From the end of the killing to the last answer. */
	readonly calmMs: number;
	readonly kills: readonly Kill[];
	readonly failovers: Failovers;
	readonly refusals: number;
	readonly lookedAt: { readonly done: number; readonly again: number };
	readonly facts: number;
	readonly runsLost: number;
	readonly acknowledged: number;
	/** Tasks without their answer. */
	readonly unanswered: readonly string[];
	/** Anything recorded twice, out of order or in a history that does not verify. */
	readonly recordedTwice: readonly string[];
	/** Effects that did not happen exactly once. */
	readonly effects: readonly string[];
	/** What was still owed when all was over, and what was left when all had stopped. */
	readonly leftBehind: readonly string[];
	readonly exitCode: number | null;
	/** What happened to each task. */
	readonly histories: readonly (readonly RecordedTaskFact[])[];
	/** What the processes wrote. */
	readonly outputs: string;
}

const SUBMITTED_BY = 0.8;
const SUBMIT_LIMIT_MS = 90_000;
const SIDE_BY_SIDE = 8;
const SETTLE_MS = 60_000;

/**
 * runClusterStorm starts two gateways, a frontends process and three workers on a Redis and a Postgres of their own, submits
 * tasks while processes of every kind are killed at random moments, and looks at everything once it is over.
 */
export async function runClusterStorm(options: ClusterStormOptions): Promise<ClusterStorm> {
	const [redis, postgres, world] = await Promise.all([startRedis({ aof: true }), startPostgres(), openCountingWorld()]);
	let cluster: ClusterErrand | undefined;
	try {
		const databaseUrl = await postgres.createDatabase();
		const name = `storm-${randomBytes(4).toString('hex')}`;
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl: redis.url, cluster: name, frontends: 1 },
			programs: 'with-test-capabilities',
			env: { ERRAND_ALLOW_PRIVATE_HOSTS: world.host },
		});
		return await storm(options, { redis, postgres, databaseUrl, world, cluster, name });
	} finally {
		await cluster?.dispose();
		await Promise.all([redis.stop(), postgres.stop(), world.stop()]);
	}
}

interface Bed {
	readonly redis: RedisServer;
	readonly postgres: PostgresServer;
	readonly databaseUrl: string;
	readonly world: CountingWorld;
	readonly cluster: ClusterErrand;
	readonly name: string;
}

async function storm(options: ClusterStormOptions, bed: Bed): Promise<ClusterStorm> {
	const { tasks, killForMs, calmMs, seed, log = () => {} } = options;
	const { redis, postgres, databaseUrl, world, cluster, name } = bed;
	const killing = { cluster, redis, postgres, databaseUrl, chance: seeded(seed), everyMs: options.killEveryMs, log };
	const killer = new StormKiller(killing);
	const person = new StormPerson({ cluster, world, log });

	const from = Date.now();
	let killedUntil = from;
	const raging = killer.rage(killForMs).then(() => {
		killedUntil = Date.now();
		log(`${killer.kills.length} kills; calm now`);
	});
	const submitting = Promise.all(
		Array.from({ length: tasks }, async (_, task) => {
			await wait((task / tasks) * killForMs * SUBMITTED_BY);
			await person.submit(task, SUBMIT_LIMIT_MS);
		}),
	);
	const [open] = await Promise.all([person.attend(tasks, killForMs + calmMs), submitting, raging]);
	const over = Date.now();
	log(`${open.length} tasks are open`);

	const place = { redisUrl: redis.url, databaseUrl, cluster: name, dataDir: cluster.dataDir };
	const owed = await untilNone(() => owedStill(place));
	const histories = await readHistories(person, cluster);
	const started = [...killer.orphans];
	for (const { pid } of cluster.members()) started.push(...(await processesUnder(pid)));
	const exitCode = await cluster.stopAll();
	const left = owed.length > 0 ? owed : await untilNone(() => leftBehind(place, started));
	const own = histories.map(({ facts }) => facts);
	const facts = own.flat();
	return {
		tasks,
		ms: over - from,
		calmMs: Math.max(0, over - killedUntil),
		kills: killer.kills,
		failovers: failoversIn(own, killer.kills),
		histories: own,
		refusals: person.refusals,
		lookedAt: person.lookedAt,
		facts: facts.length,
		runsLost: facts.filter(({ type }) => type === 'StepLost').length,
		acknowledged: new Set(person.ids.values()).size,
		unanswered: [...person.wrongs, ...open.map((row) => JSON.stringify(row)), ...histories.flatMap(answerMissing)],
		recordedTwice: histories.flatMap(({ task, facts, broken }) => [
			...recordedTwice(facts, OUTCOMES).map((wrong) => `task ${task}: ${wrong}`),
			...(broken === undefined ? [] : [`task ${task}: its export does not verify: ${broken}`]),
		]),
		effects: Array.from({ length: tasks }, (_, task) => effectKey(task))
			.filter((key) => world.times(key) !== 1)
			.map((key) => `${key} happened ${world.times(key)} times`),
		leftBehind: left,
		exitCode,
		outputs: cluster.outputs(),
	};
}

interface History {
	readonly task: number;
	readonly facts: readonly RecordedTaskFact[];
	/** Why its export does not prove it. */
	readonly broken?: string;
}

async function readHistories(person: StormPerson, { any }: ClusterErrand): Promise<readonly History[]> {
	const histories: History[] = [];
	const left = [...person.ids];
	const read = async () => {
		for (let next = left.shift(); next !== undefined; next = left.shift()) {
			const [task, id] = next;
			const facts = await any.facts(id);
			const lines = (await (await any.call('GET', `/v1/tasks/${id}/audit`)).text()).trimEnd().split('\n');
			const verdict = verifyExport(lines, historyCrypto);
			const broken = verdict.ok ? countedWrong(verdict.facts, facts.length) : verdict.message;
			histories.push({ task, facts, ...(broken === undefined ? {} : { broken }) });
		}
	};
	await Promise.all(Array.from({ length: SIDE_BY_SIDE }, read));
	return histories;
}

function countedWrong(exported: number, read: number): string | undefined {
	return exported === read ? undefined : `it has ${exported} facts, and ${read} were read`;
}

function answerMissing({ task, facts }: History): readonly string[] {
	const last = facts.findLast(({ type }) => type === 'TaskCompleted');
	if (last?.type === 'TaskCompleted' && last.data.result.text === stormAnswer(task)) return [];
	return [`task ${task} ended with ${JSON.stringify(last?.data ?? 'nothing')}`];
}

/** What remains when time is up. */
async function untilNone(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
	for (const until = Date.now() + SETTLE_MS; ; await wait(200)) {
		const found = await look();
		if (found.length === 0 || Date.now() > until) return found;
	}
}
