import type { PersonId } from '../../domain/ids.ts';
import type { ModelCall } from '../../ports/model-ledger.ts';
import { utcDay } from './utc-days.ts';

/** DayTotals are micro-dollars by UTC day, of each person and of all together, so that a budget is looked up, not added up. */
export class DayTotals {
	readonly #sums = new Map<string, number>();

	add({ at, person, microUsd }: Pick<ModelCall, 'at' | 'person' | 'microUsd'>): void {
		const day = utcDay(at);
		this.#addTo(day, microUsd);
		if (person !== undefined) this.#addTo(`${day} ${person}`, microUsd);
	}

	of(at: number, person: PersonId | undefined): number {
		const day = utcDay(at);
		return this.#sums.get(person === undefined ? day : `${day} ${person}`) ?? 0;
	}

	/** Nobody is charged with it any more; the sum of all stays. */
	forget(person: PersonId): void {
		for (const key of this.#sums.keys()) if (key.endsWith(` ${person}`)) this.#sums.delete(key);
	}

	/** Keeps what is of this day. */
	keepOnly(at: number): void {
		const day = utcDay(at);
		for (const key of this.#sums.keys()) if (!key.startsWith(day)) this.#sums.delete(key);
	}

	#addTo(key: string, microUsd: number): void {
		this.#sums.set(key, (this.#sums.get(key) ?? 0) + microUsd);
	}
}
