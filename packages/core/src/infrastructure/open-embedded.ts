import { join } from 'node:path';
import { claimDataDir, type DataDirClaim } from '../adapters/files/data-dir-claim.ts';
import { FileNote } from '../adapters/files/file-note.ts';
import { FileResultCache } from '../adapters/files/file-result-cache.ts';
import { openFileVault } from '../adapters/files/file-vault.ts';
import { FolderArtifactStore } from '../adapters/files/folder-artifact-store.ts';
import { openHistorySigner } from '../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../adapters/in-process/in-process-event-bus.ts';
import { InProcessJobQueue } from '../adapters/in-process/in-process-job-queue.ts';
import { InProcessLeases } from '../adapters/in-process/in-process-leases.ts';
import { InProcessServices } from '../adapters/in-process/in-process-services.ts';
import { OnlyHome } from '../adapters/in-process/only-home.ts';
import { SystemClock } from '../adapters/in-process/system-clock.ts';
import { openSqliteStore } from '../adapters/sqlite/open-sqlite-store.ts';
import { SqliteMemoryIndex } from '../adapters/sqlite/sqlite-memory-index.ts';
import { SqliteModelLedger } from '../adapters/sqlite/sqlite-model-ledger.ts';
import type { Ports } from '../orchestrator/orchestrator.ts';
import type { ILeases } from '../ports/lease.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IModelLedger } from '../ports/model-ledger.ts';
import type { INote } from '../ports/note.ts';
import type { IServices } from '../ports/services.ts';

/** EmbeddedOptions say where everything is kept. */
export interface EmbeddedOptions {
	readonly dataDir: string;
	readonly log: ILogger;
	/** Bounds the history file, in pages of 4 KB: beyond it, the disk counts as full. */
	readonly maxHistoryPages?: number | undefined;
}

/** Embedded is the bundle of ports for one server on one data directory. */
export interface Embedded extends Ports {
	readonly claim: DataDirClaim;
	readonly artifacts: FolderArtifactStore;
	readonly queue: InProcessJobQueue;
	readonly leases: ILeases;
	readonly services: IServices;
	/** What models cost. */
	readonly ledger: IModelLedger;
	/** A short text kept by name. */
	note(name: string): INote;
	/** Commits what is queued and gives the data directory back; a second call does nothing. */
	close(): void;
}

/** Results of pure capabilities take at most this much of the disk; the oldest go first. */
const MAX_CACHE_BYTES = 256 * 1024 * 1024;

/** openEmbedded takes the data directory for this process and opens everything in it; rejects with CoreError, saying what to do. */
export async function openEmbedded({ dataDir, log, maxHistoryPages }: EmbeddedOptions): Promise<Embedded> {
	const clock = new SystemClock();
	const self = `server-${process.pid}`;
	const claim = await claimDataDir(dataDir, { pid: process.pid, startedAt: clock.now() });
	try {
		const signer = openHistorySigner(join(dataDir, 'history.key'));
		const vault = await openFileVault({ path: join(dataDir, 'vault'), keyPath: join(dataDir, 'vault.key') });
		const history = openSqliteStore({ path: join(dataDir, 'history.db'), signer, maxPages: maxHistoryPages });
		const bus = new InProcessEventBus(log);
		history.onFullChange((full) => {
			log[full ? 'error' : 'info'](full ? 'disk full' : 'disk has room again', { dataDir });
			bus.publish('storeState', { full });
		});
		const ledger = new SqliteModelLedger({ path: join(dataDir, 'models.db'), clock, log });
		const memoryIndex = new SqliteMemoryIndex(join(dataDir, 'memory.db'));
		return {
			store: history.events,
			index: history.index,
			snapshots: history.snapshots,
			audit: history.audit,
			signer,
			artifacts: new FolderArtifactStore(join(dataDir, 'artifacts')),
			vault,
			cache: new FileResultCache({ folder: join(dataDir, 'cache'), maxBytes: MAX_CACHE_BYTES }),
			queue: new InProcessJobQueue(),
			bus,
			homes: new OnlyHome(self, history.events),
			leases: new InProcessLeases(self),
			services: new InProcessServices({ clock, log }),
			ledger,
			memoryIndex,
			note: (name) => new FileNote(join(dataDir, `${name}.json`)),
			clock,
			log,
			storeFull: () => history.isFull(),
			claim,
			close: () => {
				ledger.close();
				memoryIndex.close();
				history.close();
				claim.release();
			},
		};
	} catch (error) {
		claim.release();
		throw error;
	}
}
