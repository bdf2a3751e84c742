import { asStreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';

/** erasuresStream is where the store itself records what was erased, so that blanking without a record shows. */
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
	cover({ stream, firstSeq, lastSeq }: { stream: string; firstSeq: number; lastSeq: number }): boolean {
		return lastSeq <= (this.#through.get(stream) ?? 0) || this.#appends.get(stream)?.has(firstSeq) === true;
	}
}
