import { isCoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { LOGIN_LIFETIME_MS } from '../../auth/logins.ts';
import { countFailure } from '../guard.ts';
import { type Route, route } from '../route.ts';

/** LOGIN_ROUTES exchange a one-time code for a cookie, and end that again. */
export const LOGIN_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/login',
			operationId: 'logIn',
			summary: 'Exchange a one-time code for a login cookie.',
			tag: 'login',
			access: 'open',
			body: z.strictObject({ code: z.string().min(1).max(200) }),
			responses: {
				200: { description: 'Logged in; the answer sets a cookie.', schema: z.object({ person: z.string() }) },
			},
			errors: ['unauthorized', 'unsupported-type'],
		},
		async (services, { body, request, response }) => {
			const { authenticator, origins } = services;
			try {
				const { principal, session } = await authenticator.logIn(body.code);
				response.cookie(authenticator.cookieName(), session, {
					...cookieOptions(origins.isSecure(request.headers.host)),
					maxAge: LOGIN_LIFETIME_MS,
				});
				return { status: 200, json: { person: principal.person } };
			} catch (error) {
				if (isCoreError(error, 'unauthorized')) countFailure(services, request.socket.remoteAddress ?? '');
				throw error;
			}
		},
	),
	route(
		{
			method: 'post',
			path: '/logout',
			operationId: 'logOut',
			summary: 'End the login of this cookie.',
			tag: 'login',
			access: 'person',
			responses: { 204: { description: 'Logged out.' } },
			errors: [],
		},
		async ({ authenticator, origins, loginEnded }, { caller, request, response }) => {
			if (caller.login !== undefined) {
				await authenticator.logOut(caller.login);
				loginEnded(caller.login);
			}
			response.clearCookie(authenticator.cookieName(), cookieOptions(origins.isSecure(request.headers.host)));
			return { status: 204 };
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/login-codes',
			operationId: 'issueLoginCode',
			summary: 'Make a link that logs you in on another device: once, within ten minutes.',
			tag: 'login',
			access: 'person',
			responses: {
				201: {
					description: 'The code, and the link that holds it.',
					schema: z.object({ code: z.string(), url: z.string(), expiresAt: z.number() }),
				},
			},
			errors: [],
		},
		async ({ authenticator, origins }, { caller }) => {
			const { code, expiresAt } = authenticator.issueCode(caller.principal);
			return { status: 201, json: { code, url: loginLink(origins.address(), code), expiresAt } };
		},
	),
];

/** loginLink is where a person logs in; the code stands behind the #, so that it reaches no log and no Referer. */
export function loginLink(address: string, code: string): string {
	return `${address}/login#code=${code}`;
}

function cookieOptions(secure: boolean) {
	return { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
}
