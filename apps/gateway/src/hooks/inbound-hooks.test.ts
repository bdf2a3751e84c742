import { createHmac } from 'node:crypto';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { HookChange, NewHook } from '@errand/core/orchestrator/desks/hooks.ts';
import type { WebhookRequest } from '@errand/core/ports/frontend.ts';
import type { LogFields } from '@errand/core/ports/logger.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDesk } from '../http/fixture/memory-desk.ts';
import { openWebhookDesks, type WebhookDesks } from '../http/fixture/webhook-desks.ts';
import { type HookOutcome, inboundHooks } from './inbound-hooks.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const SECRET = 'a secret of many letters';

let desks: WebhookDesks;
let desk: MemoryDesk;
let clock: FakeClock;
let outcomes: HookOutcome[];
let role: Principal['role'];
let logged: { event: string; fields: LogFields }[];

beforeEach(() => {
	clock = new FakeClock();
	desk = new MemoryDesk();
	outcomes = [];
	logged = [];
	role = 'member';
	const write = (event: string, fields: LogFields = {}) => void logged.push({ event, fields });
	const log = { debug: write, info: write, warn: write, error: write };
	desks = openWebhookDesks({ clock, log, tasks: desk, roleOf: async () => role });
	handler = inboundHooks({ hooks: desks.hooks, clock, log, count: (outcome) => outcomes.push(outcome) });
});
afterEach(() => desks.stop());

let handler: ReturnType<typeof inboundHooks>;

async function call(url: string, body: string | Uint8Array, headers: WebhookRequest['headers']) {
	try {
		const bytes = typeof body === 'string' ? Buffer.from(body) : body;
		const { status, body: said = '' } = await handler({ method: 'POST', url, headers, body: bytes });
		return { status, said: JSON.parse(said) as Record<string, unknown> };
	} catch (error) {
		return { refused: (error as { code?: string }).code, message: (error as Error).message };
	}
}

