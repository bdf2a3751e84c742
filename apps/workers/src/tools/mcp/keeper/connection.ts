import { type CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { isJsonObject, type JsonObject } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import { Client, ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { plainWords, withoutSecrets } from '../plain-words.ts';
import type { ToolAnswer, ToolCall, ToolResult } from '../protocol.ts';
import { type ReadTools, readTools } from '../read-tools.ts';
import type { McpServer } from '../server-config.ts';
import { serverGone, stoppedCall, ToolError } from '../tool-error.ts';
import { replyToForm } from './elicitation.ts';
import type { OpenTransport } from './open-transport.ts';
import { readResult } from './read-result.ts';
import { TOO_LARGE } from './stdio-transport.ts';

/** CallHooks are what a call under way tells, and what stops it. */
export interface CallHooks {
	readonly signal: AbortSignal;
	readonly onProgress: (progress: { percent?: number; text?: string }) => void;
}

/** CallEnd is a result, or the questions that the server wants answered before it gives one. */
export type CallEnd =
	| { readonly kind: 'result'; readonly result: ToolResult }
	| { readonly kind: 'asked'; readonly questions: readonly QuestionDraft[] };

/** Connection is one session with a server: opened when it is first used, and not again. */
export class Connection {
	readonly #server: McpServer;
	readonly #client: Client;
	readonly #opened: Promise<OpenTransport>;
	readonly #running = new Set<RunningCall>();
	#isGone = false;

	constructor(
		server: McpServer,
		open: () => Promise<OpenTransport>,
		hooks: { readonly onChanged: () => void; readonly onGone: () => void },
	) {
		this.#server = server;
		this.#client = new Client(
			{ name: 'errand', version: '1' },
			{
				// Neither sampling nor roots: a server asks for no model and no files of ours.
				capabilities: { elicitation: { form: {} } },
				versionNegotiation: { mode: 'auto', probe: { timeoutMs: Math.min(PROBE_TIMEOUT_MS, server.startMs / 2) } },
				// What a tool gives is data to us, whatever its schema says; schemas of strangers are not compiled here.
				jsonSchemaValidator: {
					getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
				},
				listChanged: { tools: { autoRefresh: false, debounceMs: 500, onChanged: hooks.onChanged } },
				inputRequired: { maxRounds: 3 },
			},
		);
		this.#client.onclose = () => {
			this.#isGone = true;
			hooks.onGone();
		};
		// A stranger's messages make no sense at times; a call that gets no answer has its time limit.
		this.#client.onerror = () => {};
		this.#client.setRequestHandler('elicitation/create', async ({ params }) => this.#answer(params));
		this.#opened = this.#open(open);
		this.#opened.catch(() => {
			this.#isGone = true;
			hooks.onGone();
		});
	}

	get isGone(): boolean {
		return this.#isGone;
	}

	async list(timeoutMs: number): Promise<ReadTools> {
		const opened = await this.#opened;
		const listed: unknown[] = [];
		let cursor: string | undefined;
		try {
			for (let page = 0; page < MAX_PAGES && listed.length < MAX_LISTED; page++) {
				const params = cursor === undefined ? {} : { cursor };
				const found = await this.#client.request({ method: 'tools/list', params }, ListSchema, { timeout: timeoutMs });
				listed.push(...found.tools);
				cursor = found.nextCursor;
				if (cursor === undefined) break;
			}
		} catch (error) {
			throw this.#failure(error, { what: 'tell its tools', opened });
		}
		return readTools(listed, this.#server.tools);
	}

	async call({ tool, args, answers, timeoutMs }: ToolCall, { signal, onProgress }: CallHooks): Promise<CallEnd> {
		const deadline = Date.now() + timeoutMs;
		const opened = await stoppable(this.#opened, signal);
		const stop = new AbortController();
		const running: RunningCall = { answers, stop, questions: undefined };
		this.#running.add(running);
		try {
			const given = await this.#client.callTool(
				{ name: tool, arguments: { ...args } },
				{
					signal: AbortSignal.any([signal, stop.signal]),
					timeout: Math.max(1, deadline - Date.now()),
					onprogress: ({ progress, total, message }) => onProgress(progressOf(progress, total, message)),
				},
			);
			if (running.questions !== undefined) return { kind: 'asked', questions: running.questions };
			const { name: server, secrets } = this.#server;
			return { kind: 'result', result: readResult(given, { server, tool, secrets }) };
		} catch (error) {
			if (running.questions !== undefined) return { kind: 'asked', questions: running.questions };
			if (signal.aborted) throw stoppedCall();
			throw this.#failure(error, { what: `carry out "${tool}"`, opened, isOpen: true });
		} finally {
			this.#running.delete(running);
			if (this.#isGone && this.#running.size === 0) void this.close();
		}
	}

	async close(): Promise<void> {
		this.#isGone = true;
		await this.#opened.catch(() => undefined);
		await this.#client.close().catch(() => undefined);
	}

	async #open(open: () => Promise<OpenTransport>): Promise<OpenTransport> {
		const opened = await open();
		try {
			await this.#client.connect(opened.transport, { timeout: this.#server.startMs });
			return opened;
		} catch (error) {
			await opened.transport.close().catch(() => undefined);
			throw this.#failure(error, { what: 'open a connection', opened });
		}
	}

	/** A form goes to the person where it is clear which step it belongs to. */
	#answer(
		params: unknown,
	): { action: 'accept'; content: Record<string, string | number | boolean> } | { action: 'decline' | 'cancel' } {
		const [call, another] = this.#running;
		if (call === undefined || another !== undefined || !isJsonObject(params)) return { action: 'decline' };
		const { mode, message, requestedSchema } = params;
		if ((mode !== undefined && mode !== 'form') || !isJsonObject(requestedSchema)) return { action: 'decline' };
		const form = { server: this.#server.name, message: String(message), schema: requestedSchema as JsonObject };
		const reply = replyToForm(form, call.answers);
		if (reply.kind === 'answered') return { action: 'accept', content: reply.content };
		if (reply.kind === 'no') return { action: 'decline' };
		call.questions = reply.questions;
		// The call comes again once the person has answered.
		setImmediate(() => call.stop.abort());
		return { action: 'cancel' };
	}

	/** Only a call that was sent is open: one that found no connection in time did nothing. */
	#failure(
		error: unknown,
		{ what, opened, isOpen = false }: { what: string; opened: OpenTransport; isOpen?: boolean },
	): CoreError {
		if (isCoreError(error)) return error;
		const { name, secrets } = this.#server;
		const inner = coreErrorIn(error);
		if (inner !== undefined)
			return new ToolError(inner.code, `The MCP server "${name}" could not ${what}: ${inner.message}`, inner);
		const why = opened.why();
		if (why === TOO_LARGE) return tooLarge(name, isOpen);
		if (why !== undefined) return serverGone(name, why, isOpen);
		const words = plainWords(withoutSecrets(describeError(error), secrets), 500);
		if (error instanceof ProtocolError) return refused(name, what, { code: error.code, words });
		if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
			return new ToolError(isOpen ? 'timed-out' : 'fetch-failed', `The MCP server "${name}" did not ${what} in time.`, {
				hint: 'It is tried again by itself. Give the server a larger errand.timeoutMs, or less to do at once.',
				isOpen,
			});
		}
		if (error instanceof SdkError && error.code === SdkErrorCode.InvalidResult) return nonsense(name, words, isOpen);
		// The server may have forgotten the session, or be another one by now: the next attempt opens a connection of its own.
		this.#isGone = true;
		const isRefused = error instanceof SdkHttpError && error.status !== undefined && error.status < 500;
		return serverGone(name, `it could not ${what}: ${words}`, isOpen && !isRefused);
	}
}

