import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** ReceivedEvent is an event whose signature the vendor's own library found right. */
export interface ReceivedEvent {
	readonly id: string;
	readonly path: string;
	readonly type: string;
	readonly data: Readonly<Record<string, never>> & { readonly task?: { readonly id: string; readonly status: string } };
	/** The secrets that it can be verified with. */
	readonly by: readonly string[];
}

/** WebhookReceiver is somebody who takes Errand's events. */
export interface WebhookReceiver {
	readonly url: string;
	/** As `ERRAND_ALLOW_PRIVATE_HOSTS` wants it. */
	readonly host: string;
	/** What was taken, in order. */
	readonly events: readonly ReceivedEvent[];
	/** Requests that no secret fits. */
	readonly forged: number;
	/** Verifies with these from now on. */
	trust(...secrets: string[]): void;
	/** Answers with this status from now on; undefined breaks the connection off after the request was read. */
	answer(status: number | undefined): void;
	/** How many requests there were, taken or not. */
	readonly asked: number;
	/** Resolves once an event fits. */
	heard(fits: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
	stop(): Promise<void>;
}

/** startReceiver receives on a free loopback port. */
export async function startReceiver(): Promise<WebhookReceiver> {
	const events: ReceivedEvent[] = [];
	let secrets: readonly string[] = [];
	let status: number | undefined = 200;
	let forged = 0;
	let asked = 0;
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		asked += 1;
		const body = Buffer.concat(chunks).toString('utf8');
		const headers = request.headers as Record<string, string>;
		const by = secrets.filter((secret) => verifies(secret, body, headers));
		if (by.length === 0) forged += 1;
		if (status === undefined) request.socket.destroy();
		else response.writeHead(by.length === 0 ? 401 : status).end();
		if (by.length === 0 || (status !== undefined && status >= 300)) return;
		const { type, data } = JSON.parse(body) as Pick<ReceivedEvent, 'type' | 'data'>;
		events.push({ id: headers['webhook-id'] ?? '', path: request.url ?? '', type, data, by });
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url: `http://${host}/events`,
		host,
		events,
		get forged() {
			return forged;
		},
		get asked() {
			return asked;
		},
		trust: (...trusted) => {
			secrets = trusted;
		},
		answer: (next) => {
			status = next;
		},
		heard: async (fits) => {
			for (;;) {
				const event = events.find(fits);
				if (event !== undefined) return event;
				await wait(10);
			}
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
	try {
		new Webhook(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
}
