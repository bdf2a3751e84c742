import { asPersonId } from '@errand/core/domain/ids.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from './fixture/test-server.ts';

let server: TestServer;
let token: string;
let person: string;
beforeEach(async () => {
	server = await startTestServer();
	const principal = await server.people.letIn('telegram:2', 'member');
	person = principal.person;
	({ token } = await server.people.desk.issueToken(principal, 'test'));
	for (const [id, who] of [
		['c1', person],
		['c2', 'owner'],
	] as const) {
		server.ledger.record(
			{
				...{ id, at: server.clock.now(), person: asPersonId(who), purpose: 'plan', complexity: 'medium' },
				...{ provider: 'stand-in', model: 'small', reason: 'the only one', inputTokens: 10, cachedTokens: 0 },
				...{ outputTokens: 5, microUsd: 30, ms: 7, outcome: 'ok' },
			},
			{ request: 'asked', reply: 'said', until: server.clock.now() + 60_000 },
		);
	}
	await server.clock.advance(1_000);
});
afterEach(() => server.stop());

async function call(who: string, method: string, path: string, body?: unknown) {
	const response = await server.call(method, path, body, { Authorization: `Bearer ${who}` });
	const text = await response.text();
	return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

it('shows the models, and what is wrong with them to the owner alone', async () => {
	const shown = await call(TOKEN, 'GET', '/v1/language-models');
	expect(shown.json.models[0]).toMatchObject({ name: 'stand-in/small', trouble: 'slow today' });
	expect((await call(token, 'GET', '/v1/language-models')).json.models[0]).not.toHaveProperty('trouble');
});

it('shows people what they spent, and the owner what all did', async () => {
	expect((await call(token, 'GET', '/v1/usage?by=person')).json.usage).toMatchObject([{ key: person, microUsd: 30 }]);
	expect((await call(TOKEN, 'GET', '/v1/usage')).json.usage).toMatchObject([{ calls: 2, microUsd: 60 }]);
	expect((await call(token, 'GET', '/v1/usage?by=colour')).status).toBe(400);
	const page = await call(TOKEN, 'GET', '/v1/usage/calls?limit=1');
	expect(page.json).toMatchObject({ calls: [{ id: 'c2' }], next: 'c2' });
	const rest = await call(TOKEN, 'GET', '/v1/usage/calls?limit=2&before=c2');
	expect(rest.json).toMatchObject({ calls: [{ id: 'c1' }] });
	expect(rest.json).not.toHaveProperty('next');
	expect((await call(token, 'GET', '/v1/usage/calls/c1/transcript')).json).toMatchObject({ reply: 'said' });
	expect((await call(token, 'GET', '/v1/usage/calls/c2/transcript')).status).toBe(404);
});

it('lets a person choose a model, and leave the choice again', async () => {
	const path = '/v1/language-models/pinned';
	expect((await call(token, 'PATCH', path, { model: 'large' })).json).toEqual({ model: 'stand-in/large' });
	expect((await call(token, 'GET', path)).json).toEqual({ model: 'stand-in/large' });
	expect((await call(TOKEN, 'GET', path)).json).toEqual({});
	const wrong = await call(token, 'PATCH', path, { model: 'gone' });
	expect(wrong).toMatchObject({ status: 404, json: { hint: 'There are: stand-in/small, stand-in/large.' } });
	expect((await call(token, 'DELETE', path)).status).toBe(204);
	expect((await call(token, 'GET', path)).json).toEqual({});
});
