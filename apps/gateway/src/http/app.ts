import type { IncomingMessage } from 'node:http';
import { CoreError } from '@errand/core/domain/errors.ts';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { A2A_REST_PATH } from '../a2a/agent-card.ts';
import type { Caller } from '../auth/authenticator.ts';
import { bearerChallenge, MCP_PATH } from '../mcp/http/resource-metadata.ts';
import { errorHeaders, openAiError, speaksOpenAi } from '../openai/openai-error.ts';
import { accessLog, requestIdOf } from './access-log.ts';
import { callerOf, originGuard } from './guard.ts';
import { pageRoutes } from './page.ts';
import { PROBLEM_TYPE, problemHeaders, problemOf } from './problem.ts';
import type { Route } from './route.ts';
import { ROUTES } from './route-table.ts';
import type { HttpServices } from './services.ts';

const DEFAULT_BODY_BYTES = 1024 * 1024;
/** As over JSON-RPC. */
const A2A_BODY_BYTES = 8 * 1024 * 1024;

/** createHttpApp serves the calls of the route table and the page. */
export function createHttpApp(services: HttpServices): Express {
	const app = express();
	app.disable('x-powered-by');
	// Answers are never cached, so only files get an ETag; express gives those one only while it is enabled.
	app.set('etag', () => undefined);
	app.set('query parser', 'simple');
	app.use(accessLog(services), safeHeaders, services.platformWebhooks.middleware, originGuard(services));
	for (const route of ROUTES) {
		app[route.method](route.path, admit(services, route), ...bodyParser(route), answer(services, route));
	}
	app.use(A2A_REST_PATH, admit(services, { access: 'person' }), ...a2aRest(services));
	app.use(pageRoutes(services.pageDir));
	app.use(refuseUnknown(ROUTES));
	app.use(explain(services));
	return app;
}

const safeHeaders: RequestHandler = (_request, response, next) => {
	response.setHeader('X-Content-Type-Options', 'nosniff');
	response.setHeader('Referrer-Policy', 'no-referrer');
	response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
	response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
	response.setHeader('Cache-Control', 'no-store');
	next();
};

// Who calls is settled before a body is read, so that a stranger cannot make the server swallow one.
function admit(services: HttpServices, route: Pick<Route, 'access'>): RequestHandler {
	return async (request, response, next) => {
		const caller = await callerOf(services, route, request);
		response.locals['caller'] = caller;
		if (route.access !== 'open') response.locals['person'] = caller.principal.person;
		// Who hung up meanwhile is not there to close anything.
		if (route.access !== 'open' && !response.destroyed) response.once('close', services.gates.begin(caller.principal));
		next();
	};
}

/** Paths with colons in them are no routes of this table: the protocol's own library knows them. */
function a2aRest({ a2a }: HttpServices): RequestHandler[] {
	return [
		express.json({ limit: A2A_BODY_BYTES, type: ['application/json', 'application/a2a+json'], strict: false }),
		(request, response, next) => {
			const { principal } = response.locals['caller'] as Caller;
			return a2a.serveRest(principal, request, response, next);
		},
	];
}

function bodyParser(route: Route): RequestHandler[] {
	if (route.body === undefined) return [];
	return [
		(request, _response, next) => {
			if (request.headers['content-type'] === undefined || request.is('json') === 'json') return next();
			if (isText(request, route)) return next();
			next(
				new CoreError('unsupported-type', 'The body is not JSON by its Content-Type.', {
					hint: 'Send JSON with `Content-Type: application/json`; files go into `attachments` as base64.',
				}),
			);
		},
		express.text({ limit: route.bodyLimit ?? DEFAULT_BODY_BYTES, type: (request) => isText(request, route) }),
		express.json({ limit: route.bodyLimit ?? DEFAULT_BODY_BYTES, type: () => true }),
	];
}

function isText(request: IncomingMessage, { textTypes = [] }: Route): boolean {
	const [type] = (request.headers['content-type'] ?? '').split(';');
	return textTypes.includes(type?.trim().toLowerCase() ?? '');
}

function answer(services: HttpServices, route: Route): RequestHandler {
	return async (request, response) => {
		const said = await route.run(services, response.locals['caller'] as Caller, request, response);
		if (said === 'written' || response.destroyed) return;
		response.status(said.status);
		if (said.headers) response.set(said.headers);
		if (said.json === undefined) response.end();
		else response.json(said.json);
	};
}

function refuseUnknown(routes: readonly Route[]): RequestHandler {
	const patterns = routes.map(({ method, path }) => ({
		method: method.toUpperCase(),
		pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
	}));
	return (request, response) => {
		const allowed = patterns.filter(({ pattern }) => pattern.test(request.path)).map(({ method }) => method);
		const what = `${request.method} ${request.path.slice(0, 200)}`;
		if (allowed.length === 0) {
			throw new CoreError('not-found', `There is no ${what}.`, { hint: '/openapi.json lists every call.' });
		}
		response.setHeader('Allow', allowed.join(', '));
		const refusal = new CoreError('not-found', `There is no ${what}.`, {
			hint: `This path takes ${allowed.join(', ')}.`,
		});
		const problem = { ...problemOf(refusal, request.path), status: 405, title: 'Wrong method' };
		response.status(405);
		if (speaksOpenAi(request.path)) response.json(openAiError(problem));
		else response.type(PROBLEM_TYPE).json(problem);
	};
}

function explain({ log, metrics, origins }: HttpServices): ErrorRequestHandler {
	return (error, request, response, _next) => {
		const problem = problemOf(error, request.path);
		metrics.refused(problem.code);
		if (problem.status >= 500) {
			log.error('request failed', { requestId: requestIdOf(response), code: problem.code, error });
		}
		if (response.headersSent) {
			response.destroy();
			return;
		}
		response.status(problem.status).set(problemHeaders(error));
		if (problem.status === 401 && request.path === MCP_PATH) {
			response.set('WWW-Authenticate', bearerChallenge(origins, request.headers.host));
		}
		if (speaksOpenAi(request.path)) response.set(errorHeaders(problem)).json(openAiError(problem));
		else response.type(PROBLEM_TYPE).json(problem);
	};
}
