import { CoreError, isCoreError } from '../../domain/errors.ts';
import { firstHash } from '../../domain/history/seal.ts';
import { type Upcast, upcast } from '../../domain/history/upcast.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import { AppendWriter } from './append-writer.ts';
import { DiskRoom } from './disk-room.ts';
import { StreamEraser } from './erase-streams.ts';
import { GroupCommit } from './group-commit.ts';
import { HistoryRows } from './history-rows.ts';
import { openDatabase } from './open-database.ts';
import { SealChain } from './seal-chain.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';
import { SqliteHistoryAudit } from './sqlite-history-audit.ts';
import { SqliteSnapshotStore } from './sqlite-snapshot-store.ts';
import { SqliteStreamIndex } from './sqlite-stream-index.ts';
import { StreamHeads } from './stream-heads.ts';
import { headBreak, sealBreak } from './verify-history.ts';

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
	const { path, signer, now = Date.now } = options;
	const db = openDatabase(path, options.maxPages);
	const seals = new SealChain(db, signer);
	const rows = new HistoryRows(db);
	try {
		assertEnd(path, { rows, seals, signer });
	} catch (error) {
		db.close();
		throw error;
	}
	const heads = new StreamHeads(db);
	const room = new DiskRoom(db, options.probeEveryMs ?? 1_000);
	const commits = new GroupCommit(db, {
		beforeCommit: () => seals.seal(),
		afterRollback: () => {
			heads.forget();
			seals.reload();
		},
		failed: (error) => {
			if (isCoreError(error, 'disk-full')) room.reportFull();
		},
	});
	const writer = new AppendWriter(db, heads, seals);
	const eraser = new StreamEraser({ db, commits, writer, heads, now });
	return {
		events: new SqliteEventStore({ db, commits, writer, heads, room, upcast: options.upcast ?? upcast }),
		index: new SqliteStreamIndex(db),
		snapshots: new SqliteSnapshotStore(db, commits),
		audit: new SqliteHistoryAudit({ rows, seals, signer, eraser }),
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

/** Beyond this, the last commit is left to `verify`, so that opening stays quick. */
const quickCheckRows = 2_000;

/** Checks the last commit and the signed head, in a time that does not grow with history. */
function assertEnd(path: string, parts: { rows: HistoryRows; seals: SealChain; signer: IHistorySigner }): void {
	const { rows, seals, signer } = parts;
	const { position } = seals.last();
	const { seal, previous } = rows.sealOf(position);
	const after = previous?.lastPosition ?? 0;
	const sealFound =
		seal === undefined || position - after > quickCheckRows
			? undefined
			: sealBreak(seal, { previous: previous?.hash ?? firstHash, covered: rows.between(after, position) });
	const unsealed = rows.after(position, 1)[0];
	const found =
		sealFound ??
		headBreak(seals.signedHead(), position, signer) ??
		(unsealed && { position: unsealed.position, message: 'This append was never sealed: it was added.' });
	if (found === undefined) return;
	throw new CoreError('store-corrupt', `Cannot open the history in ${path}: at ${found.position}: ${found.message}`, {
		hint: 'Nothing was overwritten. Restore the database together with history.key from a backup, or set ERRAND_DATA_DIR to another folder.',
	});
}
