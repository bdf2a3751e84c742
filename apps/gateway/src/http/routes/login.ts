import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { type Caller, loginIdOf } from '../../auth/authenticator.ts';
import { LOGIN_LIFETIME_MS } from '../../auth/logins.ts';
import { countFailure } from '../guard.ts';
import { type Route, route } from '../route.ts';
import { LoginSchema } from '../schemas/person.ts';
import type { HttpServices } from '../services.ts';

/** LOGIN_ROUTES exchange a one-time code for a cookie, show where somebody is logged in, and end that again. */
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
			const { code, expiresAt } = authenticator.issueCode(caller.principal, caller.origin ?? { from: 'token' });
			return { status: 201, json: { code, url: loginLink(origins.address(), code), expiresAt } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/people/me/logins',
			operationId: 'listLogins',
			summary: 'Your logins of the page, the latest first.',
			tag: 'people',
			access: 'person',
			responses: {
				200: { description: 'Those that let you in.', schema: z.object({ logins: z.array(LoginSchema) }) },
			},
			errors: [],
		},
		async (services, { caller }) => ({ status: 200, json: { logins: await loginsOf(services, caller) } }),
	),
	route(
		{
			method: 'delete',
			path: '/v1/people/me/logins/:id',
			operationId: 'endLogin',
			summary: 'End one of your logins; connections that rest on it are closed.',
			tag: 'people',
			access: 'person',
			params: z.object({ id: z.string().min(1).max(100) }),
			responses: { 204: { description: 'It lets nobody in any more.' } },
			errors: ['not-found', 'disk-full'],
		},
		async ({ authenticator, loginEnded }, { caller, params }) => {
			const ended = await authenticator.endLogin(caller.principal.person, params.id);
			if (ended === undefined) {
				throw new CoreError('not-found', 'You have no such login.', {
					hint: 'It may have ended by itself; GET /v1/people/me/logins lists yours.',
				});
			}
			loginEnded(ended);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/people/me/logins',
			operationId: 'endLogins',
			summary: 'Log out everywhere: end all your logins, this one too, and the links that were not followed yet.',
			tag: 'people',
			access: 'person',
			responses: {
				200: { description: 'Logged out.', schema: z.object({ ended: z.int().describe('Logins that were open.') }) },
			},
			errors: ['disk-full'],
		},
		async ({ authenticator, loginEnded }, { caller }) => {
			const ended = await authenticator.logOutAll(caller.principal.person);
			for (const login of ended) loginEnded(login);
			return { status: 200, json: { ended: ended.length } };
		},
	),
];

async function loginsOf({ authenticator, people }: HttpServices, { principal, login: own }: Caller) {
	const logins = await authenticator.logins(principal);
	const view = await people.view(principal.person);
	return logins.map(({ id, madeAt, usedAt, expiresAt, origin }) => {
		const token = view?.tokens.find((one) => one.id === origin?.token)?.name;
		const current = own !== undefined && loginIdOf(own) === id;
		return { id, madeAt, usedAt, expiresAt, from: origin?.from, token, current };
	});
}

/** loginLink is where a person logs in; the code stands behind the #, so that it reaches no log and no Referer. */
export function loginLink(address: string, code: string): string {
	return `${address}/login#code=${code}`;
}

function cookieOptions(secure: boolean) {
	return { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
}
