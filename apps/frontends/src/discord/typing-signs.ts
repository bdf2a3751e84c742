import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { BoundedMap } from '../chat/bounded-map.ts';
import type { DiscordApi } from './discord-api.ts';

/** Discord shows the sign for ten seconds. */
const SHOWN_MS = 8_000;
/** Under load answers matter more: they share the limits of the API. */
const MAX_PENDING = 3;

/** TypingSigns show that a message was taken, while its answer is on its way. */
export class TypingSigns {
	readonly #parts: { readonly api: Pick<DiscordApi, 'typing'>; readonly clock: IClock; readonly log: ILogger };
	readonly #shown = new BoundedMap<string, number>(1_000);
	#pending = 0;

	constructor(parts: { readonly api: Pick<DiscordApi, 'typing'>; readonly clock: IClock; readonly log: ILogger }) {
		this.#parts = parts;
	}

	/** It fades by itself, so nothing is lost when it fails or is left out. */
	show(channel: string): void {
		const { api, clock, log } = this.#parts;
		const now = clock.now();
		if (this.#pending >= MAX_PENDING || now - (this.#shown.get(channel) ?? 0) < SHOWN_MS) return;
		this.#shown.set(channel, now);
		this.#pending += 1;
		api
			.typing(channel)
			.catch((error: unknown) => log.debug('discord typing not shown', { channel, error }))
			.finally(() => {
				this.#pending -= 1;
			});
	}
}
