import { CoreError } from '@errand/core/domain/errors.ts';
import type { WebhookHandler } from '@errand/core/ports/frontend.ts';
import express, { type Request, type RequestHandler, type Response } from 'express';

const MAX_BODY_BYTES = 1024 * 1024;
const readBody = express.raw({ limit: MAX_BODY_BYTES, type: () => true });

/**
 * WebhookTable serves the calls of platforms. They come through proxies under any Host name and carry no cookie, so they are
 * served before Host and Origin are looked at: each handler checks the platform's own signature over the raw bytes.
 */
export class WebhookTable {
	readonly #handlers = new Map<string, WebhookHandler>();
	readonly #otherwise = new Map<string, WebhookHandler>();

	/** Serves `POST path` (a path may end in `/*`) until the returned function is called. */
	mount(path: string, handler: WebhookHandler): () => void {
		if (this.#handlers.has(path)) throw new TypeError(`Two webhooks at ${path}.`);
		this.#handlers.set(path, handler);
		return () => {
			if (this.#handlers.get(path) === handler) this.#handlers.delete(path);
		};
	}

	/** Answers `POST path` whenever nothing is mounted there: a platform may take "not found" for final. */
	expect(path: string, otherwise: WebhookHandler): void {
		this.#otherwise.set(path, otherwise);
	}

	readonly middleware: RequestHandler = (request, response, next) => {
		const handler = this.#find(request.path);
		if (handler === undefined) return next();
		if (request.method !== 'POST') {
			response.setHeader('Allow', 'POST');
			return next(new CoreError('not-found', `${request.method} is not served here.`, { hint: 'Send a POST.' }));
		}
		readBody(request, response, (error: unknown) => {
			if (error !== undefined) return next(error);
			answer(handler, request, response).catch(next);
		});
	};

	#find(path: string): WebhookHandler | undefined {
		const group = path.replace(/\/[^/]+$/, '/*');
		return this.#handlers.get(path) ?? this.#handlers.get(group) ?? this.#otherwise.get(path);
	}
}

async function answer(handler: WebhookHandler, request: Request, response: Response): Promise<void> {
	const { status, headers, body } = await handler({
		method: request.method,
		url: request.originalUrl,
		headers: Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
		),
		// Nothing to parse leaves no buffer behind.
		body: request.body instanceof Buffer ? request.body : new Uint8Array(),
	});
	response.status(status);
	if (headers !== undefined) response.set(headers);
	response.end(body);
}
