import type { IncomingMessage, ServerResponse } from 'node:http';
import { AgentCard, formatSSEEvent, SSE_HEADERS } from '@a2a-js/sdk';
import { JsonRpcTransportHandler, ServerCallContext, validateVersion } from '@a2a-js/sdk/server';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { readyToWrite } from './ready-to-write.ts';
import type { RestBinding } from './rest-binding.ts';
import { ShownArtifacts } from './shown-artifacts.ts';
import { type A2aCall, CALL, type HandlerParts, TaskHandler } from './task-handler.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

/** A2aEndpoint speaks with agents elsewhere, in JSON-RPC or plain HTTP. */
export class A2aEndpoint {
	readonly #handler: TaskHandler;
	readonly #rpc: JsonRpcTransportHandler;
	readonly #log: ILogger;
	#rest: Promise<RestBinding> | undefined;

	constructor(
		parts: Omit<HandlerParts, 'artifacts'> & {
			files: ConstructorParameters<typeof ShownArtifacts>[0];
			address: () => string;
			log: ILogger;
		},
	) {
		const { files, address, log, ...rest } = parts;
		this.#log = log;
		this.#handler = new TaskHandler({ ...rest, artifacts: new ShownArtifacts(files, address) });
		this.#rpc = new JsonRpcTransportHandler(this.#handler);
	}

	/** The same over plain HTTP with JSON; loaded with the first request. */
	rest(): Promise<RestBinding> {
		this.#rest ??= import('./rest-binding.ts').then(({ RestBinding }) => new RestBinding(this.#handler, this.#log));
		return this.#rest;
	}

	async card(): Promise<unknown> {
		return AgentCard.toJSON(await this.#handler.getAgentCard());
	}

	/** Answers one request of somebody known, at once or as a stream of events. */
	async serve(principal: Principal, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const gone = new AbortController();
		response.once('close', () => gone.abort());
		const body = await bodyOf(request);
		if (typeof body === 'string') return refuse(response, body === 'too-large' ? 413 : 400, body);
		const context = this.#contextOf(request, {
			...{ principal, signal: gone.signal },
			ready: () => readyToWrite(response),
		});
		try {
			validateVersion(context.requestedVersion, await this.#handler.getAgentCard(), 'JSONRPC');
		} catch (error) {
			const id = idOf(body.value);
			return write(response, { jsonrpc: '2.0', id, error: JsonRpcTransportHandler.mapToJSONRPCError(error) });
		}
		// What is no object is refused there, in the words of the protocol.
		const answer = await this.#rpc.handle(body.value as Record<string, unknown>, context);
		if (Symbol.asyncIterator in answer) await stream(response, answer, idOf(body.value));
		else write(response, answer);
	}

	#contextOf({ headers }: IncomingMessage, call: A2aCall): ServerCallContext {
		const version = headers['a2a-version'];
		return new ServerCallContext({
			...(typeof version === 'string' ? { requestedVersion: version } : {}),
			state: new Map([[CALL, call]]),
		});
	}
}

async function bodyOf(request: IncomingMessage): Promise<{ value: unknown } | 'too-large' | 'not-json'> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		bytes += (chunk as Buffer).length;
		if (bytes > MAX_BODY_BYTES) return 'too-large';
		chunks.push(chunk as Buffer);
	}
	try {
		const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
		// It is written back, and what is nested very deeply cannot be written.
		if (typeof idOf(value) !== 'object' || idOf(value) === null) return { value };
		return { value: { ...(value as object), id: null } };
	} catch {
		return 'not-json';
	}
}

/** An error before the first event is an answer like any other; a client that has gone ends the stream. */
async function stream(response: ServerResponse, events: AsyncGenerator<unknown>, id: unknown): Promise<void> {
	try {
		for await (const event of events) {
			if (response.destroyed) break;
			if (!response.headersSent) response.writeHead(200, { ...SSE_HEADERS });
			response.write(formatSSEEvent(event));
		}
	} catch (error) {
		const refused = { jsonrpc: '2.0', id, error: JsonRpcTransportHandler.mapToJSONRPCError(error) };
		if (!response.headersSent) return write(response, refused);
		response.write(formatSSEEvent(refused));
	}
	response.end();
}

function refuse(response: ServerResponse, status: number, why: 'too-large' | 'not-json'): void {
	const error =
		why === 'too-large'
			? {
					code: INVALID_REQUEST,
					message: `The request has more than ${MAX_BODY_BYTES} bytes. Send files as addresses.`,
				}
			: { code: PARSE_ERROR, message: 'The request is not JSON.' };
	if (why === 'too-large') response.setHeader('Connection', 'close');
	response.writeHead(status, { 'Content-Type': 'application/json' });
	response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
}

function write(response: ServerResponse, answer: unknown): void {
	if (response.destroyed) return;
	response.writeHead(200, { 'Content-Type': 'application/json' });
	response.end(JSON.stringify(answer));
}

function idOf(body: unknown): unknown {
	return typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
}
