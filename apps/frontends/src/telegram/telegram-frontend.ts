import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, FrontendLimits, FrontendState, IFrontend, Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type Api, GrammyError } from 'grammy';
import type { Update, UserFromGetMe } from 'grammy/types';
import type { FrontendMemory } from '../chat/frontend-memory.ts';
import { RETRY_WAITS_MS } from '../chat/insistence.ts';
import { pause } from '../chat/pause.ts';
import { stoppedInStart } from '../chat/stopped-in-start.ts';
import { ChatMoves } from './chat-moves.ts';
import { showCommands } from './commands-menu.ts';
import { readPollTrouble, refusedToken, unreachable } from './connection-state.ts';
import { networkCode, toDeliveryFailure } from './delivery-failure.ts';
import { FileReader } from './incoming-content.ts';
import { MAX_TEXT } from './render-reply.ts';
import { SideCalls } from './side-calls.ts';
import { openTelegramApi, PUBLIC_API } from './telegram-api.ts';
import { TelegramMemory } from './telegram-memory.ts';
import { TelegramSender } from './telegram-sender.ts';
import { ALLOWED_UPDATES, UpdatePoller } from './update-poller.ts';
import { UpdateTaker } from './update-taker.ts';
import type { TelegramVariables } from './variables.ts';
import { webhookHandler } from './webhook-handler.ts';
import { WEBHOOK_PATH } from './webhook-paths.ts';
import { WebhookWatch } from './webhook-watch.ts';

/** TelegramParts is what the Telegram frontend is built from. */
export interface TelegramParts {
	readonly variables: Omit<TelegramVariables, 'TELEGRAM_BOT_TOKEN'> & { readonly TELEGRAM_BOT_TOKEN: string };
	readonly artifacts: Pick<IArtifactStore, 'get'>;
	/** Where Telegram can reach this server; with a secret it then calls here instead of being polled. */
	readonly publicUrl?: string | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly memory: FrontendMemory;
	/** Identities of the owner, of whom some may be on Telegram. */
	readonly owners?: readonly string[] | undefined;
	/** Waits between attempts to take an update that breaks something, ms. */
	readonly retryWaitsMs?: readonly number[] | undefined;
}

/** How long a stop waits for messages that are just being taken, ms. */
const STOP_MS = 3_000;

interface Running {
	readonly stopping: AbortController;
	readonly taker: UpdateTaker;
	/** What listens: a poller, or a watch over the webhook. */
	readonly source: { start(): void; stop(): void | Promise<void> };
}

/** TelegramFrontend is a bot on Telegram: private chats, groups and topics, by long polling or by webhook. */
export class TelegramFrontend implements IFrontend {
	readonly name = 'telegram';
	readonly limits: FrontendLimits = {
		maxTextLength: MAX_TEXT,
		edits: true,
		buttons: true,
		markdown: 'telegram',
		files: true,
		editsPerSecond: 0.7,
		deduplicates: 'never',
		saysWhenSending: true,
		quietMs: 1_500,
		showsTasks: false,
		push: true,
	};
	readonly #parts: TelegramParts;
	readonly #api: Api;
	readonly #chats = new ChatMoves();
	readonly #sender: TelegramSender;
	#host: FrontendHost | undefined;
	#running: Running | undefined;
	/** Counts how often it was stopped. */
	#stops = 0;
	#shown = '';

	constructor(parts: TelegramParts) {
		this.#parts = parts;
		this.#api = openTelegramApi(parts.variables.TELEGRAM_BOT_TOKEN, parts.variables.TELEGRAM_API_URL);
		this.#sender = new TelegramSender({ ...parts, api: this.#api, chats: this.#chats });
	}

