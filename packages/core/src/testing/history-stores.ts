import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex } from '../ports/event-store.ts';

/** HistoryStores are the ports that one history stands behind; the contracts of history run against them. */
export interface HistoryStores {
	readonly events: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	close(): void | Promise<void>;
}
