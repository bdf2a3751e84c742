import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiDescription } from './api-description.ts';
import { BotMethods } from './bot-methods.ts';
import { type Account, Chats } from './chats.ts';
import { Faults } from './faults.ts';
import { type Parameters, readParameters } from './read-request.ts';
import { badRequest, Refusal } from './refusal.ts';
import { TelegramGroup, TelegramPerson } from './telegram-person.ts';
import { UpdateQueue } from './update-queue.ts';
import { WebhookSender } from './webhook-sender.ts';

/** RecordedCall is a call that the bot made. */
export interface RecordedCall {
	readonly method: string;
	readonly parameters: Parameters;
	readonly at: number;
}

const TOKEN = '4200000000:AAStandIn_of_the_Bot_API_000000000';
const MAX_DOWNLOAD = 20 * 1024 * 1024;

/** TelegramServer stands in for Telegram: its Bot API over HTTP on loopback, with people who write, press and read. */
export class TelegramServer {
	readonly token = TOKEN;
	readonly me = {
		id: 4_200_000_000,
		is_bot: true,
		first_name: 'Errand',
		username: 'errand_test_bot',
		can_join_groups: true,
		can_read_all_group_messages: false,
		supports_inline_queries: false,
		can_connect_to_business: false,
		has_main_web_app: false,
	};
	readonly chats = new Chats();
	readonly updates = new UpdateQueue();
	readonly faults = new Faults();
	readonly calls: RecordedCall[] = [];
	/** What did not fit Telegram's own description of its API; always empty where that is not at hand. */
	readonly violations: string[] = [];
	readonly description = ApiDescription.find();
	readonly methods = new BotMethods(this.chats, this.me);
	readonly files = new Map<string, { path: string; content: Buffer }>();
	readonly #http: Server;
	readonly #routes = new Map<string, string>();
	#webhook: { url: string; sender: WebhookSender } | undefined;
	#nextPerson = 1_001;
	#nextGroup = -1_001_000_000_001;
	#nextPress = 1;

