import { Allowance } from './allowance.ts';

import { BoundedMap } from './bounded-map.ts';

const QUIET_MS = 5 * 60_000;

/**
 * SenderNotices keeps refusals from being said again and again: to the same sender, and to a flood of them, because answers
 * for people would wait behind those to strangers, and texts cost money.
 */
export class SenderNotices {
	readonly #said = new BoundedMap<string, number>(10_000);
	readonly #all = new Allowance({ most: 100, everyMs: 1_000 });
	/** Only a flood is told so, and one in it is as good as another. */
	readonly #heldUp = new Allowance({ most: 5, everyMs: 60_000 });

	/** Whether to tell a sender about a refusal now: once in five minutes for each sender and code, and no flood of them. */
	due(sender: string, code: string, now: number): boolean {
		const key = JSON.stringify([sender, code]);
		const last = this.#said.get(key);
		if (last !== undefined && now - last < QUIET_MS) return false;
		if (code === 'rate-limited' && !this.#heldUp.take(now)) return false;
		if (!this.#all.take(now)) return false;
		this.#said.set(key, now);
		return true;
	}
}
