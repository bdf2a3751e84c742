import type { Update } from './update-queue.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

interface Webhook {
	/** Where it is on this machine, right now. */
	readonly url: () => string;
	readonly secret: string | undefined;
}

/** WebhookSender calls the bot with updates: those of one chat in order, each again and again until it is taken. */
export class WebhookSender {
	readonly #webhook: Webhook;
	readonly #chats = new Map<number, Promise<void>>();
	readonly #stopping = new AbortController();
	readonly #untaken = new Set<Update>();
	lastError: string | undefined;

	constructor(webhook: Webhook) {
		this.#webhook = webhook;
	}

	send(updates: readonly Update[]): void {
		for (const one of updates) {
			const update = { ...one };
			this.#untaken.add(update);
			const chat = chatOf(update);
			const before = this.#chats.get(chat) ?? Promise.resolve();
			this.#chats.set(
				chat,
				before.then(() => this.#untilTaken(update)),
			);
		}
	}

	/** How many updates are not taken yet. */
	get pending(): number {
		return this.#untaken.size;
	}

	/** Returns what was not taken, for the next one to send. */
	stop(): Update[] {
		this.#stopping.abort();
		return [...this.#untaken];
	}

	async #untilTaken(update: Update): Promise<void> {
		for (let waitMs = FIRST_WAIT_MS; !this.#stopping.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
			const status = await this.#call(update);
			if (status >= 200 && status < 300) {
				this.#untaken.delete(update);
				return;
			}
			this.lastError = `Wrong response from the webhook: ${status}`;
			await new Promise((resume) => setTimeout(resume, waitMs));
		}
	}

	async #call(update: Update): Promise<number> {
		const { url, secret } = this.#webhook;
		try {
			const answer = await fetch(url(), {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
				},
				body: JSON.stringify(update),
				signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(60_000)]),
			});
			await answer.arrayBuffer();
			return answer.status;
		} catch {
			return 0;
		}
	}
}

/** Also of an update that is not what it should be. */
function chatOf(update: Update): number {
	type Placed = { chat?: { id?: number } } | undefined;
	const { message, callback_query } = update as { message?: Placed; callback_query?: { message?: Placed } };
	return (message ?? callback_query?.message)?.chat?.id ?? 0;
}
