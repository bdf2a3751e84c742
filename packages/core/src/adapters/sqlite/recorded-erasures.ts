import { asStreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { HistoryRow, HistoryRows } from './history-rows.ts';
import { withoutSalt } from './payload-salt.ts';

/** The stream in which the store itself records what was erased, so that blanking without a record shows. */
export const erasuresStream = asStreamId('history-erasures');

/** Erasures are what was blanked with a record of it. */
export class Erasures {
	readonly #through = new Map<string, number>();
	readonly #appends = new Map<string, Set<number>>();

	/** Takes one record of an erasure. */
	add(record: JsonObject): void {
		const stream = String(record['stream']);
		if (record['throughSeq'] !== undefined) {
			this.#through.set(stream, Number(record['throughSeq']));
			return;
		}
		const appends = this.#appends.get(stream) ?? new Set();
		for (const firstSeq of record['appends'] as readonly number[]) appends.add(firstSeq);
		this.#appends.set(stream, appends);
	}

	/** Whether an append may be blank. */
	cover({ stream, firstSeq, lastSeq }: Pick<HistoryRow, 'stream' | 'firstSeq' | 'lastSeq'>): boolean {
		return lastSeq <= (this.#through.get(stream) ?? 0) || this.#appends.get(stream)?.has(firstSeq) === true;
	}
}

/** recordedErasures reads the records back. Their own payloads are checked with all others. */
export function recordedErasures(rows: HistoryRows): Erasures {
	const erasures = new Erasures();
	const pageRows = 1_000;
	for (let after = 0; ; ) {
		const page = rows.ofStream(erasuresStream, after, pageRows);
		for (const { payload, lastSeq } of page) {
			after = lastSeq;
			// Written by `StreamEraser` alone, one fact an append.
			const [data] = JSON.parse(payload === undefined ? '[]' : withoutSalt(payload)) as readonly JsonObject[];
			if (data !== undefined) erasures.add(data);
		}
		if (page.length < pageRows) return erasures;
	}
}
