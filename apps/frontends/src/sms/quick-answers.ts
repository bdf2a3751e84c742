import { BoundedMap } from '../chat/bounded-map.ts';

const QUICK_MS = 2_000;
const IN_A_ROW = 10;
const MUTED_MS = 60 * 60_000;

interface Exchange {
	/** When we last wrote, until it was answered. */
	readonly sentAt?: number | undefined;
	readonly quick: number;
	readonly mutedUntil?: number | undefined;
}

/** QuickAnswers finds machines that answer each of our texts at once, so that two of them do not write to each other for ever. */
export class QuickAnswers {
	readonly #exchanges = new BoundedMap<string, Exchange>(10_000);

	sent(number: string, now: number): void {
		this.#keep(number, { ...this.#of(number), sentAt: now });
	}

	/** What to do with a text: take it, mute its sender from now on, or ignore it because they are muted. */
	received(number: string, now: number): 'take' | 'mute' | 'ignore' {
		const { sentAt, quick, mutedUntil } = this.#of(number);
		if (mutedUntil !== undefined && now < mutedUntil) return 'ignore';
		const isQuick = sentAt !== undefined && now - sentAt <= QUICK_MS;
		const inARow = isQuick ? quick + 1 : sentAt === undefined ? quick : 0;
		if (inARow < IN_A_ROW) {
			this.#keep(number, { quick: inARow });
			return 'take';
		}
		this.#keep(number, { quick: 0, mutedUntil: now + MUTED_MS });
		return 'mute';
	}

	isMuted(number: string, now: number): boolean {
		const { mutedUntil } = this.#of(number);
		return mutedUntil !== undefined && now < mutedUntil;
	}

	#of(number: string): Exchange {
		return this.#exchanges.get(number) ?? { quick: 0 };
	}

	#keep(number: string, exchange: Exchange): void {
		this.#exchanges.set(number, exchange);
	}
}
