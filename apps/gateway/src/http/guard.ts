import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { Request, RequestHandler } from 'express';
import type { Caller } from '../auth/authenticator.ts';
import type { RouteDoc } from './route.ts';
import type { HttpServices } from './services.ts';

/** NOBODY calls routes that are open to everyone. */
const NOBODY: Caller = { principal: { person: asPersonId('nobody'), role: 'guest' } };

type Guards = Pick<HttpServices, 'authenticator' | 'origins' | 'gates'>;

/** originGuard lets in only requests that name this server and come from no other site. */
export function originGuard({ origins }: Pick<Guards, 'origins'>): RequestHandler {
	return (request, _response, next) => {
		origins.check(request.headers);
		next();
	};
}

/** callerOf says who calls a route, or throws why they may not. It runs before the body is read. */
export function callerOf(guards: Guards, { access }: Pick<RouteDoc, 'access'>, request: Request): Caller {
	const { authenticator, gates } = guards;
	if (access === 'open') {
		if (request.method !== 'GET') hear(guards, request);
		return NOBODY;
	}
	if (request.headers.authorization !== undefined) hear(guards, request);
	const caller = authenticator.authenticate({ headers: request.headers });
	if (!caller) throw refused(guards, request);
	if (caller.login !== undefined) checkSite(guards, request);
	if (access === 'owner' && caller.principal.role !== 'owner') {
		throw new CoreError('forbidden', 'Only the owner may do this.', { hint: "Use the owner's token." });
	}
	gates.admit(caller.principal);
	return caller;
}

/** countFailure counts a wrong token or code against the address it came from; throws `rate-limited` after too many. */
export function countFailure({ gates }: Pick<Guards, 'gates'>, request: Request): void {
	gates.failed(request.socket.remoteAddress ?? '');
}

// Every program on this machine shares the loopback address: one with an old token must not lock the others out. Behind a
// proxy everybody shares it too, and then guessing is what matters.
function hear({ gates, origins }: Guards, request: Request): void {
	const address = request.socket.remoteAddress ?? '';
	if (isLoopback(address) && !origins.isPublic(request.headers.host)) return;
	gates.hear(address);
}

function refused(guards: Guards, request: Request): CoreError {
	const shown = request.headers.authorization !== undefined;
	if (shown) countFailure(guards, request);
	return shown
		? new CoreError('unauthorized', 'The token is not valid.', {
				hint: 'Send `Authorization: Bearer <token>` with ERRAND_TOKEN or the token in the data directory.',
			})
		: new CoreError('unauthorized', 'This call needs a token or a login.', {
				hint: 'Send `Authorization: Bearer <token>`, or open a login link.',
			});
}

// Another port of this machine is another origin but the same site, so SameSite does not keep its pages out.
function checkSite({ origins }: Guards, request: Request): void {
	const safe = request.method === 'GET' || request.method === 'HEAD';
	const site = request.headers['sec-fetch-site'];
	const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
	if (safe ? !fromElsewhere : origins.isSameOrigin(request.headers)) return;
	throw new CoreError('forbidden', 'A login cookie is good only for requests of this server’s own page.', {
		hint: 'Use the page, or call with a token instead of the cookie.',
	});
}

function isLoopback(address: string): boolean {
	return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
