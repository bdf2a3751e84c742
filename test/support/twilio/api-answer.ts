import type { IncomingMessage, ServerResponse } from 'node:http';

/** refuse answers with an error as Twilio words it. */
export function refuse(
	response: ServerResponse,
	status: number,
	code: number,
	message: string,
	headers: Readonly<Record<string, string>> = {},
): void {
	const problem = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
	response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(problem));
}

/** json answers with a resource. */
export function json(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** readBody reads a request to its end. */
export async function readBody(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString();
}

/** wait resolves after a while. */
export function wait(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
