import { setTimeout as wait } from 'node:timers/promises';
import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { WebhookHandler, WebhookResponse } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IPeerCalls } from '@errand/core/ports/peer-calls.ts';
import { packRequest, packResponse, unpackRequest, unpackResponse } from './carried-webhook.ts';

/** COME_AGAIN asks a platform to bring its call again. */
export const COME_AGAIN: WebhookResponse = { status: 503, headers: { 'Retry-After': '2' } };

/** Discord waits for three seconds; the way here and back takes its part of them. */
const PATIENCE_MS = 2_500;
const ASK_AGAIN_MS = 100;

/**
 * WebhookRelay brings what platforms call to the one process that runs their frontend, because a balancer may lead them to any.
 * Who calls is checked there, over the same bytes and headers.
 */
export class WebhookRelay {
	readonly #peers: IPeerCalls;
	readonly #log: ILogger;

	constructor({ peers, log }: { readonly peers: IPeerCalls; readonly log: ILogger }) {
		this.#peers = peers;
		this.#log = log;
	}

	/** Takes the calls that come in anywhere, until the returned function is called. */
	serve(path: string, handler: WebhookHandler): () => void {
		return this.#peers.serve(nameOf(path), async (text) => packResponse(await handler(unpackRequest(text))));
	}

	/** Brings calls to whoever serves the path; while it moves from one process to another they wait for a moment. */
	bring(path: string): WebhookHandler {
		return async (request) => {
			const until = performance.now() + PATIENCE_MS;
			const packed = packRequest(request);
			for (;;) {
				try {
					const timeoutMs = Math.max(1, Math.round(until - performance.now()));
					return unpackResponse(await this.#peers.ask(nameOf(path), packed, { timeoutMs }));
				} catch (error) {
					const isNobodyThere = isCoreError(error, 'frontend-down');
					if (isNobodyThere && performance.now() + ASK_AGAIN_MS < until) {
						await wait(ASK_AGAIN_MS);
						continue;
					}
					if (!isNobodyThere && !isCoreError(error, 'timed-out') && !isCoreError(error, 'store-unreachable'))
						throw error;
					this.#log.warn('webhook not brought to its frontend', { path, error: describeError(error) });
					return COME_AGAIN;
				}
			}
		};
	}
}

function nameOf(path: string): string {
	return `webhook ${path}`;
}
