import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { asConversationId, asPersonId, asReplyId } from '@errand/core/domain/ids.ts';
import type { InboundMessage, Reply } from '@errand/core/ports/frontend.ts';
import type { LogFields } from '@errand/core/ports/logger.ts';
import { TelegramFrontend } from '@errand/frontends/telegram/telegram-frontend.ts';
import { RecordingHost } from '../twilio/recording-host.ts';
import { TelegramServer } from './telegram-server.ts';

/** TelegramBed is an adapter between Telegram's stand-in and a host that records what it is given. */
export class TelegramBed {
	readonly telegram: TelegramServer;
	readonly host: RecordingHost;
	readonly logged: { level: string; event: string; fields?: LogFields | undefined }[] = [];
	readonly artifacts = new Map<string, { ref: ArtifactRef; content: Uint8Array }>();
	/** What each call of `receive` waits for before it goes on. */
	gate: (message: InboundMessage) => Promise<void> = () => Promise.resolve();
	/** Every call of `receive`, repeats too. */
	readonly calls: InboundMessage[] = [];
	remembered: string | undefined;
	saves = 0;
	failSaves = false;
	#frontend: TelegramFrontend | undefined;
	#alive = { value: true };
	#replies = 0;

	private constructor(telegram: TelegramServer, host: RecordingHost) {
		this.telegram = telegram;
		this.host = host;
	}

	static async open(): Promise<TelegramBed> {
		return new TelegramBed(await TelegramServer.start(), await RecordingHost.start());
	}

	get frontend(): TelegramFrontend {
		if (this.#frontend === undefined) throw new Error('the frontend is not started');
		return this.#frontend;
	}

	/** Texts as they were received, once each. */
	get texts(): string[] {
		return this.host.texts;
	}

	/** A new instance of the adapter, as after a restart. */
	async start({
		webhook,
		token,
		owners,
	}: {
		webhook?: string;
		token?: string;
		owners?: readonly string[];
	} = {}): Promise<TelegramFrontend> {
		const alive = { value: true };
		this.#alive = alive;
		const note = (level: string) => (event: string, fields?: LogFields) => {
			this.logged.push({ level, event, fields });
		};
		const frontend = new TelegramFrontend({
			owners,
			variables: {
				TELEGRAM_BOT_TOKEN: token ?? this.telegram.token,
				TELEGRAM_API_URL: this.telegram.url,
				...(webhook === undefined ? {} : { TELEGRAM_WEBHOOK_SECRET: webhook }),
			},
			artifacts: {
				get: async (id) => {
					const found = this.artifacts.get(id);
					return found && { ...found, owner: { person: asPersonId('somebody') } };
				},
			},
			...(webhook === undefined ? {} : { publicUrl: this.host.address }),
			clock: new SystemClock(),
			log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
			memory: {
				load: async () => this.remembered,
				save: async (text) => {
					if (!alive.value) return;
					this.saves++;
					if (this.failSaves) throw new Error('no space left');
					await wait(2);
					this.remembered = text;
				},
			},
			retryWaitsMs: [20, 40, 80, 160],
		});
		this.#frontend = frontend;
		const { host } = this;
		await frontend.start({
			receive: async (message) => {
				this.calls.push(message);
				await this.gate(message);
				// A process that is gone gives no answers, and takes none.
				if (!alive.value) return new Promise<never>(() => {});
				return host.receive(message);
			},
			mountWebhook: (path, handler) =>
				host.mountWebhook(path, async (request) => {
					const answer = await handler(request);
					return alive.value ? answer : new Promise<never>(() => {});
				}),
			reportState: (state) => host.reportState(state),
			reportDelivery: (report) => host.reportDelivery(report),
			suggestions: () => host.suggestions(),
		});
		return frontend;
	}

	/** As if the process had been killed: whatever it does now leaves no trace. */
	kill(): void {
		this.#alive.value = false;
		// Its connections break with it.
		void this.#frontend?.stop();
		this.telegram.disconnect();
	}

	reply(conversation: string, text: string, more: Partial<Reply> = {}): Reply {
		this.#replies++;
		return {
			id: asReplyId(`reply-${this.#replies}`),
			kind: 'answer',
			text,
			conversation: asConversationId(conversation),
			seq: this.#replies,
			...more,
		};
	}

	keep(name: string, type: string, content: Uint8Array): ArtifactRef {
		const ref = { id: `artifact-${this.artifacts.size}`, name, type, bytes: content.byteLength };
		this.artifacts.set(ref.id, { ref, content });
		return ref;
	}

	async stop(): Promise<void> {
		await this.#frontend?.stop();
		await this.telegram.stop();
		await this.host.stop();
	}
}

/** soon resolves once something holds. */
export async function soon(holds: () => boolean, what: string, limitMs = 30_000): Promise<void> {
	for (const until = Date.now() + limitMs; Date.now() < until; await wait(5)) if (holds()) return;
	throw new Error(`Not in ${limitMs} ms: ${what}`);
}
