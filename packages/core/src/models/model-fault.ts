import { CoreError, describeError } from '../domain/errors.ts';
import { redactText } from '../domain/redact.ts';
import { readRetryAfter } from '../domain/retry-after.ts';
import { OPENAI_SETTINGS, type ServerSettings } from './openai/server-settings.ts';
import type { WatchEnd } from './openai/watch.ts';

/** PassingFault is a failure that a later try may not meet; `error` is what the caller gets when there is none. */
export class PassingFault extends Error {
	readonly error: CoreError;
	/** How long the server asks to be left alone. */
	readonly waitMs: number | undefined;
	/** The most tries that this kind of failure is worth. */
	readonly tries: number;

	constructor(error: CoreError, { waitMs, tries = 3 }: { waitMs?: number | undefined; tries?: number } = {}) {
		super(error.message);
		this.error = error;
		this.waitMs = waitMs;
		this.tries = tries;
	}
}

/** FaultPlace says whom was asked, for the words of an error. */
export interface FaultPlace {
	/** The model and the address, such as `gpt-x at https://api.openai.com/v1`. */
	readonly name: string;
	readonly silenceMs: number;
	readonly now: number;
	/** Servers may repeat the key they were given; nobody is to read it. */
	readonly secret?: string | undefined;
	readonly settings?: ServerSettings | undefined;
}

/** faultOf turns what ended a try into a CoreError (`cancelled`, `model-refused`) or a PassingFault around a `model-unavailable`. */
export function faultOf(error: unknown, place: FaultPlace, ended?: WatchEnd): CoreError | PassingFault {
	const { settings = OPENAI_SETTINGS } = place;
	const slow = `A slow server may need a longer ${settings.silence}. Errand tries again by itself.`;
	const down = `Check that the server at ${settings.address} runs and can be reached. Errand tries again by itself.`;
	if (ended === 'cancelled') return cancelled(place.name);
	if (ended === 'silence') {
		const error = unavailable(`${place.name} sent nothing for ${place.silenceMs / 1_000} s`, slow);
		// A broken line is worth another try; a long wait in vain is not worth another one.
		return new PassingFault(error, { tries: place.silenceMs >= LONG_SILENCE_MS ? 1 : 2 });
	}
	if (ended === 'too-late') {
		return new PassingFault(unavailable(`${place.name} had not finished its reply when time was up`, slow), {
			tries: 1,
		});
	}
	if (error instanceof CoreError || error instanceof PassingFault) return error;
	const { status, headers } = readResponse(error);
	const words = redactText(describeError(error), place.secret === undefined ? [] : [place.secret]).slice(0, 300);
	if (status === undefined) {
		const line = connectionWords(error);
		const fault = unavailable(`${place.name} ${line ?? `gave no usable answer (${words.slice(0, 200)})`}`, down, error);
		return new PassingFault(line === undefined ? fault : Object.assign(fault, { line: true }));
	}
	if (status === 429 && !/insufficient_quota|billing/i.test(`${codeOf(error)} ${words}`)) {
		return new PassingFault(withStatus(unavailable(`${place.name} is busy (429)`, BUSY_HINT), status), {
			waitMs: retryAfterMs(headers, place.now),
		});
	}
	if (status >= 500 || [408, 409, 425].includes(status)) {
		return new PassingFault(withStatus(unavailable(`${place.name} answered with an error: ${words}`, down), status), {
			waitMs: retryAfterMs(headers, place.now),
		});
	}
	const refused = new CoreError(
		'model-refused',
		`The language model ${place.name} does not take the request: ${words}`,
		{ hint: refusedHint(status, settings) },
	);
	return withStatus(refused, status);
}

/** FaultSigns are what an error tells besides its words: the server's status, how many tries it is worth, and the wait asked for. */
export interface FaultSigns {
	readonly status?: number | undefined;
	readonly tries?: number | undefined;
	readonly retryAfterMs?: number | undefined;
	/** The server was not reached, or the line to it broke. */
	readonly line?: boolean | undefined;
}

