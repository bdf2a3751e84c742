import { Client } from 'pg';
import { type Upcast, upcast } from '../../domain/history/upcast.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IMemoryIndex } from '../../ports/memory.ts';
import type { INote } from '../../ports/note.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IStreamHomes } from '../../ports/stream-homes.ts';
import { AppendQueue } from './append-queue.ts';
import { AuditRows } from './audit/audit-rows.ts';
import { StreamEraser } from './audit/erase-streams.ts';
import { PostgresHistoryAudit } from './audit/postgres-history-audit.ts';
import { StreamSeals } from './audit/stream-seals.ts';
import { DiskCondition } from './disk-condition.ts';
import { PostgresHomes } from './homes/postgres-homes.ts';
import { migrate } from './migrations.ts';
import { PostgresEventStore } from './postgres-event-store.ts';
import { PostgresLine } from './postgres-line.ts';
import { PostgresMemoryIndex } from './postgres-memory-index.ts';
import { PostgresModelLedger } from './postgres-model-ledger.ts';
import { PostgresNote } from './postgres-note.ts';
import { PostgresSnapshotStore } from './postgres-snapshot-store.ts';
import { PostgresStreamIndex } from './postgres-stream-index.ts';
import { PostgresVault } from './postgres-vault.ts';
import { Reachability } from './reachability.ts';
import { enterRegion } from './region/region-row.ts';
import { RegionWatch } from './region/region-watch.ts';

/** PostgresHistoryOptions say where history is, and who writes it. */
export interface PostgresHistoryOptions {
	readonly url: string;
	/** A replica that may answer lists. */
	readonly replicaUrl?: string | undefined;
	/** This process's name; another one after each start. */
	readonly self: string;
	readonly signer: IHistorySigner;
	readonly log: ILogger;
	/** The region this process belongs to, where there are several, and the database of the other one. */
	readonly region?: { readonly name: string; readonly peerUrl: string | undefined } | undefined;
	/** Brings facts of older versions up as they are read; today's by default. */
	readonly upcast?: Upcast | undefined;
	/** The time recorded for erasures, which no command brings along. */
	readonly now?: (() => number) | undefined;
	/** How often a full disk is looked at again. */
	readonly probeEveryMs?: number | undefined;
}

/** PostgresHistory is everything about history that stands in one database, for one of the processes that share it. */
export interface PostgresHistory {
	readonly events: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	readonly homes: IStreamHomes;
	/** A short text kept by name. */
	note(name: string): INote;
	/** What is remembered of people, to be found again. */
	readonly memoryIndex: IMemoryIndex;
	/** Secrets sealed with this key of 32 bytes. */
	vault(key: Buffer): ISecretVault;
	/** The book of what models cost; whoever opens it closes it before history. */
	modelLedger(clock: IClock): PostgresModelLedger;
	/** Whether the database's disk is full; while it is, appends reject with `disk-full`. */
	isFull(): boolean;
	onFullChange(listener: (full: boolean) => void): () => void;
	/** Whether the database answers; while it does not, everything rejects with `store-unreachable` after a few seconds. */
	reachable(): boolean;
	onReachableChange(listener: (reachable: boolean) => void): () => void;
	/** Finishes what is queued, seals it and ends the connections; a second call does nothing. */
	close(): Promise<void>;
}

/** At most this many connections a process, all together: 8, and as many to the replica as there are for reads. */
const CONNECTIONS = { writes: 2, reads: 3, control: 3 };
const MIGRATE_MS = 600_000;

/** openPostgresHistory opens history in a database, or begins one; rejects with CoreError, saying what to do. */
export async function openPostgresHistory(options: PostgresHistoryOptions): Promise<PostgresHistory> {
	const { url, replicaUrl, self, signer, log, region, now = Date.now } = options;
	let epoch: number | undefined;
	const reachability = new Reachability();
	const line = (name: string, maxConnections: number) =>
		new PostgresLine({ url, name: `errand ${self} ${name}`, maxConnections, reachability, epoch: () => epoch });
	const writes = line('writes', CONNECTIONS.writes);
	const reads = line('reads', CONNECTIONS.reads);
	const control = line('control', CONNECTIONS.control);
	const replica =
		replicaUrl === undefined
			? undefined
			: new PostgresLine({
					url: replicaUrl,
					name: `errand ${self} lists`,
					maxConnections: CONNECTIONS.reads,
					// A replica that is away makes nothing unreachable.
					reachability: new Reachability(),
				});
	const lines = [writes, reads, control, ...(replica === undefined ? [] : [replica])];
	const watch = region?.peerUrl === undefined ? undefined : new RegionWatch({ url, peerUrl: region.peerUrl, log });
	try {
		await control.run('bring the database up to date', () => migrated(url), { insists: true });
		await watch?.start();
		if (region !== undefined)
			epoch = await control.run('enter the region', (client) => enterRegion(client, region.name));
	} catch (error) {
		watch?.stop();
		await Promise.all(lines.map((each) => each.close()));
		throw error;
	}
	const room = new DiskCondition(control, options.probeEveryMs ?? 1_000);
	const seals = new StreamSeals(control, signer);
	const homes = new PostgresHomes({ line: control, self, log });
	const doubtful = (streams: readonly StreamId[]) => homes.recall(streams);
	const queue = new AppendQueue({ line: writes, self, room, written: seals.touched, doubtful });
	const rows = new AuditRows(reads);
	const eraser = new StreamEraser({ line: reads, self, now, written: seals.touched });
	let closing: Promise<void> | undefined;
	const close = async () => {
		watch?.stop();
		await homes.stop();
		await queue.idle();
		await seals.close();
		room.stop();
		await Promise.all(lines.map((each) => each.close()));
	};
	return {
		events: new PostgresEventStore({ line: reads, queue, room, upcast: options.upcast ?? upcast }),
		index: new PostgresStreamIndex(reads, replica),
		snapshots: new PostgresSnapshotStore(reads),
		audit: new PostgresHistoryAudit({ rows, seals, signer, eraser }),
		homes,
		note: (name) => new PostgresNote(reads, name),
		memoryIndex: new PostgresMemoryIndex(reads),
		vault: (key) => new PostgresVault(reads, key),
		modelLedger: (clock) => new PostgresModelLedger({ line: reads, clock, log }),
		isFull: () => room.full,
		onFullChange: (listener) => room.onChange(listener),
		reachable: () => reachability.reachable,
		onReachableChange: (listener) => reachability.onChange(listener),
		close: () => {
			closing ??= close();
			return closing;
		},
	};
}

/** A connection of its own, because a migration may take longer than anything else is allowed to. */
async function migrated(url: string): Promise<void> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: MIGRATE_MS });
	client.on('error', () => undefined);
	try {
		await client.connect();
		await migrate(client);
	} finally {
		await client.end();
	}
}
