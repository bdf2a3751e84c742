import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import {
	CLIENT_CAPABILITIES_META_KEY,
	CLIENT_INFO_META_KEY,
	type ClientCapabilities,
	PROTOCOL_VERSION_META_KEY,
	ProtocolError,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { eventData } from './event-lines.ts';

const REVISION = '2026-07-28';

/** Reached is a server and the token for it. */
export interface Reached {
	readonly url: string;
	readonly token: string;
}

/** Asked is one request, of revision 2026-07-28: it says all there is to know. */
export interface Asked {
	readonly method: string;
	readonly params: Readonly<Record<string, unknown>>;
	readonly capabilities?: ClientCapabilities | undefined;
	/** Asking twice does no more than asking once. */
	readonly repeatable: boolean;
	readonly signal?: AbortSignal | undefined;
	/** Hears what the server says before its result. */
	readonly onNotice?: ((method: string, params: Readonly<Record<string, unknown>>) => void) | undefined;
}

export type JsonResult = Record<string, unknown>;

/** Lost says that no answer came; `mayHaveRun` unless it is sure that the request never arrived. */
export class Lost extends Error {
	readonly mayHaveRun: boolean;

	constructor(mayHaveRun: boolean, cause: unknown) {
		super(describeError(cause), { cause });
		this.mayHaveRun = mayHaveRun;
	}
}

const MessageSchema = z.looseObject({
	method: z.string().optional(),
	params: z.record(z.string(), z.unknown()).optional(),
	result: z.record(z.string(), z.unknown()).optional(),
	error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
const ProblemSchema = z.looseObject({ code: z.string(), detail: z.string(), hint: z.string() });

/** post asks a server once. Rejects with Lost, with the server's ProtocolError, or with CoreError where it does not let us in. */
export async function post(server: Reached, asked: Asked): Promise<JsonResult> {
	const response = await sent(server, asked);
	if (response.headers.get('content-type')?.startsWith('text/event-stream') && response.body !== null) {
		try {
			for await (const data of eventData(response.body)) {
				const result = resultOf(JSON.parse(data), asked);
				if (result !== undefined) return result;
			}
		} catch (error) {
			if (error instanceof ProtocolError) throw error;
			throw new Lost(true, error);
		}
		throw new Lost(true, new Error('The answer ended too early.'));
	}
	const body = await response.json().catch((error: unknown) => {
		throw new Lost(true, error);
	});
	const problem = ProblemSchema.safeParse(body);
	if (problem.success) throw refusal(problem.data);
	const result = resultOf(body, asked);
	if (result === undefined) throw new Lost(true, new Error(`The server answered ${response.status} without a result.`));
	return result;
}

async function sent({ url, token }: Reached, { method, params, capabilities, signal }: Asked): Promise<Response> {
	const name = params['name'] ?? params['uri'] ?? params['taskId'];
	try {
		return await fetch(`${url}/mcp`, {
			method: 'POST',
			headers: {
				Authorization: `Bearer ${token}`,
				'Content-Type': 'application/json',
				Accept: 'application/json, text/event-stream',
				'MCP-Protocol-Version': REVISION,
				'Mcp-Method': method,
				...(typeof name === 'string' ? { 'Mcp-Name': headerValue(name) } : {}),
			},
			body: JSON.stringify({
				...{ jsonrpc: '2.0', id: 1, method },
				params: {
					...params,
					_meta: {
						progressToken: 1,
						[PROTOCOL_VERSION_META_KEY]: REVISION,
						[CLIENT_INFO_META_KEY]: { name: 'errand-stdio', version: '1' },
						[CLIENT_CAPABILITIES_META_KEY]: capabilities ?? {},
					},
				},
			}),
			...(signal === undefined ? {} : { signal }),
		});
	} catch (error) {
		throw new Lost(!neverArrived(error), error);
	}
}

function resultOf(message: unknown, { onNotice }: Asked): JsonResult | undefined {
	const { method, params, result, error } = MessageSchema.parse(message);
	if (error !== undefined) throw new ProtocolError(error.code, error.message, error.data);
	if (method !== undefined) onNotice?.(method, params ?? {});
	return result;
}

function refusal({ code, detail, hint }: z.output<typeof ProblemSchema>): Error {
	const error = new CoreError(code === 'unauthorized' ? 'unauthorized' : 'not-possible', detail, { hint });
	// A server that is stopping did not begin; one whose token changed is found again with the new one.
	return code === 'shutting-down' || code === 'store-unreachable' || code === 'unauthorized'
		? new Lost(false, error)
		: error;
}

function neverArrived(error: unknown): boolean {
	const cause = error instanceof Error ? error.cause : undefined;
	const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
	return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

// Headers hold ASCII; anything else goes as base64, marked.
function headerValue(text: string): string {
	const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
	return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
