import { setImmediate as nextTurn } from 'node:timers/promises';
import { CoreError } from '../../domain/errors.ts';
import { type ExportedFact, exportLine, headLineText } from '../../domain/history/export-chain.ts';
import { firstHash } from '../../domain/history/seal.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import { decodeTypes } from '../history/encode-append.ts';
import { withoutSalt } from '../history/payload-salt.ts';
import { sha256 } from '../history/sha256.ts';
import type { HistoryRow, HistoryRows } from './history-rows.ts';
import { recordedErasures } from './recorded-erasures.ts';
import type { SealChain } from './seal-chain.ts';
import { reading } from './sqlite-event-store.ts';
import { type HistoryBreak, payloadBreak, sealBreak } from './verify-history.ts';

interface Source {
	readonly rows: HistoryRows;
	readonly seals: SealChain;
	readonly signer: IHistorySigner;
}

const pageRows = 200;

/** exportHistory yields a stream's facts as chained lines, each checked against what was sealed, then the signed head. Facts are as written: upcasters do not touch them. */
export async function* exportHistory(stream: StreamId, { rows, seals, signer }: Source): AsyncGenerator<string> {
	const erasures = reading(() => recordedErasures(rows));
	const sealed = new SealedRange(rows);
	let lastHash = firstHash;
	let facts = 0;
	for (;;) {
		const page = reading(() => rows.ofStream(stream, facts, pageRows));
		for (const row of page) {
			const found = payloadBreak(row, erasures) ?? reading(() => sealed.breakAt(row.position));
			if (found !== undefined) throw changed(stream, found);
			for (const fact of exportedFacts(row)) {
				const next = exportLine(lastHash, fact, sha256);
				lastHash = next.hash;
				facts = fact.seq;
				yield next.line;
			}
		}
		if (page.length < pageRows) break;
		await nextTurn();
	}
	const { position, hash } = seals.head();
	const head = { head: { position, hash }, stream, facts, lastHash };
	yield JSON.stringify({ ...head, signature: signer.sign(headLineText(head)), publicKey: signer.publicKey });
}

function exportedFacts(row: HistoryRow): ExportedFact[] {
	// Checked against its hash just before.
	const payload =
		row.payload === undefined ? undefined : (JSON.parse(withoutSalt(row.payload)) as readonly JsonObject[]);
	return decodeTypes(row.types).map(({ type, v }, index): ExportedFact => {
		const place = { seq: row.firstSeq + index, at: row.at, v, type };
		const data = payload?.[index];
		return data === undefined ? { ...place, data: null, erased: true } : { ...place, data };
	});
}

/** SealedRange checks the commit around a position once, however many appends of it are asked about. */
class SealedRange {
	readonly #rows: HistoryRows;
	#checked = { after: 0, last: 0 };

	constructor(rows: HistoryRows) {
		this.#rows = rows;
	}

	breakAt(position: number): HistoryBreak | undefined {
		if (position > this.#checked.after && position <= this.#checked.last) return undefined;
		const { seal, previous } = this.#rows.sealOf(position);
		if (seal === undefined) return { position, message: 'This append was never sealed: it was added.' };
		const after = previous?.lastPosition ?? 0;
		this.#checked = { after, last: seal.lastPosition };
		const covered = this.#rows.between(after, seal.lastPosition);
		return sealBreak(seal, { previous: previous?.hash ?? firstHash, covered });
	}
}

function changed(stream: StreamId, { position, message }: HistoryBreak): CoreError {
	return new CoreError('store-corrupt', `Cannot export ${stream}: at position ${position}: ${message}`, {
		hint: 'The database was changed by something other than Errand. Compare it with a backup.',
	});
}
