import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { HttpServices } from './services.ts';

/** requestIdOf is the id under which the log tells about this answer's request. */
export function requestIdOf(response: Response): string {
	return String(response.getHeader('X-Request-Id') ?? '');
}

/** accessLog gives each request an id, and records it once it is answered or abandoned: never its query, body or headers. */
export function accessLog({ log, metrics }: Pick<HttpServices, 'log' | 'metrics'>): RequestHandler {
	return (request, response, next) => {
		const startedAt = performance.now();
		response.setHeader('X-Request-Id', randomUUID());
		response.once('close', () => {
			const ms = performance.now() - startedAt;
			metrics.answered(request, response, ms / 1_000);
			const person: unknown = response.locals['person'];
			const fields = {
				requestId: requestIdOf(response),
				method: request.method,
				path: shownPath(request.path),
				status: response.statusCode,
				ms: Math.round(ms * 10) / 10,
				...(typeof person === 'string' ? { person } : {}),
				...(response.writableFinished ? {} : { abandoned: true }),
			};
			if (QUIET.has(request.path) || (request.method === 'GET' && response.statusCode < 400)) {
				log.debug('request answered', fields);
			} else log.info('request answered', fields);
		});
		next();
	};
}

/** Whoever has a link may read it, so its token stands in no log; nor does the code of somebody who waits to be let in. */
function shownPath(path: string): string {
	return path.replace(/^(\/s\/|\/v1\/people\/pairings\/)[^/]+/, '$1…').slice(0, 200);
}

const QUIET = new Set(['/healthz', '/readyz', '/metrics']);
