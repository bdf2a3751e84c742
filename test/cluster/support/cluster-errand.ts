import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ErrandCalls, errandCalls } from '../../harness/errand-calls.ts';
import { type Program, startProgram } from '../../harness/program.ts';
import { freePort } from '../../support/server-process.ts';

/** The kinds of process that make up a cluster. */
export type ProcessKind = 'gateway' | 'frontends' | 'worker';

/** ClusterOptions say which processes a cluster starts with, where its servers are and what it is told. */
export interface ClusterOptions {
	/** DATABASE_URL of its own database, and REDIS_URL. */
	readonly postgresUrl: string;
	readonly redisUrl: string;
	/** ERRAND_CLUSTER: its name in Redis. */
	readonly cluster: string;
	/** How many of each at the start: 2, 0 and 3 where nothing is said. */
	readonly gateways?: number;
	readonly frontends?: number;
	readonly workers?: number;
	/** The programs as they ship, or those with the capabilities of the tests besides. */
	readonly programs?: 'shipped' | 'with-test-capabilities';
	/** Kept when given; otherwise a temporary folder, removed by `dispose`. All processes share it. */
	readonly dataDir?: string;
	/** Sealing secrets; the same again on the same database. */
	readonly secretKey?: string;
	readonly token?: string;
	/** What all processes are told. */
	readonly env?: Readonly<Record<string, string>>;
	/** What those of one kind are told besides, e.g. the way to Redis through a proxy. */
	readonly envOf?: Readonly<Partial<Record<ProcessKind, Readonly<Record<string, string>>>>>;
	/** Where the first gateways listen; otherwise on free ports. */
	readonly ports?: readonly number[];
	/** Arguments of each worker, besides its name: `worker-0`, `worker-1`… Without any it can do everything, four at once. */
	readonly workerArgs?: readonly string[];
	/** Its processes belong to the group of this one, and write where it writes. */
	readonly inGroup?: boolean;
}

/** Member is one process of a cluster, under the index that it keeps over restarts. */
export interface Member {
	readonly kind: ProcessKind;
	readonly index: number;
	readonly pid: number;
	/** Where it listens. */
	readonly url: string;
	output(): string;
	running(): boolean;
	/** Freezes it and thaws it again: SIGSTOP, SIGCONT. */
	signal(signal: NodeJS.Signals): void;
}

/** ClusterErrand is Errand as many real processes on one Redis and one Postgres. */
export interface ClusterErrand {
	readonly token: string;
	readonly dataDir: string;
	readonly secretKey: string;
	/** The API through one gateway. */
	gateway(index: number): ErrandCalls & { readonly url: string };
	/** The API through the living gateways in turn. */
	readonly any: ErrandCalls;
	members(kind?: ProcessKind): readonly Member[];
	/** SIGKILL to one process and its children; resolves when it is gone. */
	kill(kind: ProcessKind, index: number): Promise<void>;
	/** SIGTERM; resolves with the exit code. */
	stop(kind: ProcessKind, index: number): Promise<number | null>;
	/** Kills it if it runs and starts it again, a gateway on the same port; resolves once it is ready. */
	restart(kind: ProcessKind, index: number, env?: Readonly<Record<string, string>>): Promise<void>;
	/** Starts one more and resolves with its index once it is ready. */
	add(kind: ProcessKind, env?: Readonly<Record<string, string>>): Promise<number>;
	/** What all of them wrote, for messages of failures. */
	outputs(): string;
	/** SIGTERM to all, workers first; resolves with the worst exit code. */
	stopAll(): Promise<number | null>;
	killAll(): Promise<void>;
	/** Kills what still runs and removes the temporary data directory; database and keys in Redis go with their servers. */
	dispose(): Promise<void>;
}

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const SHIPPED = {
	gateway: join(REPOSITORY, 'apps/gateway/src/main.ts'),
	worker: join(REPOSITORY, 'apps/workers/src/main.ts'),
};
const WITH_TEST_CAPABILITIES = {
	gateway: join(REPOSITORY, 'test/harness/test-gateway.ts'),
	worker: join(REPOSITORY, 'test/harness/test-worker.ts'),
};
/** A model that happens to run on the machine must not change what a test sees. */
const NOTHING_FOUND = { OLLAMA_HOST: '127.0.0.1:9' };
/** Many processes that start at once on a busy machine take long. */
const START_LIMIT_MS = 90_000;

interface Slot {
	readonly kind: ProcessKind;
	readonly index: number;
	readonly port: number;
	env: Readonly<Record<string, string>>;
	program: Program;
	/** Of programs that ran here before. */
	earlier: string;
}

