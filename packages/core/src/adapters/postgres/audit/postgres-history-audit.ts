import { isCoreError } from '../../../domain/errors.ts';
import type { PersonId, StreamId } from '../../../domain/ids.ts';
import type { IHistoryAudit } from '../../../ports/event-store.ts';
import type { IHistorySigner } from '../../../ports/history-signer.ts';
import type { AuditRows } from './audit-rows.ts';
import type { StreamEraser } from './erase-streams.ts';
import { exportHistory } from './export-history.ts';
import type { StreamSeals } from './stream-seals.ts';
import { verifyHistory } from './verify-history.ts';

interface Parts {
	readonly rows: AuditRows;
	readonly seals: StreamSeals;
	readonly signer: IHistorySigner;
	readonly eraser: StreamEraser;
}

/** PostgresHistoryAudit proves that the database holds what was written, and nothing of whom it had to forget. */
export class PostgresHistoryAudit implements IHistoryAudit {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	export(stream: StreamId): AsyncIterable<string> {
		return exportHistory(stream, this.#parts);
	}

	async verify(): ReturnType<IHistoryAudit['verify']> {
		const { seals } = this.#parts;
		try {
			const head = await seals.head();
			const found = await verifyHistory(this.#parts);
			return found === undefined ? { ok: true, head } : { ok: false, ...found };
		} catch (error) {
			// What the server itself cannot read is a break too, at a place only the server knows.
			if (isCoreError(error, 'store-corrupt')) return { ok: false, position: 0, message: error.message };
			throw error;
		}
	}

	erase(person: PersonId): Promise<readonly StreamId[]> {
		return this.#parts.eraser.erase(person);
	}

	eraseFacts(stream: StreamId, seqs: readonly number[]): Promise<void> {
		return this.#parts.eraser.eraseFacts(stream, seqs);
	}
}
