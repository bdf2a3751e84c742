import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { StormServer } from './storm-voice.ts';

/** StormCall is a call that is made until it was answered. */
export interface StormCall {
	readonly method: 'GET' | 'POST';
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	/** The first answer is not waited for: the connection breaks when the call has gone out. */
	readonly breaks?: boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const AGAIN_MS = 50;
const LONGEST_MS = 60_000;

/** call makes a call again and again, as clients do, until the server has taken it; rejects when it is refused for good. */
export async function call(server: StormServer, { breaks = false, ...one }: StormCall): Promise<unknown> {
	if (breaks) await once(server, one, true).catch(() => undefined);
	for (const until = Date.now() + LONGEST_MS; Date.now() < until; await wait(AGAIN_MS)) {
		const answer = await once(server, one, false).catch(() => undefined);
		if (answer === undefined || answer.status === 429 || answer.status >= 500) continue;
		if (answer.status >= 400) throw new Error(`${one.path} answered ${answer.status}: ${answer.text}`);
		return JSON.parse(answer.text) as unknown;
	}
	throw new Error(`${one.path} was not taken in ${LONGEST_MS} ms`);
}

function once(server: StormServer, { method, path, headers, body }: StormCall, breaks: boolean) {
	return new Promise<{ status: number; text: string }>((resolve, reject) => {
		const sent = request(
			server.url + path,
			{ method, headers, agent, timeout: 20_000 },
			(response: IncomingMessage) => {
				const parts: Buffer[] = [];
				response.on('data', (part: Buffer) => parts.push(part));
				response.on('error', reject);
				response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
			},
		);
		sent.on('error', reject);
		sent.on('timeout', () => sent.destroy(new Error('no answer')));
		if (breaks) sent.on('finish', () => setTimeout(() => sent.destroy(new Error('broken')), 1));
		sent.end(body);
	});
}

/** bearer is what shows who calls, in JSON. */
export function bearer(token: string): Record<string, string> {
	return { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
}