/** startCluster starts the real programs and resolves once all of them are ready; rejects with what they wrote if one exits instead. */
export async function startCluster(options: ClusterOptions): Promise<ClusterErrand> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'errand-cluster-')));
	const token = options.token ?? randomBytes(16).toString('hex');
	const secretKey = options.secretKey ?? randomBytes(32).toString('hex');
	const entries = options.programs === 'with-test-capabilities' ? WITH_TEST_CAPABILITIES : SHIPPED;
	const slots: Slot[] = [];

	const launch = ({ kind, index, port, env }: Pick<Slot, 'kind' | 'index' | 'port' | 'env'>): Program =>
		startProgram({
			entry: kind === 'worker' ? entries.worker : entries.gateway,
			args: argsOf(kind, index, options),
			inGroup: options.inGroup ?? false,
			env: {
				...process.env,
				...NOTHING_FOUND,
				ERRAND_LOG_LEVEL: 'warn',
				...options.env,
				// A worker needs no database, and gets none.
				DATABASE_URL: kind === 'worker' ? undefined : options.postgresUrl,
				REDIS_URL: options.redisUrl,
				ERRAND_CLUSTER: options.cluster,
				ERRAND_SECRET_KEY: secretKey,
				ERRAND_TOKEN: token,
				ERRAND_DATA_DIR: dataDir,
				PORT: String(port),
				ERRAND_WORKER_PORT: String(port),
				// As if each worker had a machine of its own.
				ERRAND_LOCAL_DIR: join(dataDir, `${kind}-${index}`),
				...options.envOf?.[kind],
				...env,
			},
		});
	const living = () => slots.filter(({ kind, program }) => kind === 'gateway' && program.running());
	let turn = 0;
	const any = errandCalls(() => {
		const gateways = living();
		const next = gateways[turn++ % Math.max(1, gateways.length)];
		if (next === undefined) throw new Error('No gateway of the cluster is running.');
		return urlOf(next);
	}, token);
	const slotOf = (kind: ProcessKind, index: number): Slot => {
		const slot = slots.find((one) => one.kind === kind && one.index === index);
		if (slot === undefined) throw new Error(`The cluster has no ${kind} ${index}.`);
		return slot;
	};
	const outputs = () =>
		slots
			.map(
				({ kind, index, program, earlier }) => `--- ${kind} ${index} (${program.pid})\n${earlier}${program.output()}`,
			)
			.join('\n');
	const ready = async (slot: Slot) => {
		const until = Date.now() + START_LIMIT_MS;
		for (;;) {
			if (!slot.program.running())
				throw new Error(
					`${slot.kind} ${slot.index} exited with ${await slot.program.exited}: ${slot.program.output()}`,
				);
			if (await isReady(slot, any, living().length > 0)) return;
			if (Date.now() > until)
				throw new Error(`${slot.kind} ${slot.index} was not ready in ${START_LIMIT_MS / 1_000} s:\n${outputs()}`);
			await wait(25);
		}
	};
	const begin = async (kind: ProcessKind, env: Readonly<Record<string, string>> = {}, port?: number): Promise<Slot> => {
		const at = port ?? (await freePort());
		const index = slots.filter((slot) => slot.kind === kind).length;
		const place = { kind, index, port: at, env };
		const slot: Slot = { ...place, program: launch(place), earlier: '' };
		slots.push(slot);
		return slot;
	};
	const endAll = async (how: 'stop' | 'kill') => {
		const codes: (number | null)[] = [];
		for (const kind of ['worker', 'frontends', 'gateway'] as const) {
			const these = slots.filter((slot) => slot.kind === kind);
			codes.push(...(await Promise.all(these.map(({ program }) => program[how]().then((code) => code ?? null)))));
		}
		return codes.find((code) => code !== 0) ?? 0;
	};

	try {
		for (let n = 0; n < (options.gateways ?? 2); n++) await begin('gateway', {}, options.ports?.[n]);
		for (let n = 0; n < (options.frontends ?? 0); n++) await begin('frontends');
		for (let n = 0; n < (options.workers ?? 3); n++) await begin('worker');
		await Promise.all(slots.map(ready));
	} catch (error) {
		await endAll('kill');
		if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
		throw error;
	}

	return {
		token,
		dataDir,
		secretKey,
		gateway: (index) => {
			const url = urlOf(slotOf('gateway', index));
			return { url, ...errandCalls(() => url, token) };
		},
		any,
		members: (kind) =>
			slots
				.filter((slot) => kind === undefined || slot.kind === kind)
				.map((slot) => ({
					kind: slot.kind,
					index: slot.index,
					pid: slot.program.pid,
					url: urlOf(slot),
					output: () => slot.earlier + slot.program.output(),
					running: () => slot.program.running(),
					signal: (signal) => slot.program.signal(signal),
				})),
		kill: (kind, index) => slotOf(kind, index).program.kill(),
		stop: (kind, index) => slotOf(kind, index).program.stop(),
		restart: async (kind, index, env) => {
			const slot = slotOf(kind, index);
			await slot.program.kill();
			slot.earlier += slot.program.output();
			slot.env = env ?? slot.env;
			slot.program = launch(slot);
			await ready(slot);
		},
		add: async (kind, env) => {
			const slot = await begin(kind, env);
			await ready(slot);
			return slot.index;
		},
		outputs,
		stopAll: () => endAll('stop'),
		killAll: async () => {
			await endAll('kill');
		},
		dispose: async () => {
			await endAll('kill');
			if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
		},
	};
}

function argsOf(kind: ProcessKind, index: number, { workerArgs }: ClusterOptions): readonly string[] {
	if (kind === 'worker') return ['--name', `worker-${index}`, ...(workerArgs ?? ['--concurrency', '4'])];
	return kind === 'frontends' ? ['--role', 'frontends'] : [];
}

/** A gateway says so itself; a worker is ready once the gateways know it. */
async function isReady(slot: Slot, any: ErrandCalls, gatewaysRun: boolean): Promise<boolean> {
	try {
		if (slot.kind !== 'worker') return (await fetch(`${urlOf(slot)}/readyz`)).ok;
		if (!gatewaysRun) return (await fetch(`${urlOf(slot)}/readyz`)).ok;
		const response = await any.call('GET', '/v1/workers');
		const { workers } = (await response.json()) as { workers: { pid: number; state: string }[] };
		return workers.some(({ pid, state }) => pid === slot.program.pid && (state === 'WAITING' || state === 'BUSY'));
	} catch {
		return false;
	}
}

function urlOf({ port }: Slot): string {
	return `http://127.0.0.1:${port}`;
}