interface RunningCall {
	readonly answers: readonly ToolAnswer[];
	readonly stop: AbortController;
	questions: readonly QuestionDraft[] | undefined;
}

/** Tools that make no sense are left out one by one, so here anything goes. */
const ListSchema = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const MAX_PAGES = 50;
const MAX_LISTED = 5_000;
const PROBE_TIMEOUT_MS = 5_000;
/** JSON-RPC: what was asked is wrong, and stays so. */
const WRONG_REQUEST: ReadonlySet<number> = new Set([-32_600, -32_601, -32_602]);

/** The server has said how it ended, so nothing is open. */
function refused(server: string, what: string, { code, words }: { code: number; words: string }): ToolError {
	const message = `The MCP server "${server}" could not ${what}; it said: “${words}”.`;
	return WRONG_REQUEST.has(code)
		? new ToolError('tool-failed', message, { hint: 'Look at what the step gives the tool.' })
		: new ToolError('fetch-failed', message, { hint: 'It is tried again by itself.' });
}

function nonsense(server: string, words: string, isOpen: boolean): ToolError {
	return new ToolError('tool-failed', `The MCP server "${server}" gave an answer that is not one: ${words}`, {
		hint: 'The server does not keep to the protocol: look for a newer version of it.',
		isOpen,
	});
}

function tooLarge(server: string, isOpen: boolean): ToolError {
	return new ToolError('too-large', `The MCP server "${server}" was cut off: ${TOO_LARGE}.`, {
		hint: 'Ask for less at once.',
		isOpen,
	});
}

/** What the guard refused or cut off stands among the causes of what the client throws. */
function coreErrorIn(error: unknown): CoreError | undefined {
	for (let each = error; each instanceof Error; each = each.cause) if (isCoreError(each)) return each;
	return undefined;
}

function progressOf(progress: number, total: number | undefined, message: string | undefined) {
	const isShare = total !== undefined && total > 0 && Number.isFinite(progress / total);
	return {
		...(isShare && { percent: Math.min(100, Math.max(0, (progress / total) * 100)) }),
		...(message !== undefined && { text: plainWords(message, 200) }),
	};
}

async function stoppable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	if (signal.aborted) throw stoppedCall();
	const { promise, reject } = Promise.withResolvers<never>();
	const stop = () => reject(stoppedCall());
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await Promise.race([work, promise]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
