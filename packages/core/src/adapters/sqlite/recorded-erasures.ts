import type { JsonObject } from '../../domain/json.ts';
import { Erasures, erasuresStream } from '../history/erasures.ts';
import { withoutSalt } from '../history/payload-salt.ts';
import type { HistoryRows } from './history-rows.ts';

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
