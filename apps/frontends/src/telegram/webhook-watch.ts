import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendState } from '@errand/core/ports/frontend.ts';
import type { Api } from 'grammy';
import type { WebhookInfo } from 'grammy/types';
import { readPollTrouble } from './connection-state.ts';

interface WebhookWatchParts {
	readonly api: Pick<Api, 'getWebhookInfo'>;
	readonly url: string;
	readonly clock: IClock;
	report(state: FrontendState): void;
	/** The webhook is somebody else's, or gone. */
	restore(): Promise<void>;
}

const EVERY_MS = 60_000;
/** An error this old is over. */
const RECENT_MS = 3 * EVERY_MS;

/** WebhookWatch asks Telegram now and then whether its calls arrive, because nobody else would notice when they do not. */
export class WebhookWatch {
	readonly #parts: WebhookWatchParts;
	#failures = 0;
	#stopped = false;
	#callOff = () => {};

	constructor(parts: WebhookWatchParts) {
		this.#parts = parts;
	}

	start(): void {
		this.#callOff = this.#parts.clock.after(EVERY_MS, () => {
			void this.look().finally(() => {
				if (!this.#stopped) this.start();
			});
		});
	}

	stop(): void {
		this.#stopped = true;
		this.#callOff();
	}

	/** Resolves once what was seen is reported. */
	async look(): Promise<void> {
		const { api, url, clock, report, restore } = this.#parts;
		try {
			const info = await api.getWebhookInfo();
			if (info.url !== url) await restore();
			this.#failures = 0;
			if (!this.#stopped) report(stateOf(info, clock.now()));
		} catch (error) {
			this.#failures++;
			const { state } = readPollTrouble(error, this.#failures);
			if (state !== undefined && !this.#stopped) report(state);
		}
	}
}

function stateOf({ last_error_date: date, last_error_message: said, pending_update_count }: WebhookInfo, now: number) {
	const recent = date !== undefined && now - date * 1_000 < RECENT_MS;
	if (!recent || pending_update_count === 0) return { status: 'ready' } as const;
	return {
		status: 'degraded',
		message: `Telegram cannot bring ${pending_update_count} messages to the webhook: ${said ?? 'no reason given'}.`,
		hint: 'Check that ERRAND_PUBLIC_URL reaches this server from the internet, with a valid certificate.',
	} as const;
}