	async start(host: FrontendHost): Promise<void> {
		await this.stop();
		const stops = this.#stops;
		this.#host = host;
		this.#shown = '';
		const { clock, log } = this.#parts;
		try {
			const me = await this.#api.getMe();
			const memory = await TelegramMemory.open(this.#parts.memory, me.id, log);
			const stopping = new AbortController();
			const taker = new UpdateTaker({
				host,
				me,
				memory,
				files: new FileReader(this.#api, this.#fileRoot()),
				side: new SideCalls({ api: this.#api, chats: this.#chats, clock, log }),
				clock,
				log,
				waitsMs: this.#parts.retryWaitsMs ?? RETRY_WAITS_MS,
				stopped: stopping.signal,
			});
			this.#noteLimits(me);
			const source = (await this.#useWebhook(host, taker)) ?? (await this.#poll(taker, memory));
			if (stops !== this.#stops) throw stoppedInStart(this.name);
			this.#running = { stopping, taker, source };
			taker.resume();
			source.start();
			this.#refreshMenu();
			this.#report({ status: 'ready' });
		} catch (error) {
			throw this.#startFailure(error);
		}
	}

	deliver(reply: Reply, sending?: () => Promise<void>): Promise<Receipt> {
		return this.#sender.deliver(reply, sending);
	}

	revise(receipt: Receipt, reply: Reply): Promise<void> {
		return this.#sender.revise(receipt, reply);
	}

	async stop(): Promise<void> {
		this.#stops++;
		const running = this.#running;
		this.#running = undefined;
		if (running === undefined) return;
		running.stopping.abort();
		await running.source.stop();
		// What the host has not answered by then is sent again to the next start.
		const stopped = new AbortController();
		const idle = running.taker.stop().finally(() => stopped.abort());
		await Promise.race([idle, pause(this.#parts.clock, STOP_MS, stopped.signal)]);
		this.#report({ status: 'stopped' });
	}

	/** Undefined unless both a secret and an address to call are given. */
	async #useWebhook(host: FrontendHost, taker: UpdateTaker): Promise<WebhookWatch | undefined> {
		const { publicUrl, variables, clock, log } = this.#parts;
		const secret = variables.TELEGRAM_WEBHOOK_SECRET;
		if (secret === undefined || publicUrl === undefined) return undefined;
		const url = `${publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}`;
		const take = (update: Update) => taker.take(update, false);
		host.mountWebhook(WEBHOOK_PATH, webhookHandler({ secret, take, log }));
		const set = async () => {
			await this.#api.setWebhook(url, {
				secret_token: secret,
				drop_pending_updates: false,
				allowed_updates: ALLOWED_UPDATES,
			});
		};
		await set();
		return new WebhookWatch({ api: this.#api, url, clock, report: (state) => this.#report(state), restore: set });
	}

	async #poll(taker: UpdateTaker, memory: TelegramMemory): Promise<UpdatePoller> {
		const { clock, log } = this.#parts;
		await this.#removeWebhook();
		return new UpdatePoller({
			api: this.#api,
			memory,
			clock,
			log,
			take: (update) => taker.take(update, true),
			answered: () => this.#report({ status: 'ready' }),
			failed: async (error, inARow) => {
				const { waitMs, state, webhookActive } = readPollTrouble(error, inARow);
				log.warn('telegram poll failed', { inARow, waitMs, failure: toDeliveryFailure(error).failure.message });
				if (state !== undefined) this.#report(state);
				if (webhookActive) await this.#removeWebhook().catch(() => {});
				return waitMs;
			},
		});
	}

	/** While a webhook is set, Telegram refuses to be polled. */
	async #removeWebhook(): Promise<void> {
		const { url } = await this.#api.getWebhookInfo();
		if (url === undefined || url === '') return;
		this.#parts.log.warn('telegram webhook removed', { host: URL.canParse(url) ? new URL(url).host : 'unknown' });
		await this.#api.deleteWebhook({ drop_pending_updates: false });
	}

	/** Nothing waits for the menu, and nothing fails without it. */
	#refreshMenu(): void {
		const { log, owners = [] } = this.#parts;
		const accounts = owners.flatMap((identity) => /^telegram:(\d{1,15})$/.exec(identity)?.[1] ?? []);
		showCommands(this.#api, accounts.map(Number)).then(
			(outcome) => log.debug('telegram commands menu', { outcome }),
			(error: unknown) => log.warn('telegram commands menu failed', { failure: toDeliveryFailure(error).message }),
		);
	}

	#noteLimits(me: UserFromGetMe): void {
		this.#parts.log.info('telegram bot', {
			username: me.username,
			mode: this.#parts.publicUrl && this.#parts.variables.TELEGRAM_WEBHOOK_SECRET ? 'webhook' : 'polling',
			groups: me.can_join_groups,
			// With privacy mode the bot sees mentions, replies and commands in groups, which is all it needs.
			privacyMode: !me.can_read_all_group_messages,
		});
	}

	#fileRoot(): string {
		const { TELEGRAM_API_URL: root = PUBLIC_API, TELEGRAM_BOT_TOKEN: token } = this.#parts.variables;
		return `${root}/file/bot${token}`;
	}

	#report(state: FrontendState): void {
		const shown = JSON.stringify(state);
		if (shown === this.#shown) return;
		this.#shown = shown;
		this.#host?.reportState(state);
	}

	#startFailure(error: unknown): unknown {
		const status = error instanceof GrammyError ? error.error_code : undefined;
		if (status === 401 || status === 404) return this.#refused(refusedToken(status));
		if (error instanceof GrammyError && /webhook/i.test(error.description)) {
			return this.#refused({
				status: 'degraded',
				message: `Telegram refuses the webhook address: ${error.description}`,
				hint: 'ERRAND_PUBLIC_URL must be an https address that Telegram can reach (ports 443, 80, 88 or 8443); without TELEGRAM_WEBHOOK_SECRET the bot polls instead.',
			});
		}
		if (error instanceof CoreError) return error;
		const why = error instanceof GrammyError ? `${status} ${error.description}` : networkCode(error);
		return this.#refused(unreachable(why));
	}

	#refused(state: Extract<FrontendState, { status: 'degraded' }>): CoreError {
		this.#report(state);
		return new CoreError('fetch-failed', state.message, { hint: state.hint });
	}
}
