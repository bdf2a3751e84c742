import { isCoreError } from '../../domain/errors.ts';
import { type Upcast, upcast } from '../../domain/history/upcast.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import { AppendWriter } from './append-writer.ts';
import { assertIntactEnd } from './assert-intact-end.ts';
import { DiskRoom } from './disk-room.ts';
import { StreamEraser } from './erase-streams.ts';
import { GroupCommit } from './group-commit.ts';
import { HistoryRows } from './history-rows.ts';
import { openDatabase } from './open-database.ts';
import { SealChain } from './seal-chain.ts';
import { translateSqliteError } from './sqlite-errors.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';
import { SqliteHistoryAudit } from './sqlite-history-audit.ts';
import { SqliteSnapshotStore } from './sqlite-snapshot-store.ts';
import { SqliteStreamIndex } from './sqlite-stream-index.ts';
import { StreamHeads } from './stream-heads.ts';

/** SqliteStoreOptions say where history is and who vouches for it. */
export interface SqliteStoreOptions {
	/** A file, or `:memory:`. */
	readonly path: string;
	readonly signer: IHistorySigner;
	/** Brings facts of older versions up as they are read; today's by default. */
	readonly upcast?: Upcast | undefined;
	/** The time recorded for erasures, which no command brings along. */
	readonly now?: (() => number) | undefined;
	/** Bounds the file, in pages of 4 KB: beyond it, the disk counts as full. */
	readonly maxPages?: number | undefined;
	/** How often a full disk is looked at again. */
	readonly probeEveryMs?: number | undefined;
}

/** SqliteStore is everything about history that lives in one file. */
export interface SqliteStore {
	readonly events: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	/** Whether the disk is full; while it is, appends reject with `disk-full`. */
	isFull(): boolean;
	/** Calls back when the disk becomes full, and when there is room again. Returns the way to stop. */
	onFullChange(listener: (full: boolean) => void): () => void;
	/** Commits what is queued and closes the file; a second call does nothing. */
	close(): void;
}

/** openSqliteStore opens history, or begins one. Only one process may have the file open. */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
	const { signer, now = Date.now } = options;
	const { db, rows, seals } = openChecked(options);
	const heads = new StreamHeads(db);
	const room = new DiskRoom(db, options.probeEveryMs ?? 1_000);
	const commits = new GroupCommit(db, {
		beforeCommit: () => seals.seal(),
		afterRollback: () => {
			heads.forget();
			seals.forget();
		},
		failed: (error) => {
			if (isCoreError(error, 'disk-full')) room.reportFull();
		},
	});
	const writer = new AppendWriter(db, heads, seals);
	const eraser = new StreamEraser({ db, commits, rows, writer, heads, now });
	return {
		events: new SqliteEventStore({ db, commits, writer, heads, room, upcast: options.upcast ?? upcast }),
		index: new SqliteStreamIndex(db),
		snapshots: new SqliteSnapshotStore(db, commits),
		audit: new SqliteHistoryAudit({ path: options.path, rows, seals, signer, eraser }),
		isFull: () => room.full,
		onFullChange: (listener) => room.onChange(listener),
		close: () => {
			if (!db.isOpen) return;
			commits.close();
			room.stop();
			seals.close();
			db.close();
		},
	};
}

function openChecked({ path, signer, maxPages }: SqliteStoreOptions) {
	const db = openDatabase(path, maxPages);
	try {
		const seals = new SealChain(db, signer);
		const rows = new HistoryRows(db);
		assertIntactEnd(path, { rows, seals, signer });
		return { db, rows, seals };
	} catch (error) {
		db.close();
		throw translateSqliteError(error, `open the history in ${path}`);
	}
}