/** signsOf reads the signs off an error, as far as it has any. */
export function signsOf(error: unknown): FaultSigns {
	const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
	const number = (name: string) => (typeof fields[name] === 'number' ? fields[name] : undefined);
	return {
		status: number('status'),
		tries: number('tries'),
		retryAfterMs: number('retryAfterMs'),
		line: fields['line'] === true,
	};
}

function withStatus(error: CoreError, status: number): CoreError {
	return Object.assign(error, { status });
}

/** cancelled is what a caller gets who called the request off. */
export function cancelled(name: string): CoreError {
	return new CoreError('cancelled', `The request to ${name} was called off.`, {
		hint: 'Ask again if it is still wanted.',
	});
}

/** unavailable is that no answer came, though one may come later. */
export function unavailable(seen: string, hint: string, cause?: unknown): CoreError {
	return new CoreError('model-unavailable', `The language model ${seen}.`, { hint, cause });
}

/** refusalWords is what a server said to a request it would not take (400, 422); undefined for any other error. */
export function refusalWords(error: unknown): string | undefined {
	const { status } = readResponse(error);
	return status === 400 || status === 422 ? `${describeError(error)} ${codeOf(error)}` : undefined;
}

/** isNotThere tells that the server does not know what it was asked at this address (404, 405, 501). */
export function isNotThere(error: unknown): boolean {
	return [404, 405, 501].includes(readResponse(error).status ?? 0);
}

/** OpenAI has a header of its own beside the common one, in milliseconds. */
function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
	const exact = headers?.get('retry-after-ms')?.trim() ?? '';
	if (/^\d+(?:\.\d+)?$/.test(exact)) return readRetryAfter(String(Number(exact) / 1_000), now);
	return readRetryAfter(headers?.get('retry-after'), now);
}

const LONG_SILENCE_MS = 180_000;

const BUSY_HINT = 'Wait, or raise the limits of the account. Errand tries again by itself.';

function refusedHint(status: number, { key, address, model, command }: ServerSettings): string {
	const run = command === undefined ? '' : `, or run “${command}”`;
	switch (status) {
		case 401:
			return `The key is not taken: check ${key}${run}.`;
		case 402:
		case 429:
			return `The account has no credit left: add some, or set another ${key}.`;
		case 403:
			return `The key may not do this: check ${key} and whether its account may use the model of ${model}.`;
		case 404:
			return `The model or the address is not known there: check ${model} and ${address} (it usually ends in /v1).`;
		case 413:
			return 'The request is too large for the server. Give it less to read.';
		default:
			return `Check ${model} and ${address}${run}.`;
	}
}

/** The client's errors are told by their fields, so that the library need not be loaded to tell them. */
function readResponse(error: unknown): { status: number | undefined; headers: Headers | undefined } {
	const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
	const { status, headers, code } = fields;
	// An error inside a stream has its status as a number in `code` (OpenRouter).
	const number =
		typeof status === 'number' ? status : typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
	return { status: number, headers: headers instanceof Headers ? headers : undefined };
}

function codeOf(error: unknown): string {
	const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
	return [fields['code'], fields['param'], fields['type']].filter((field) => typeof field === 'string').join(' ');
}

/** What the line did, where its code is known. */
function connectionWords(error: unknown): string | undefined {
	for (let next: unknown = error, depth = 0; next instanceof Error && depth < 8; next = next.cause, depth += 1) {
		const code = 'code' in next ? next.code : undefined;
		const words = typeof code === 'string' ? CONNECTION_WORDS[code] : undefined;
		if (words !== undefined) return words;
		if (next instanceof AggregateError && next.errors[0] instanceof Error) return connectionWords(next.errors[0]);
	}
	return undefined;
}

const CONNECTION_WORDS: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'refused the connection',
	ECONNRESET: 'broke off the connection',
	UND_ERR_SOCKET: 'broke off the connection',
	ENOTFOUND: 'was not found: its name is not known',
	EAI_AGAIN: 'was not found: its name cannot be looked up just now',
	ETIMEDOUT: 'did not take the connection in time',
	UND_ERR_CONNECT_TIMEOUT: 'did not take the connection in time',
};
