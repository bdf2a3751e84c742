import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Update } from 'grammy/types';
import { z } from 'zod';
import type { FrontendMemory } from '../chat/frontend-memory.ts';

const Stored = z.object({
	bot: z.number(),
	/** The next update, and when the last one came. */
	offset: z.object({ next: z.number(), at: z.number() }).optional(),
	albums: z.record(
		z.string(),
		z.object({
			group: z.string(),
			closed: z.boolean(),
			updates: z.array(
				z.custom<Update>((value) => typeof value === 'object' && value !== null && 'update_id' in value),
			),
		}),
	),
	finished: z.array(z.string()),
});
/** Remembered is what outlives a restart: how far updates were taken, and albums whose pictures still come in. */
export type Remembered = z.infer<typeof Stored>;

/** KeptAlbum is an album on its way in; a closed one takes no more pictures. */
export type KeptAlbum = Remembered['albums'][string];

/** TelegramMemory is the frontend's memory in the open; `keep` resolves once all that was changed before it is durable. */
export class TelegramMemory {
	readonly remembered: Remembered;
	readonly #memory: FrontendMemory;
	#saving: Promise<void> | undefined;
	#next: Promise<void> | undefined;

	private constructor(memory: FrontendMemory, remembered: Remembered) {
		this.#memory = memory;
		this.remembered = remembered;
	}

	/** What another bot left behind, or nobody can read, counts for nothing. */
	static async open(memory: FrontendMemory, bot: number, log: ILogger): Promise<TelegramMemory> {
		const fresh: Remembered = { bot, albums: {}, finished: [] };
		const text = await memory.load();
		if (text === undefined) return new TelegramMemory(memory, fresh);
		try {
			const stored = Stored.parse(JSON.parse(text));
			return new TelegramMemory(memory, stored.bot === bot ? stored : fresh);
		} catch {
			log.warn('telegram memory unreadable', { bytes: text.length });
			return new TelegramMemory(memory, fresh);
		}
	}

	/** Changes that come while one save is under way go into the next one together. */
	keep(): Promise<void> {
		if (this.#saving === undefined) return this.#save();
		this.#next ??= this.#saving.then(
			() => this.#save(),
			() => this.#save(),
		);
		return this.#next;
	}

	#save(): Promise<void> {
		this.#next = undefined;
		const saving = this.#memory.save(JSON.stringify(this.remembered)).finally(() => {
			if (this.#saving === saving) this.#saving = undefined;
		});
		this.#saving = saving;
		return saving;
	}
}
