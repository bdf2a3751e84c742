import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import type { FrontendMemory } from '../chat/frontend-memory.ts';

const Kept = z.object({
	v: z.literal(1),
	optedOut: z.record(z.string(), z.number()),
	settled: z.array(z.string()).default([]),
	checkedAt: z.number().optional(),
});
type Kept = z.infer<typeof Kept>;

const MOST_SETTLED = 1_000;

/** SmsNotes is what must outlive a restart: who wants no texts, which texts the core never saw, and up to when none was missed. */
export class SmsNotes {
	readonly #memory: FrontendMemory;
	#kept: Kept;
	#saved: Promise<void> = Promise.resolve();

	private constructor(memory: FrontendMemory, kept: Kept) {
		this.#memory = memory;
		this.#kept = kept;
	}

	/** Rejects when they are there and cannot be read: writing to somebody who said STOP is worse than not starting. */
	static async open(memory: FrontendMemory): Promise<SmsNotes> {
		const text = await memory.load();
		return new SmsNotes(memory, text === undefined ? { v: 1, optedOut: {}, settled: [] } : readKept(text));
	}

	/** Whether somebody wants no texts. */
	optedOut(number: string): boolean {
		return Object.hasOwn(this.#kept.optedOut, number);
	}

	/** Nothing is written to them from now on, even if it could not be kept. */
	async optOut(number: string, at: number): Promise<void> {
		if (!this.optedOut(number)) this.#kept = { ...this.#kept, optedOut: { ...this.#kept.optedOut, [number]: at } };
		await this.#save();
	}

	/** They are written to again once it is kept. */
	async optIn(number: string): Promise<void> {
		if (!this.optedOut(number)) return;
		const before = this.#kept.optedOut[number] ?? 0;
		const { [number]: _, ...optedOut } = this.#kept.optedOut;
		const without = (kept: Kept) => ({ ...kept, optedOut });
		await this.#save(without);
		if (this.#kept.optedOut[number] === before) this.#kept = without(this.#kept);
	}

	/** Whether a text was refused for good, not read, or was a keyword: coming again, it changes nothing, whatever happened since. */
	isSettled(messageSid: string): boolean {
		return this.#kept.settled.includes(messageSid);
	}

	async settle(messageSid: string): Promise<void> {
		if (this.isSettled(messageSid)) return;
		this.#kept = { ...this.#kept, settled: [...this.#kept.settled, messageSid].slice(-MOST_SETTLED) };
		await this.#save();
	}

	/** Up to when no text was missed; undefined at the very first start. */
	get checkedAt(): number | undefined {
		return this.#kept.checkedAt;
	}

	async checked(at: number): Promise<void> {
		this.#kept = { ...this.#kept, checkedAt: at };
		await this.#save();
	}

	/** One after the other, each with the notes as they then are. */
	#save(change: (kept: Kept) => Kept = (kept) => kept): Promise<void> {
		const saved = this.#saved.catch(() => undefined).then(() => this.#memory.save(JSON.stringify(change(this.#kept))));
		this.#saved = saved;
		return saved;
	}
}

function readKept(text: string): Kept {
	try {
		return Kept.parse(JSON.parse(text));
	} catch (cause) {
		throw new CoreError('internal', 'Cannot read the list of numbers that want no texts.', {
			hint: 'Bring it back from a backup, or remove it if nobody ever replied STOP.',
			cause,
		});
	}
}