const hmac = (text: string | Uint8Array, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
const github = (body: string, change: Record<string, string> = {}) =>
	call('/hooks/repo', body, {
		'x-hub-signature-256': `sha256=${hmac(body)}`,
		'x-github-delivery': 'd-1',
		'x-github-event': 'issues',
		...change,
	});
const generic = (body: string, time = clock.now() / 1_000, secret = SECRET) =>
	call('/hooks/alerts', body, { 'x-errand-signature': `t=${time},v1=${hmac(`${time}.${body}`, secret)}` });

const ISSUE = JSON.stringify({
	action: 'opened',
	issue: { number: 7, title: 'It breaks', body: 'Often.', user: { login: 'eve' } },
	repository: { full_name: 'a/b' },
});

const make = (request: Partial<NewHook> & { name: string }) =>
	desks.hooks.create(ANN, { kind: 'github', secret: SECRET, ...request });

describe('a call of a hook', () => {
	it('from GitHub becomes a task with the payload attached, told of its origin and its conversation', async () => {
		await make({ name: 'repo' });
		expect(await github(ISSUE)).toEqual({ status: 202, said: { id: 't1' } });
		expect(desk.request(asTaskId('t1'))).toEqual({
			arriving: true,
			goal: 'Summarise this text: "eve" opened issue 7 in "a/b", titled "It breaks". "Often."',
			attachments: [{ kind: 'bytes', name: 'payload.json', type: 'application/json', content: Buffer.from(ISSUE) }],
			conversation: 'web-ann',
			origins: ['hook:repo'],
			idempotencyKey: 'hook:repo:d-1',
		});
		expect(await desk.view(ANN, asTaskId('t1'))).toMatchObject({ status: 'planning' });
		expect(outcomes).toEqual(['task']);
	});

	it('that comes again changes nothing', async () => {
		await make({ name: 'repo' });
		await github(ISSUE);
		expect(await github(ISSUE)).toEqual({ status: 200, said: { id: 't1', duplicate: true } });
		await make({ name: 'alerts', kind: 'generic' });
		expect(await generic('{}')).toMatchObject({ status: 202, said: { id: 't2' } });
		expect(await generic('{}')).toEqual({ status: 200, said: { id: 't2', duplicate: true } });
		await clock.advance(1_000);
		expect(await generic('{}')).toMatchObject({ status: 202, said: { id: 't3' } });
		expect(outcomes).toEqual(['task', 'duplicate', 'task', 'duplicate', 'task']);
	});

	it('from GitHub may be a form, or a ping, or nothing the hook takes', async () => {
		await make({ name: 'repo' });
		const form = new URLSearchParams({ payload: ISSUE }).toString();
		const type = { 'content-type': 'application/x-www-form-urlencoded' };
		expect(await github(form, type)).toMatchObject({ status: 202 });
		const [file] = desk.request(asTaskId('t1')).attachments ?? [];
		expect(file).toMatchObject({ content: new TextEncoder().encode(ISSUE) });
		expect(await github('{"zen":"Be."}', { 'x-github-event': 'ping' })).toEqual({ status: 200, said: { pong: true } });
		expect(await github('{}', { 'x-github-event': 'star' })).toMatchObject({
			status: 200,
			said: { ignored: expect.stringContaining('star') as string },
		});
		expect(outcomes).toEqual(['task', 'ping', 'ignored']);
	});

	it('is refused alike whatever is wrong, and nobody is told what', async () => {
		await make({ name: 'repo' });
		await make({ name: 'alerts', kind: 'generic' });
		const refused = { refused: 'unauthorized', message: 'The call was not accepted.' };
		const old = clock.now() / 1_000 - 301;
		const wrong = [
			await github(ISSUE, { 'x-hub-signature-256': `sha256=${hmac(ISSUE, 'wrong')}` }),
			await github(`${ISSUE} `, { 'x-hub-signature-256': `sha256=${hmac(ISSUE)}` }),
			await github(ISSUE, { 'x-hub-signature-256': '' }),
			await call('/hooks/repo', ISSUE, {}),
			await call('/hooks/nobody', ISSUE, { 'x-hub-signature-256': `sha256=${hmac(ISSUE)}` }),
			await call('/hooks/..%2frepo', ISSUE, {}),
			await call(`/hooks/${'x'.repeat(5_000)}`, ISSUE, {}),
			await call('/hooks/alerts', ISSUE, { 'x-hub-signature-256': `sha256=${hmac(ISSUE)}` }),
			await generic('{}', old),
			await generic('{}', clock.now() / 1_000, 'wrong'),
		];
		expect(wrong).toEqual(wrong.map(() => refused));
		expect(outcomes).toEqual(wrong.map(() => 'refused'));
		const reasons = logged.filter(({ event }) => event === 'hook refused').map(({ fields }) => fields['why']);
		expect(reasons).toHaveLength(wrong.length);
		expect(new Set(reasons)).toEqual(new Set(['wrong-signature', 'no-signature', 'unknown-hook', 'old']));
		expect(JSON.stringify(logged)).not.toContain(SECRET);
		expect(await desk.list(ANN, { limit: 10 })).toMatchObject({ tasks: [] });
	});

	it.each([
		['no JSON', 'nonsense'],
		['half of it', '{"a":'],
		['nothing', ''],
		['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
	])('is malformed with %s, once its signature was right', async (_, body) => {
		await make({ name: 'repo' });
		const headers = { 'x-hub-signature-256': `sha256=${hmac(body)}`, 'x-github-event': 'issues' };
		expect(await call('/hooks/repo', body, headers)).toMatchObject({ refused: 'invalid-input' });
		expect(outcomes).toEqual(['malformed']);
	});

	it('survives payloads made to break things', async () => {
		await make({ name: 'repo', goal: 'Look at {{a}} {{b.c.d}} {{__proto__.polluted}} {{list.x}}', filter: {} });
		const deep = (open: string, close: string) => open.repeat(50_000) + close.repeat(50_000);
		const payloads = [
			`{"a":${deep('[', ']')}}`,
			`{"a":${deep('{"a":', '}').replace(/\}+$/, `1${'}'.repeat(50_000)}`)}}`,
			'{"__proto__":{"polluted":"yes"},"a":"x"}',
			'{"a":"\\u0000\\u202e\\ud800 {{b.c.d}} \\u001b[2J","b":{"c":{"d":"@everyone <script>"}}}',
			`{"list":[${'{"x":"y"},'.repeat(50_000)}{}]}`,
			'null',
			'"text"',
		];
		for (const [index, payload] of payloads.entries()) {
			const delivery = { 'x-github-delivery': `d-${index}` };
			expect([202, 'invalid-input']).toContain(
				await github(payload, delivery).then((said) => said.status ?? said.refused),
			);
		}
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
		const { tasks } = await desk.list(ANN, { limit: 20 });
		for (const { goal } of tasks) {
			expect(goal.length).toBeLessThan(2_500);
			expect(goal).toMatch(/^[^\p{C}]*$/u);
		}
		expect(tasks.map(({ goal }) => goal)).toContain(`Look at "{{b.c.d}} [2J" "@everyone <script>"`);
	});

	it('is not taken while the hook is paused, nor after it was deleted', async () => {
		await make({ name: 'repo' });
		await desks.hooks.change(ANN, 'repo', { paused: true });
		expect(await github(ISSUE)).toMatchObject({ refused: 'not-possible' });
		await desks.hooks.change(ANN, 'repo', { paused: false });
		expect(await github(ISSUE)).toMatchObject({ status: 202 });
		await desks.hooks.remove(ANN, 'repo');
		expect(await github(ISSUE)).toMatchObject({ refused: 'unauthorized' });
	});

	it('is not taken while the person of its hook is a guest, who may pause and remove it, and not change it', async () => {
		await desks.hooks.create(BOB, { name: 'repo', kind: 'github', secret: SECRET });
		role = 'guest';
		const guest: Principal = { ...BOB, role };
		expect(await github(ISSUE)).toMatchObject({ refused: 'not-possible', message: expect.stringContaining('guest') });
		expect(await desk.list(BOB, { limit: 10 })).toMatchObject({ tasks: [] });
		const changes = [{ goal: 'More' }, { paused: false }, { paused: true, goal: 'More' }];
		for (const change of changes) {
			await expect(desks.hooks.change(guest, 'repo', change)).rejects.toMatchObject({ code: 'forbidden' });
		}
		await expect(desks.hooks.rotate(guest, 'repo', undefined)).rejects.toMatchObject({ code: 'forbidden' });
		expect(await desks.hooks.change(guest, 'repo', { paused: true })).toMatchObject({ status: 'paused' });
		role = 'member';
		await desks.hooks.change(BOB, 'repo', { paused: false });
		expect(await github(ISSUE)).toMatchObject({ status: 202 });
	});

	it('is good with the old secret for a day after a rotation', async () => {
		await make({ name: 'repo' });
		const { secret } = await desks.hooks.rotate(ANN, 'repo', undefined);
		const signed = (by: string, delivery: string) =>
			github(ISSUE, { 'x-hub-signature-256': `sha256=${hmac(ISSUE, by)}`, 'x-github-delivery': delivery });
		expect([(await signed(secret, '1')).status, (await signed(SECRET, '2')).status]).toEqual([202, 202]);
		await clock.advance(86_400_001);
		expect([(await signed(secret, '3')).status, (await signed(SECRET, '4')).refused]).toEqual([202, 'unauthorized']);
	});
});

describe('setting hooks up', () => {
	it('makes a secret where none is given, and shows it once', async () => {
		const made = await desks.hooks.create(ANN, { name: 'alerts', kind: 'generic' });
		expect(made).toMatchObject({ path: '/hooks/alerts', template: 'generic', conversation: 'web-ann', secrets: 1 });
		expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
		const standard = await desks.hooks.create(ANN, { name: 'standard', kind: 'standard' });
		expect(standard.secret).toMatch(/^whsec_/);
		expect(JSON.stringify(await desks.hooks.list(ANN))).not.toContain(made.secret);
	});

	it.each<[string, HookChange & { secret?: string; kind?: 'standard' }, string]>([
		['a template nobody knows', { template: 'gitlab' }, 'invalid-input'],
		['a template and a goal', { template: 'generic', goal: 'Look' }, 'invalid-input'],
		['an empty goal', { goal: '  ' }, 'invalid-input'],
		['a goal with a broken place', { goal: 'Look at {{a b}}' }, 'invalid-input'],
		['a short secret', { secret: 'short' }, 'invalid-input'],
		['a secret that is no base64', { kind: 'standard', secret: 'whsec_!!' }, 'invalid-input'],
		['somebody else’s conversation', { conversation: 'web-bob' }, 'unknown-conversation'],
	])('refuses %s', async (_, change, code) => {
		await expect(desks.hooks.create(ANN, { name: 'x', kind: 'generic', ...change })).rejects.toMatchObject({ code });
	});

	it('keeps hooks to their person', async () => {
		await make({ name: 'repo' });
		await expect(desks.hooks.create(BOB, { name: 'repo', kind: 'github' })).rejects.toMatchObject({
			code: 'not-possible',
		});
		expect(await desks.hooks.list(BOB)).toEqual([]);
		const tries = [
			desks.hooks.view(BOB, 'repo'),
			desks.hooks.change(BOB, 'repo', { paused: true }),
			desks.hooks.rotate(BOB, 'repo', undefined),
			desks.hooks.remove(BOB, 'repo'),
			desks.hooks.try(BOB, 'repo', { payload: {} }),
		];
		for (const tried of await Promise.allSettled(tries)) {
			expect(tried).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
		}
		const guest = { ...BOB, role: 'guest' } as const;
		await expect(desks.hooks.create(guest, { name: 'y', kind: 'github' })).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('can be tried, and changed until it is right', async () => {
		await make({ name: 'repo', goal: 'Look at {{issue.titel}}' });
		const payload = JSON.parse(ISSUE) as never;
		expect(await desks.hooks.try(ANN, 'repo', { payload })).toEqual({
			kind: 'goal',
			goal: 'Look at',
			missing: ['issue.titel'],
			conversation: 'web-ann',
		});
		await desks.hooks.change(ANN, 'repo', { goal: 'Look at {{issue.title}}', filter: { events: ['issues'] } });
		expect(await desks.hooks.try(ANN, 'repo', { payload, event: 'issues.opened' })).toMatchObject({
			goal: 'Look at "It breaks"',
			missing: [],
		});
		expect(await desks.hooks.try(ANN, 'repo', { payload, event: 'push' })).toMatchObject({ kind: 'ignored' });
		expect(await desk.list(ANN, { limit: 10 })).toMatchObject({ tasks: [] });
	});
});
