import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { createRunner, createSource, type RunnerHandle } from '@grammyjs/runner';
import { type Api, GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import { pause } from '../chat/pause.ts';
import type { TelegramMemory } from './telegram-memory.ts';
import { UpdateWatermark } from './update-watermark.ts';

/** ALLOWED_UPDATES are the kinds of updates that are wanted. */
export const ALLOWED_UPDATES = ['message', 'callback_query'] as const;

interface UpdatePollerParts {
	readonly api: Api;
	readonly memory: TelegramMemory;
	readonly clock: IClock;
	readonly log: ILogger;
	/** True once the update is durable or will never be. */
	take(update: Update): Promise<boolean>;
	/** A poll was answered. */
	answered(): void;
	/** A poll failed, for the n-th time in a row; resolves with how long to wait before the next, ms. */
	failed(error: unknown, inARow: number): Promise<number>;
}

/** How long Telegram holds a poll open when there is nothing new, s; and how much longer it is waited for, ms. */
const POLL_S = 25;
const GRACE_MS = 15_000;
/** Waits for updates that are not durable yet before it is asked for more: after new ones, and when nothing new came, ms. */
const AFTER_NEW_MS = 100;
const AFTER_NONE_MS = 1_000;
/** Telegram begins its numbers anew after a week without updates; the old ones then mean nothing. */
const NUMBERS_LAST_MS = 6 * 24 * 60 * 60_000;

/**
 * UpdatePoller fetches updates. Asking for the updates after one tells Telegram to forget that one, so the offset stays at
 * the first update that is not durable. Later ones are fetched and taken meanwhile (up to the hundred that one answer
 * holds), so that one conversation does not hold up the others.
 */
export class UpdatePoller {
	readonly #parts: UpdatePollerParts;
	readonly #runner: RunnerHandle;
	readonly #watermark: UpdateWatermark;
	readonly #stopping = new AbortController();
	#latest: number;
	#endWait = () => {};

	constructor(parts: UpdatePollerParts) {
		this.#parts = parts;
		const { offset } = parts.memory.remembered;
		this.#watermark = new UpdateWatermark(offset?.next);
		this.#latest = offset?.at ?? parts.clock.now();
		const source = createSource<Update>({ supply: () => this.#supply() });
		this.#runner = createRunner(source, {
			handle: (updates) => this.#handle(updates),
			size: () => this.#watermark.pending,
			snapshot: () => [],
		});
	}

	start(): void {
		this.#runner.start();
	}

	/** Fetches no more; updates under way go on, and are fetched again by the next start unless they become durable. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		this.#endWait();
		await this.#runner.stop();
	}

	async #supply(): Promise<Update[]> {
		const { api, clock } = this.#parts;
		// After a connection broke, a quick poll shows that it is back; a rival is only noticed while a long one waits.
		let broken = false;
		for (let failures = 0; ; ) {
			const { signal } = this.#stopping;
			if (signal.aborted) throw new Error('stopped');
			const now = clock.now();
			if (this.#watermark.pending === 0 && now - this.#latest > NUMBERS_LAST_MS) this.#watermark.forget();
			const { offset, pending } = this.#watermark;
			const timeout = pending > 0 || broken ? 0 : POLL_S;
			const limit = new AbortController();
			const end = () => limit.abort();
			const callOff = clock.after(timeout * 1_000 + GRACE_MS, end);
			signal.addEventListener('abort', end);
			try {
				const asked = { ...(offset === undefined ? {} : { offset }), timeout, limit: 100 };
				const updates = await api.getUpdates(
					{ ...asked, allowed_updates: ALLOWED_UPDATES },
					limit.signal as unknown as Parameters<Api['getUpdates']>[1],
				);
				this.#parts.answered();
				return updates.filter(({ update_id }) => this.#watermark.begin(update_id));
			} catch (error) {
				if (signal.aborted) throw error;
				failures++;
				broken = !(error instanceof GrammyError && error.error_code === 409);
				await pause(clock, await this.#parts.failed(error, failures), signal);
			} finally {
				callOff();
				signal.removeEventListener('abort', end);
			}
		}
	}

	/** Resolves when all are durable, or when it is time to look for more all the same. */
	async #handle(updates: readonly Update[]): Promise<number> {
		const { clock } = this.#parts;
		if (updates.length > 0) this.#latest = clock.now();
		for (const update of updates) void this.#take(update);
		if (this.#watermark.pending > 0) {
			await new Promise<void>((resolve) => {
				const callOff = clock.after(updates.length > 0 ? AFTER_NEW_MS : AFTER_NONE_MS, resolve);
				this.#endWait = () => {
					callOff();
					resolve();
				};
			});
		}
		return Number.POSITIVE_INFINITY;
	}

	async #take(update: Update): Promise<void> {
		const { log } = this.#parts;
		const id = update.update_id;
		try {
			if (!(await this.#parts.take(update))) return;
		} catch (error) {
			log.error('telegram update let go', { update: id, error });
		}
		this.#watermark.end(id);
		this.#remember();
		if (this.#watermark.pending === 0) this.#endWait();
	}

	#remember(): void {
		const { memory, log } = this.#parts;
		const next = this.#watermark.offset;
		if (next === undefined || next === memory.remembered.offset?.next) return;
		memory.remembered.offset = { next, at: this.#latest };
		// Telegram remembers it as well; this spares the last updates before a stop from being taken again.
		memory.keep().catch((error: unknown) => log.warn('telegram memory not kept', { error }));
	}
}
