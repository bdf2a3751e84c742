import { Webhook } from 'standardwebhooks';
import type { StepFailure } from '../../domain/capability.ts';
import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { IWebhookSender, PostOutcome, WebhookPost } from '../../ports/webhook-sender.ts';

/** GuardedPost is the part of the guarded fetch that posting needs. */
export type GuardedPost = (
	url: string,
	init: {
		readonly method: 'POST';
		readonly headers: Record<string, string>;
		readonly body: string;
		readonly redirect: 'manual';
		readonly signal: AbortSignal;
	},
) => Promise<Response>;

interface Dependencies {
	readonly post: GuardedPost;
	/** Throws for an address that the guard refuses by its looks. */
	readonly check: (url: string) => void;
	readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 15_000;
/** Of what the receiver says this much is read, for the error that shows it. */
const MAX_ANSWER_BYTES = 4_096;
const SHOWN_ANSWER = 200;
const GONE = 410;

/** StandardWebhookSender signs and posts events as https://www.standardwebhooks.com says. */
export class StandardWebhookSender implements IWebhookSender {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	check(url: string): void {
		this.#deps.check(url);
		if (new URL(url).hash !== '') {
			throw new CoreError('invalid-input', 'The address has a part after "#", which is never sent.', {
				hint: 'Leave that part out.',
			});
		}
	}

	async send({ url, eventId, at, body, secrets, signal }: WebhookPost): Promise<PostOutcome> {
		const { post, timeoutMs = TIMEOUT_MS } = this.#deps;
		const late = AbortSignal.timeout(timeoutMs);
		try {
			const response = await post(url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'user-agent': 'Errand-Webhook',
					'webhook-id': eventId,
					'webhook-timestamp': String(Math.floor(at / 1_000)),
					'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, new Date(at), body)).join(' '),
				},
				body,
				// The signature is for this receiver; where it would be led to, nobody has looked.
				redirect: 'manual',
				signal: AbortSignal.any([signal, late]),
			});
			const said = await beginningOf(response);
			if (response.ok) return { kind: 'delivered', status: response.status };
			return { kind: 'failed', failure: refusalOf(response, said, at), gone: response.status === GONE };
		} catch (error) {
			signal.throwIfAborted();
			return { kind: 'failed', failure: late.aborted ? lateFailure(timeoutMs) : failureOf(error), gone: false };
		}
	}
}

/** A receiver may answer anything at any length, or break off in the middle: its status is what counts. */
async function beginningOf(response: Response): Promise<string> {
	const reader = response.body?.getReader();
	if (reader === undefined) return '';
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	try {
		while (bytes < MAX_ANSWER_BYTES) {
			const { done, value } = await reader.read();
			if (done) break;
			chunks.push(value);
			bytes += value.length;
		}
		await reader.cancel();
	} catch {
		// What was read is enough.
	}
	const text = Buffer.concat(chunks)
		.toString('utf8')
		.replace(/[\p{C}\s]+/gu, ' ')
		.trim();
	return text.length > SHOWN_ANSWER ? `${text.slice(0, SHOWN_ANSWER)}…` : text;
}

function refusalOf({ status, headers }: Response, said: string, now: number): StepFailure {
	const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
	return {
		kind: 'retryable',
		code: `http-${status}`,
		message: `The receiver answered ${status}${said === '' ? '.' : `: ${said}`}`,
		hint: hintFor(status),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
}

function hintFor(status: number): string {
	if (status === GONE) return 'The receiver wants no more events. Resume the webhook when it does again.';
	if (status >= 300 && status < 400) return 'Redirects are not followed. Give the address they lead to.';
	if (status === 401 || status === 403) return 'Check that the receiver verifies with the secret of this webhook.';
	return 'It is taken for delivered when the receiver answers 2xx within 15 seconds.';
}

function lateFailure(timeoutMs: number): StepFailure {
	return {
		kind: 'timed-out',
		code: 'timed-out',
		message: `The receiver did not answer within ${timeoutMs / 1_000} s.`,
		hint: 'Answer 2xx first and do the work after; it may have taken the event, whose id stays the same.',
	};
}

function failureOf(error: unknown): StepFailure {
	if (!isCoreError(error)) return { kind: 'retryable', code: 'fetch-failed', message: describeError(error) };
	const { code, message, hint } = error;
	// An address that is refused is refused again, until somebody changes it or allows it.
	const kind = code === 'address-refused' || code === 'invalid-input' ? 'permanent' : 'retryable';
	return { kind, code, message, hint };
}
