import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
	DeliveryReport,
	FrontendHost,
	FrontendState,
	InboundMessage,
	WebhookHandler,
} from '@errand/core/ports/frontend.ts';

/** ReceivedMessage is a message with its files as they were read. */
export interface ReceivedMessage {
	readonly message: InboundMessage;
	readonly files: readonly { readonly name: string; readonly type: string; readonly content: Uint8Array }[];
}

/** RecordingHost is a gateway with nothing behind it: it keeps what a frontend hands in, and serves its webhooks over HTTP. */
export class RecordingHost implements FrontendHost {
	/** Each message once, however often it came. */
	readonly received: ReceivedMessage[] = [];
	readonly reports: DeliveryReport[] = [];
	readonly states: FrontendState[] = [];
	/** What `receive` throws for a message, if anything. */
	refuse: (message: InboundMessage) => Error | undefined = () => undefined;
	/** What `reportDelivery` throws. */
	refuseReports: Error | undefined;
	readonly #seen = new Set<string>();
	readonly #handlers = new Map<string, WebhookHandler>();
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((request, response) => {
			const parts: Buffer[] = [];
			request.on('data', (part: Buffer) => parts.push(part));
			request.on('end', async () => {
				const url = request.url ?? '/';
				const handler = this.#handlers.get(url.split('?')[0] ?? '');
				if (handler === undefined) return void response.writeHead(404).end();
				const headers = Object.fromEntries(
					Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
				);
				const answer = await handler({ method: request.method ?? '', url, headers, body: Buffer.concat(parts) });
				response.writeHead(answer.status, answer.headers).end(answer.body);
			});
		});
	}

	static async start(): Promise<RecordingHost> {
		const host = new RecordingHost();
		await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
		return host;
	}

	get address(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	get texts(): string[] {
		return this.received.map(({ message }) => message.text);
	}

	async receive(message: InboundMessage): Promise<{ id: string }> {
		const refusal = this.refuse(message);
		if (refusal !== undefined) throw refusal;
		const id = `${message.conversation}/${message.platformMessageId}`;
		const files = await Promise.all(
			message.attachments.map(async (file) => {
				if (file.kind === 'url') throw new Error('an address is no file');
				return {
					name: file.name,
					type: file.type,
					content: file.kind === 'waiting' ? await file.read() : file.content,
				};
			}),
		);
		if (!this.#seen.has(id)) this.received.push({ message, files });
		this.#seen.add(id);
		return { id };
	}

	mountWebhook(path: string, handler: WebhookHandler): void {
		this.#handlers.set(path, handler);
	}

	reportState(state: FrontendState): void {
		this.states.push(state);
	}

	async reportDelivery(report: DeliveryReport): Promise<void> {
		if (this.refuseReports !== undefined) throw this.refuseReports;
		this.reports.push(report);
	}

	async suggestions() {
		return [];
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
