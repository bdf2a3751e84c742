import type { PersonId } from '../../domain/ids.ts';
import type { ModelCall, ModelTranscript } from '../../ports/model-ledger.ts';

/** LedgerEntry is a call that is to be written, with what was said in it where that is kept. */
export interface LedgerEntry {
	readonly call: ModelCall;
	readonly transcript?: ModelTranscript | undefined;
}

/** TranscriptQuery asks what was said in a call, of a person's only where one is given. */
export interface TranscriptQuery {
	readonly call: string;
	readonly person: PersonId | undefined;
	readonly now: number;
}

/** blanked is an entry of somebody who was forgotten: what it cost stays. */
export function blanked({ call: { person: _forgotten, ...call } }: LedgerEntry): LedgerEntry {
	return { call };
}

/** Forgotten remembers who was forgotten when, so that a call that ends after that is not theirs again. */
export class Forgotten {
	readonly #at = new Map<PersonId, number>();

	add(person: PersonId, at: number): void {
		this.#at.delete(person);
		this.#at.set(person, at);
		const [oldest] = this.#at.keys();
		if (this.#at.size > REMEMBERED && oldest !== undefined) this.#at.delete(oldest);
	}

	/** The entry as it may be written. */
	apply(entry: LedgerEntry): LedgerEntry {
		const { person, at } = entry.call;
		const forgottenAt = person === undefined ? undefined : this.#at.get(person);
		return forgottenAt === undefined || at > forgottenAt ? entry : blanked(entry);
	}
}

const REMEMBERED = 1_000;

/** WRITE_EVERY_MS is how long an entry waits for others to be written with. */
export const WRITE_EVERY_MS = 500;
/** MAX_UNWRITTEN is how many entries are held where nothing can be written; beyond it the oldest are lost, their sum is not. */
export const MAX_UNWRITTEN = 20_000;
/** TIDY_EVERY_MS is how often transcripts are looked through for those whose time is over. */
export const TIDY_EVERY_MS = 600_000;
