import type { OpenAI } from 'openai';
import { Stream } from 'openai/streaming';
import { CoreError } from '../../domain/errors.ts';
import { PassingFault, unavailable } from '../model-fault.ts';
import type { ReplyDraft, ReplyPart } from './reply-draft.ts';
import type { ServerSettings } from './server-settings.ts';
import type { Watch } from './watch.ts';

/** ReplyReader is where a reply is read to, and how. */
export interface ReplyReader {
	readonly draft: ReplyDraft;
	readonly watch: Watch;
	readonly client: OpenAI;
	/** Whom was asked, for the words of an error. */
	readonly name: string;
	readonly settings: ServerSettings;
	/** What one event of the stream, or a whole reply, says in the words of the chat completions API. */
	readonly toParts: (event: unknown) => readonly ReplyPart[];
}

/** chatParts is for servers whose events are in these words already. */
export function chatParts(event: unknown): readonly ReplyPart[] {
	return [event as ReplyPart];
}

/**
 * readResponse reads a reply into its draft as it comes, until it ends or has grown too long; a server that sends it
 * whole, as plain JSON, is read as well. Throws where it breaks off in the middle or is no reply at all.
 */
export async function readResponse(
	response: Response,
	{ draft, watch, client, name, settings, toParts }: ReplyReader,
): Promise<void> {
	const type = response.headers.get('content-type') ?? '';
	if (type.includes('html')) {
		throw new CoreError('model-refused', `The language model ${name} answers with a web page instead of a reply.`, {
			hint: `Check ${settings.address}: it must be the address of the API, which usually ends in /v1.`,
		});
	}
	const body = new WatchedBody(response, watch);
	if (type.includes('json')) {
		const whole: unknown = JSON.parse(await new Response(body.stream).text());
		throwError(whole);
		for (const part of toParts(whole)) draft.add(part);
		return;
	}
	const events = Stream.fromSSEResponse<unknown>(new Response(body.stream), new AbortController(), client);
	for await (const event of events) {
		const goesOn = toParts(event).every((part) => draft.add(part));
		watch.wrote(draft.chars);
		if (!goesOn) return;
	}
	// The library ends in silence when it is called off.
	if (watch.signal.aborted) throw watch.signal.reason;
	if (!draft.finished && !body.saidDone) {
		throw new PassingFault(
			unavailable(`${name} broke off in the middle of its reply`, 'Errand tries again by itself.'),
		);
	}
}

/** A whole reply of the Responses API may be one that failed, and tells of it in words of its own. */
function throwError(json: unknown): void {
	if ((Object(json) as { object?: unknown }).object === 'response') return;
	const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
	if (error !== undefined && error !== null) {
		const { message, code } = Object(error) as { message?: unknown; code?: unknown };
		throw Object.assign(new Error(typeof message === 'string' ? message : JSON.stringify(error)), { code });
	}
}

/** A reply's bytes: each lot is a sign of life, there are bounds to what is kept, and the end is looked at. */
class WatchedBody {
	readonly stream: ReadableStream<Uint8Array>;
	#saidDone = false;

	constructor(response: Response, watch: Watch) {
		this.stream = ReadableStream.from(this.#read(response, watch));
	}

	/** The event after the last was among what came. */
	get saidDone(): boolean {
		return this.#saidDone;
	}

	async *#read(response: Response, watch: Watch): AsyncGenerator<Uint8Array> {
		let bytes = 0;
		let tail = '\n';
		for await (const lot of response.body ?? []) {
			watch.heard();
			bytes += lot.byteLength;
			if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 1e6} MB came`);
			const text = tail + Buffer.from(lot.buffer, lot.byteOffset, lot.byteLength).toString('latin1');
			// JSON has no raw line break, so after one these words are no part of a text.
			this.#saidDone ||= /\ndata: ?\[DONE\]/.test(text);
			tail = text.slice(-TAIL_LENGTH);
			yield lot;
		}
	}
}

/** Around each token of a reply stand some 300 bytes. */
const MAX_BYTES = 64e6;
const TAIL_LENGTH = 32;
