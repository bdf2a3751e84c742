import type { IncomingHttpHeaders } from 'node:http';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { looksLikeAgentToken } from '@errand/core/orchestrator/agents/agent-token.ts';
import type { Request, RequestHandler } from 'express';
import type { Caller } from '../auth/authenticator.ts';
import type { RouteDoc } from './route.ts';
import type { HttpServices } from './services.ts';

/** NOBODY calls routes that are open to everyone. */
const NOBODY: Caller = { principal: { person: asPersonId('nobody'), role: 'guest' } };

type Guards = Pick<HttpServices, 'authenticator' | 'origins' | 'gates'>;
type RouteGuards = Guards & Pick<HttpServices, 'agents'>;

/** originGuard lets in only requests that name this server and come from no other site. */
export function originGuard({ origins }: Pick<Guards, 'origins'>): RequestHandler {
	return (request, _response, next) => {
		origins.check(request.headers);
		next();
	};
}

/** callerOf says who calls a route, or throws why they may not. It runs before the body is read. */
export async function callerOf(
	guards: RouteGuards,
	{ access }: Pick<RouteDoc, 'access'>,
	request: Request,
): Promise<Caller> {
	const knock = { headers: request.headers, address: request.socket.remoteAddress ?? '' };
	if (access === 'open') {
		if (!isSafe(request)) hear(guards, knock);
		return NOBODY;
	}
	const agent = access === 'agent' ? await agentOf(guards, knock) : undefined;
	const caller = agent ?? (await identified(guards, { ...knock, token: undefined }));
	if (!caller) {
		throw new CoreError('unauthorized', 'This call needs a token or a login.', {
			hint: 'Send `Authorization: Bearer <token>`, or open a login link.',
		});
	}
	if (caller.login !== undefined) checkSite(guards, request);
	if (access === 'owner' && caller.principal.role !== 'owner') {
		throw new CoreError('forbidden', 'Only the owner may do this.', { hint: "Use the owner's token." });
	}
	guards.gates.admit(caller.principal);
	return caller;
}

/** callerOfHandshake says who opens a socket; nobody when nothing was shown, and throws when what was shown is wrong. */
export async function callerOfHandshake(
	guards: Guards,
	{
		headers,
		auth,
		address,
	}: { headers: IncomingHttpHeaders; auth: Readonly<Record<string, unknown>>; address: string },
): Promise<Caller | undefined> {
	return identified(guards, { headers, address, token: auth['token'] });
}

/** countFailure counts a wrong token or code against the address it came from; throws `rate-limited` after too many. */
export function countFailure({ gates }: Pick<Guards, 'gates'>, address: string): void {
	gates.failed(address);
}

interface Knock {
	readonly headers: IncomingHttpHeaders;
	readonly address: string;
}

/** The agent whose own token was shown; a wrong one is counted like any other, once nobody else knows it either. */
async function agentOf(guards: RouteGuards, knock: Knock): Promise<Caller | undefined> {
	const token = /^Bearer +(\S+) *$/i.exec(knock.headers.authorization ?? '')?.[1];
	if (token === undefined || !looksLikeAgentToken(token)) return undefined;
	hear(guards, knock);
	const found = await guards.agents.ofToken(token);
	if (found === undefined) return undefined;
	const { agent, ...principal } = found;
	return { principal, agent };
}

async function identified(guards: Guards, knock: Knock & { readonly token: unknown }): Promise<Caller | undefined> {
	const { headers, address, token } = knock;
	const shown = headers.authorization !== undefined || typeof token === 'string';
	if (shown) hear(guards, knock);
	const caller = await guards.authenticator.authenticate({ headers, token });
	if (caller || !shown) return caller;
	countFailure(guards, address);
	throw new CoreError('unauthorized', 'The token is not valid.', {
		hint: 'Use ERRAND_TOKEN, the token in the data directory or one of your own, as `Authorization: Bearer <token>`.',
	});
}

// Every program on this machine shares the loopback address: one with an old token must not lock the others out. Behind a
// proxy everybody shares it too, and then guessing is what matters.
function hear({ gates, origins }: Guards, { headers, address }: Knock): void {
	if (isLoopback(address) && !origins.isPublic(headers.host)) return;
	gates.hear(address);
}

// Another port of this machine is another origin but the same site, so SameSite does not keep its pages out.
function checkSite({ origins }: Guards, request: Request): void {
	const site = request.headers['sec-fetch-site'];
	const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
	if (isSafe(request) ? !fromElsewhere : origins.isSameOrigin(request.headers)) return;
	throw new CoreError('forbidden', 'A login cookie is good only for requests of this server’s own page.', {
		hint: 'Use the page, or call with a token instead of the cookie.',
	});
}

function isSafe({ method }: Request): boolean {
	return method === 'GET' || method === 'HEAD';
}

function isLoopback(address: string): boolean {
	return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
