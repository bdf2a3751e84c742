import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FileMessageSpool } from '../adapters/files/file-message-spool.ts';
import { FileResultCache } from '../adapters/files/file-result-cache.ts';
import { FolderArtifactStore } from '../adapters/files/folder-artifact-store.ts';
import { seededHistorySigner } from '../adapters/files/history-signer.ts';
import { SystemClock } from '../adapters/in-process/system-clock.ts';
import { openPostgresHistory, type PostgresHistory } from '../adapters/postgres/open-postgres-history.ts';
import { openRedisLine, type RedisLine } from '../adapters/redis/open-redis-line.ts';
import { RedisServices } from '../adapters/redis/redis-services.ts';
import { RedisSharedTurns } from '../adapters/redis/redis-shared-turns.ts';
import { RedisWorkerRegistry } from '../adapters/redis/worker-registry.ts';
import { textSeal } from '../adapters/sealing/text-seal.ts';
import type { Ports } from '../orchestrator/orchestrator.ts';
import type { ILeases } from '../ports/lease.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IMessageSpool } from '../ports/message-spool.ts';
import type { IModelLedger } from '../ports/model-ledger.ts';
import type { INote } from '../ports/note.ts';
import type { IServices } from '../ports/services.ts';
import type { ISharedTurns } from '../ports/shared-turns.ts';
import { type ClusterKeys, clusterKeys } from './cluster-keys.ts';
import type { ClusterVariables } from './environment.ts';

/** ClusterOptions say which Postgres and which Redis the processes of one Errand share, and what is this process's own. */
export interface ClusterOptions extends ClusterVariables {
	readonly dataDir: string;
	readonly log: ILogger;
}

/** Cluster is the bundle of ports for one of many processes; who dispatches jobs is added by whoever has a catalogue. */
export interface Cluster extends Omit<Ports, 'queue'> {
	/** This process among the others. */
	readonly self: string;
	readonly artifacts: FolderArtifactStore;
	readonly leases: ILeases;
	/** Named services of all processes. */
	readonly services: IServices;
	/** What models cost. */
	readonly ledger: IModelLedger;
	/** Calls of all processes to providers of models. */
	readonly turns: ISharedTurns;
	readonly registry: RedisWorkerRegistry;
	readonly line: RedisLine;
	readonly keys: ClusterKeys;
	/** Messages that were taken while Postgres could not be reached. */
	readonly spool: IMessageSpool;
	onHistoryBack(listener: () => void): () => void;
	/** A short text kept by name, for all processes. */
	note(name: string): INote;
	/** Which of the two this process cannot reach now. */
	unreachable(): readonly ('Postgres' | 'Redis')[];
	close(): Promise<void>;
}

const MAX_CACHE_BYTES = 256 * 1024 * 1024;

/** openCluster connects to both; rejects with CoreError, saying which could not be reached and what to do. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
	const { databaseUrl, replicaUrl, redisUrl, cluster, region, dataDir, log } = options;
	const clock = new SystemClock();
	const self = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
	const keys = clusterKeys(options);
	const signer = seededHistorySigner(keys('history'));
	const line = await openRedisLine({ url: redisUrl, cluster, self, log });
	let history: PostgresHistory | undefined;
	try {
		const opened = await openPostgresHistory({ url: databaseUrl, replicaUrl, self, signer, region, log });
		history = opened;
		opened.onFullChange((full) => {
			log[full ? 'error' : 'info'](full ? 'disk full' : 'disk has room again', { store: 'Postgres' });
			line.bus.publish('storeState', { full });
		});
		const registry = new RedisWorkerRegistry({ line, clock, log });
		await registry.start();
		const services = new RedisServices({ line, clock, log });
		await services.start();
		const ledger = opened.modelLedger(clock);
		const turns = new RedisSharedTurns({ line, log });
		// Each worker has results of its own.
		const results = new FileResultCache({ folder: join(dataDir, 'cache'), maxBytes: MAX_CACHE_BYTES });
		return {
			self,
			store: opened.events,
			index: opened.index,
			snapshots: opened.snapshots,
			audit: opened.audit,
			signer,
			homes: opened.homes,
			note: (name) => opened.note(name),
			spool: new FileMessageSpool({ folder: join(dataDir, 'spool'), seal: textSeal(keys('spool')), log }),
			onHistoryBack: (listener) =>
				opened.onReachableChange((reachable) => {
					if (reachable) listener();
				}),
			vault: opened.vault(keys('vault')),
			artifacts: new FolderArtifactStore(join(dataDir, 'artifacts')),
			cache: {
				get: (person, key) => results.get(person, key),
				put: (person, key, result) => results.put(person, key, result),
				eraseOf: async (person) => {
					await Promise.all([results.eraseOf(person), registry.forget(person)]);
				},
			},
			bus: line.bus,
			leases: line.leases,
			services,
			ledger,
			turns,
			memoryIndex: opened.memoryIndex,
			registry,
			line,
			keys,
			clock,
			log,
			storeFull: () => opened.isFull(),
			unreachable: () => [
				...(opened.reachable() ? [] : ['Postgres' as const]),
				...(line.reachable() ? [] : ['Redis' as const]),
			],
			close: async () => {
				turns.stop();
				await services.stop();
				await registry.stop();
				await ledger.close();
				await opened.close();
				await line.close();
			},
		};
	} catch (error) {
		await history?.close();
		await line.close();
		throw error;
	}
}