	private constructor(http: Server) {
		this.#http = http;
		http.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response));
	}

	static async start(port = 0): Promise<TelegramServer> {
		const http = createServer();
		const server = new TelegramServer(http);
		await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
		return server;
	}

	/** Where the Bot API is. */
	get url(): string {
		return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
	}

	/** The updates that a webhook did not take yet. */
	get pendingUpdates(): number {
		return this.updates.unconfirmed + (this.#webhook?.sender.pending ?? 0);
	}

	/** What the internet calls by one address is served at another. */
	route(publicUrl: string, url: string): void {
		this.#routes.set(new URL(publicUrl).origin, new URL(url).origin);
	}

	/** Whether the bot has said how it wants its updates: by poll, or at a webhook. */
	get listened(): boolean {
		return this.updates.polled || this.#webhook !== undefined;
	}

	person({ name = 'Ann', username, id = this.#nextPerson++ }: { name?: string; username?: string; id?: number } = {}) {
		const account: Account = { id, is_bot: false, first_name: name, ...(username === undefined ? {} : { username }) };
		return new TelegramPerson(this, account);
	}

	group({ title = 'Group', forum = false }: { title?: string; forum?: boolean } = {}): TelegramGroup {
		const id = this.#nextGroup--;
		const chat = this.chats.open({ id, type: 'supergroup', title, ...(forum ? { is_forum: true } : {}) });
		return new TelegramGroup(this, chat);
	}

	nextPressId(): string {
		return String(9_000_000_000_000_000n + BigInt(this.#nextPress++));
	}

	callsOf(method: string): RecordedCall[] {
		return this.calls.filter((call) => call.method === method);
	}

	/** Breaks all connections, as a network does. */
	disconnect(): void {
		this.#http.closeAllConnections();
	}

	async stop(): Promise<void> {
		this.#webhook?.sender.stop();
		this.updates.endPoll();
		this.#http.closeAllConnections();
		await new Promise((resolve) => this.#http.close(resolve));
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [, kind = '', ...rest] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
		try {
			if (kind === 'file') return this.#download(rest, response);
			if (kind !== `bot${this.token}`) throw new Refusal(401, 'Unauthorized');
			const method = rest[0] ?? '';
			const parameters = await readParameters(request);
			const result = await this.#perform(method, parameters, request, response);
			if (result !== undefined) answer(response, 200, { ok: true, result });
		} catch (error) {
			const { status, message, parameters } = error instanceof Refusal ? error : new Refusal(500, String(error));
			answer(response, status, {
				ok: false,
				error_code: status,
				description: message,
				...(parameters ? { parameters } : {}),
			});
		}
	}

	/** Undefined when there is no answer to give. */
	async #perform(
		method: string,
		parameters: Parameters,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<unknown> {
		this.calls.push({ method, parameters, at: Date.now() });
		const wrong = this.description?.violations(method, parameters) ?? [];
		this.violations.push(...wrong);
		const fault = this.faults.next(method, parameters['chat_id']);
		switch (fault?.kind) {
			case 'too-many': {
				const retry_after = fault.retryAfter;
				throw new Refusal(429, `Too Many Requests: retry after ${retry_after}`, { retry_after });
			}
			case 'error':
				throw new Refusal(fault.status, fault.status === 502 ? 'Bad Gateway' : 'Internal Server Error');
			case 'refuse':
				throw new Refusal(fault.status, fault.description);
			case 'disconnect':
				request.socket.destroy();
				return undefined;
			case 'slow':
				await new Promise((resume) => setTimeout(resume, fault.ms));
				break;
			case 'lost-answer':
				await this.#call(method, parameters, response);
				request.socket.destroy();
				return undefined;
			case undefined:
		}
		return this.#call(method, parameters, response);
	}

	async #call(method: string, parameters: Parameters, response: ServerResponse): Promise<unknown> {
		switch (method) {
			case 'getMe':
				return this.me;
			case 'getUpdates':
				return this.#poll(parameters, response);
			case 'setWebhook':
				return this.#setWebhook(parameters);
			case 'deleteWebhook':
				this.#dropWebhook();
				return true;
			case 'getWebhookInfo':
				return {
					url: this.#webhook?.url ?? '',
					has_custom_certificate: false,
					pending_update_count: this.pendingUpdates,
					...(this.#webhook?.sender.lastError ? { last_error_message: this.#webhook.sender.lastError } : {}),
				};
			case 'getFile':
				return this.#describeFile(String(parameters['file_id']));
			default: {
				const result = this.methods.call(method, parameters);
				if (result === undefined) throw new Refusal(404, 'Not Found');
				return result;
			}
		}
	}

	#poll(parameters: Parameters, response: ServerResponse): Promise<unknown> {
		if (this.#webhook !== undefined) {
			throw new Refusal(
				409,
				"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
			);
		}
		const { offset, limit = 100, timeout = 0, allowed_updates } = parameters as Record<string, number | undefined>;
		this.updates.allow(allowed_updates);
		let gone = false;
		response.on('close', () => {
			gone = true;
		});
		const polled = this.updates.poll(offset, Number(limit), Number(timeout) * 1_000);
		response.on('close', () => gone && !response.writableEnded && this.updates.endPoll());
		return polled;
	}

	#setWebhook(parameters: Parameters): true {
		const { url, secret_token: secret, drop_pending_updates: drop } = parameters as Record<string, string | undefined>;
		if (!url || !/^https:|^http:\/\/127\.0\.0\.1:/.test(url)) {
			throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
		}
		this.#dropWebhook();
		this.updates.allow(parameters['allowed_updates']);
		const sender = new WebhookSender({ url: () => this.#locally(url), secret });
		this.#webhook = { url, sender };
		if (drop) this.updates.takeAll();
		this.updates.endPoll();
		sender.send(this.updates.takeAll());
		this.updates.onUpdate = (updates) => sender.send(updates);
		return true;
	}

	#locally(url: string): string {
		const { origin, pathname } = new URL(url);
		return `${this.#routes.get(origin) ?? origin}${pathname}`;
	}

	#dropWebhook(): void {
		this.updates.putBack(this.#webhook?.sender.stop() ?? []);
		this.#webhook = undefined;
		this.updates.onUpdate = undefined;
	}

	#describeFile(id: string): unknown {
		const file = this.files.get(id);
		if (file === undefined) throw badRequest('wrong file_id or the file is temporarily unavailable');
		if (file.content.length > MAX_DOWNLOAD) throw badRequest('file is too big');
		return { file_id: id, file_unique_id: `u${id}`, file_size: file.content.length, file_path: file.path };
	}

	#download([bot, ...path]: readonly string[], response: ServerResponse): void {
		const wanted = decodeURIComponent(path.join('/'));
		const fault = this.faults.next('download');
		const file = [...this.files.values()].find((one) => one.path === wanted);
		this.calls.push({ method: 'download', parameters: { path: wanted }, at: Date.now() });
		if (fault?.kind === 'disconnect') {
			response.destroy();
			return;
		}
		if (bot !== `bot${this.token}` || file === undefined) throw new Refusal(404, 'Not Found');
		response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.content);
	}
}

function answer(response: ServerResponse, status: number, body: unknown): void {
	if (response.destroyed) return;
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
