import type { PersonId, StreamId } from '../../domain/ids.ts';
import type { IHistoryAudit } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { StreamEraser } from './erase-streams.ts';
import { exportHistory } from './export-history.ts';
import { fileDamage } from './file-integrity.ts';
import type { HistoryRows } from './history-rows.ts';
import type { SealChain } from './seal-chain.ts';
import { translateSqliteError } from './sqlite-errors.ts';
import { verifyHistory } from './verify-history.ts';

interface Parts {
	readonly path: string;
	readonly rows: HistoryRows;
	readonly seals: SealChain;
	readonly signer: IHistorySigner;
	readonly eraser: StreamEraser;
}

/** SqliteHistoryAudit proves that the file holds what was written, and nothing of whom it had to forget. */
export class SqliteHistoryAudit implements IHistoryAudit {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	export(stream: StreamId): AsyncIterable<string> {
		return exportHistory(stream, this.#parts);
	}

	async verify(): ReturnType<IHistoryAudit['verify']> {
		const { path, rows, signer, seals } = this.#parts;
		try {
			const found = await verifyHistory({ rows, signer, signedHead: seals.signedHead() });
			if (found !== undefined) return { ok: false, ...found };
			const damage = path === ':memory:' ? undefined : await fileDamage(path);
			return damage === undefined ? { ok: true, head: seals.head() } : { ok: false, position: 0, message: damage };
		} catch (error) {
			// A page that SQLite itself cannot read is a break too, at a place only SQLite knows.
			return { ok: false, position: 0, message: translateSqliteError(error, 'read history').message };
		}
	}

	erase(person: PersonId): Promise<readonly StreamId[]> {
		return this.#parts.eraser.erase(person);
	}

	eraseFacts(stream: StreamId, seqs: readonly number[]): Promise<void> {
		return this.#parts.eraser.eraseFacts(stream, seqs);
	}
}
