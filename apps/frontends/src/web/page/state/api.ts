import { isJsonObject } from '@errand/core/domain/json.ts';
import type { ConversationEntry, TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { ProblemError, parseProblem } from './problem.ts';

/** OutgoingFile is a file on its way to the server. */
export interface OutgoingFile {
	readonly name: string;
	readonly type: string;
	readonly base64: string;
}

/** Api is every HTTP call the page makes; each rejects with a ProblemError when the server refuses. */
export interface Api {
	/** Takes a one-time code, or a person's token. */
	login(secret: string): Promise<void>;
	logout(): Promise<void>;
	say(
		conversation: string,
		message: { text: string; attachments: readonly OutgoingFile[]; clientId: string },
	): Promise<void>;
	entries(
		conversation: string,
		after: number,
	): Promise<{ readonly entries: readonly ConversationEntry[]; readonly next: number }>;
	tasks(before?: number): Promise<{ readonly tasks: readonly TaskSummary[]; readonly next?: number }>;
	answer(task: string, questionId: string, answer: string): Promise<void>;
	decide(task: string, questionId: string, decision: 'approve' | 'refuse'): Promise<void>;
	cancel(task: string): Promise<void>;
	retry(task: string): Promise<void>;
	skipStep(task: string, step: string): Promise<void>;
	retryStep(task: string, step: string): Promise<void>;
	/** Rejects when there is no such task. */
	find(task: string): Promise<unknown>;
	/** The first bytes of a text file. */
	text(artifact: string): Promise<string>;
	/** Any other call; what it answers is what the server's own schemas say. */
	ask: Ask;
}

/** Ask makes a call and gives its JSON, undefined where there is none. */
export type Ask = <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<T>;

/** createApi makes the calls against the page's own origin; `onLoggedOut` hears of every 401. */
export function createApi(onLoggedOut: () => void): Api {
	const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
		const response = await fetch(path, {
			method,
			credentials: 'same-origin',
			headers: body === undefined ? {} : { 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (response.ok) return response;
		if (response.status === 401 && path !== '/login') onLoggedOut();
		throw new ProblemError(parseProblem(response.status, await response.json().catch(() => undefined)));
	};
	const get = async <T>(path: string): Promise<T> => (await call('GET', path)).json() as Promise<T>;
	const post = async (path: string, body: unknown = {}): Promise<void> => {
		await call('POST', path, body);
	};
	const task = (id: string) => `/v1/tasks/${encodeURIComponent(id)}`;
	const messages = (id: string) => `/v1/conversations/${encodeURIComponent(id)}/messages`;
	return {
		login: async (secret) => {
			try {
				await post('/login', { code: secret });
			} catch (error) {
				const code = await codeFor(secret);
				if (code === undefined) throw error;
				await post('/login', { code });
			}
		},
		logout: () => post('/logout'),
		say: (conversation, message) => post(messages(conversation), message),
		entries: (conversation, after) => get(`${messages(conversation)}?after=${after}`),
		tasks: (before) => get(`/v1/tasks?limit=50${before === undefined ? '' : `&before=${before}`}`),
		answer: (id, questionId, answer) => post(`${task(id)}/input`, { questionId, answer }),
		decide: (id, questionId, decision) => post(`${task(id)}/approve`, { questionId, decision }),
		cancel: (id) => post(`${task(id)}/cancel`),
		retry: (id) => post(`${task(id)}/retry`),
		skipStep: (id, step) => post(`${task(id)}/steps/${encodeURIComponent(step)}/skip`),
		retryStep: (id, step) => post(`${task(id)}/steps/${encodeURIComponent(step)}/retry`),
		find: (id) => get(task(id)),
		ask: async <T>(method: string, path: string, body?: unknown) => {
			const response = await call(method, path, body);
			return (response.status === 204 ? undefined : await response.json()) as T;
		},
		text: async (id) => (await (await call('GET', artifactAddress(id))).text()).slice(0, 200_000),
	};
}

/** A token buys a one-time code, so that the page needs to keep nothing but the cookie. */
async function codeFor(token: string): Promise<string | undefined> {
	if (!/^[\x21-\x7e]+$/.test(token)) return undefined;
	const headers = { authorization: `Bearer ${token}` };
	const response = await fetch('/v1/login-codes', { method: 'POST', credentials: 'omit', headers });
	if (!response.ok) return undefined;
	const body: unknown = await response.json();
	return isJsonObject(body) && typeof body['code'] === 'string' ? body['code'] : undefined;
}

/** artifactAddress is where a file is read. */
export function artifactAddress(id: string): string {
	return `/v1/artifacts/${encodeURIComponent(id)}`;
}
