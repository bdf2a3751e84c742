import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import { asPersonId, PEOPLE_STREAM, type PersonId } from '../../domain/ids.ts';
import { PEOPLE_EVOLVE_VERSION } from '../../domain/person/evolve-people.ts';
import type { ILogger } from '../../ports/logger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Principal } from '../desks/desk.ts';
import { PeopleDesk } from './people-desk.ts';

const OWNER: Principal = { person: asPersonId('owner'), role: 'owner' };
const log: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

let dir: string;
let store: SqliteStore;
let desk: PeopleDesk;
let clock: FakeClock;
let forgotten: PersonId[];
let forgetEverything: (person: PersonId) => Promise<number>;

const signer = newHistorySigner();
const openDesk = () => {
	store = openSqliteStore({ path: join(dir, 'history.db'), signer });
	return new PeopleDesk({
		...store,
		store: store.events,
		bus: new InProcessEventBus(log),
		homes: { alone: true },
		log,
		clock,
		owners: ['discord:1', 'telegram:1'],
		forgetEverything: (person) => forgetEverything(person),
	});
};
const restart = () => {
	store.close();
	desk = openDesk();
};
beforeEach(async () => {
	dir = await mkdtemp(join(tmpdir(), 'errand-people-'));
	clock = new FakeClock();
	forgotten = [];
	forgetEverything = async (person) => {
		forgotten.push(person);
		return 4;
	};
	desk = openDesk();
});
afterEach(async () => {
	store.close();
	await rm(dir, { recursive: true, force: true });
});

/** Somebody who was let in with this account. */
async function letIn(identity: string, role: 'member' | 'guest' = 'member'): Promise<Principal> {
	const { code } = await desk.requestPairing(identity, `Name of ${identity}`);
	const { id } = await desk.pair(OWNER, code, role);
	return { person: id, role };
}
const codeOf = (error: unknown) => (error as { code?: string }).code;
const refusal = (attempt: Promise<unknown>) => attempt.then(() => 'done', codeOf);

describe('who somebody is', () => {
	it('is the owner by configuration, and otherwise nobody until they were let in', async () => {
		expect(await desk.whoIs('discord:1')).toEqual(OWNER);
		expect(await desk.whoIs('web:owner')).toEqual(OWNER);
		for (const stranger of [
			'discord:2',
			'web:discord',
			'web:',
			'',
			'owner',
			'__proto__',
			'web:__proto__',
			'api:toString',
		])
			expect([stranger, await desk.whoIs(stranger)]).toEqual([stranger, undefined]);
		const ann = await letIn('telegram:2');
		restart();
		expect(await desk.whoIs('telegram:2')).toEqual(ann);
		expect(await desk.whoIs(`web:${ann.person}`)).toEqual(ann);
	});

	it('is told without reading history again', async () => {
		await letIn('telegram:2');
		const read = vi.spyOn(store.events, 'read');
		for (let n = 0; n < 1_000; n++) await desk.whoIs('telegram:2');
		expect(read).not.toHaveBeenCalled();
	});
});

describe('pairing', () => {
	it('shows one code to a stranger and to the owner, and to nobody else', async () => {
		const first = await desk.requestPairing('telegram:2', 'Ann');
		expect(first.code).toMatch(/^[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}$/);
		expect(await desk.requestPairing('telegram:2', 'Ann')).toEqual(first);
		expect(await desk.pairings(OWNER)).toEqual([first]);
		const ann = await letIn('telegram:3');
		expect(await refusal(desk.pairings(ann))).toBe('forbidden');
		expect(await refusal(desk.pair(ann, first.code, 'guest'))).toBe('forbidden');
		await clock.advance(24 * 3_600_000);
		expect(await desk.pairings(OWNER)).toEqual([]);
	});

	it('lets one of two owners who answer at once decide', async () => {
		const { code } = await desk.requestPairing('telegram:2', undefined);
		const outcomes = await Promise.all([
			refusal(desk.pair(OWNER, code, 'member')),
			refusal(desk.pair(OWNER, code, 'guest')),
		]);
		expect(outcomes).toEqual(['done', 'not-found']);
		expect(await desk.whoIs('telegram:2')).toMatchObject({ role: 'member' });
	});

	it('stays closed to whoever was refused, over a restart too', async () => {
		const { code } = await desk.requestPairing('telegram:2', undefined);
		await desk.refuse(OWNER, code.toLowerCase());
		restart();
		expect(await refusal(desk.requestPairing('telegram:2', undefined))).toBe('unpaired');
		expect(await desk.pairings(OWNER)).toEqual([]);
		await desk.pair(OWNER, 'telegram:2', 'guest');
		expect(await desk.whoIs('telegram:2')).toMatchObject({ role: 'guest' });
	});
});

describe('linking', () => {
	it('gives the owner more accounts by code, and keeps no code in history', async () => {
		const { code, expiresAt } = await desk.issueLinkCode(OWNER);
		expect(expiresAt).toBe(clock.now() + 600_000);
		const view = await desk.link('sms:+15551230001', ` ${code.replace('-', ' ').toLowerCase()}`, 'Phone');
		expect(view.identities).toEqual([
			{ identity: 'discord:1' },
			{ identity: 'telegram:1' },
			{ identity: 'sms:+15551230001', name: 'Phone', linkedAt: clock.now() },
		]);
		expect(await refusal(desk.link('sms:+2', code, undefined))).toBe('invalid-input');
		const facts = JSON.stringify(await store.events.read(PEOPLE_STREAM, 0));
		expect(facts).not.toContain(code.replace('-', ''));
	});

	it('works once when two accounts use a code at once', async () => {
		const { code } = await desk.issueLinkCode(OWNER);
		const outcomes = await Promise.all(
			['sms:+1', 'sms:+2', 'sms:+3'].map((one) => refusal(desk.link(one, code, undefined))),
		);
		expect(outcomes).toEqual(['done', 'invalid-input', 'invalid-input']);
	});

	it('listens to five wrong codes an hour from an account, also when they come at once, and to the right one of another', async () => {
		const { code } = await desk.issueLinkCode(OWNER);
		const wrong = code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
		const outcomes = await Promise.all(Array.from({ length: 8 }, () => refusal(desk.link('sms:+1', wrong, undefined))));
		expect(outcomes.filter((one) => one === 'invalid-input')).toHaveLength(5);
		expect(outcomes.filter((one) => one === 'rate-limited')).toHaveLength(3);
		expect(await refusal(desk.link('sms:+1', code, undefined))).toBe('rate-limited');
		expect(await refusal(desk.link('sms:+2', code, undefined))).toBe('done');
		await clock.advance(3_600_000);
		const next = await desk.issueLinkCode(OWNER);
		expect(await refusal(desk.link('sms:+1', next.code, undefined))).toBe('done');
	});

	it('counts no words that are no code', async () => {
		for (let n = 0; n < 20; n++)
			expect(await refusal(desk.link('sms:+1', 'hello there', undefined))).toBe('invalid-input');
		expect(await refusal(desk.link('sms:+1', (await desk.issueLinkCode(OWNER)).code, undefined))).toBe('done');
	});

	it('leaves alone what the configuration says', async () => {
		const ann = await letIn('telegram:2');
		const { code } = await desk.issueLinkCode(ann);
		expect(await refusal(desk.link('discord:1', code, undefined))).toBe('not-possible');
		expect(await refusal(desk.link('web:owner', code, undefined))).toBe('not-possible');
		expect(await refusal(desk.pair(OWNER, 'telegram:1', 'guest'))).toBe('not-possible');
		expect(await refusal(desk.unlink(OWNER, 'discord:1'))).toBe('not-possible');
		expect(await refusal(desk.unlink(ann, 'discord:1'))).toBe('not-possible');
	});

	it('is undone by oneself or the owner', async () => {
		const [ann, bob] = [await letIn('telegram:2'), await letIn('telegram:3')];
		expect(await refusal(desk.unlink(bob, 'telegram:2'))).toBe('not-found');
		expect((await desk.unlink(ann, 'telegram:2')).identities).toEqual([]);
		expect((await desk.unlink(OWNER, 'telegram:3')).id).toBe(bob.person);
		expect(await desk.whoIs('telegram:2')).toBeUndefined();
		expect(await desk.whoIs(`web:${ann.person}`)).toEqual(ann);
	});
});

describe('tokens', () => {
	it('let their person in until they are revoked, and stand nowhere in history', async () => {
		const ann = await letIn('telegram:2');
		const { id, token } = await desk.issueToken(ann, 'laptop');
		restart();
		expect(await desk.byToken(token)).toEqual({ principal: ann, token: id });
		expect(await desk.byToken(`${token}x`)).toBeUndefined();
		expect((await desk.view(ann.person))?.tokens).toEqual([{ id, name: 'laptop', createdAt: clock.now() }]);
		expect(JSON.stringify(await store.events.read(PEOPLE_STREAM, 0))).not.toContain(token);
		await desk.revokeToken(ann, id);
		expect(await desk.byToken(token)).toBeUndefined();
	});
});

describe('preferences', () => {
	it('name only places where somebody can be reached', async () => {
		const ann = await letIn('telegram:2');
		expect(await refusal(desk.setPreferences(ann, { notify: { questions: 'sms' } }))).toBe('not-possible');
		await desk.setPreferences(ann, { notify: { questions: 'telegram', answers: 'web' } });
		await desk.setPreferences(ann, { quiet: { from: '22:00', to: '07:00', timeZone: 'UTC' } });
		expect((await desk.view(ann.person))?.preferences).toEqual({
			notify: { questions: 'telegram', answers: 'web' },
			quiet: { from: '22:00', to: '07:00', timeZone: 'UTC' },
		});
		expect(await refusal(desk.setPreferences(OWNER, { notify: { answers: 'discord' } }))).toBe('done');
		await desk.unlink(ann, 'telegram:2');
		expect((await desk.view(ann.person))?.preferences.notify).toEqual({ answers: 'web' });
	});
});

describe('a view of people', () => {
	it('is everybody for the owner, and for others only themselves, by their role of this moment', async () => {
		const [ann, bob] = [await letIn('telegram:2'), await letIn('telegram:3')];
		expect((await desk.list(OWNER)).map(({ id }) => id)).toEqual(['owner', ann.person, bob.person]);
		expect((await desk.list(ann)).map(({ id }) => id)).toEqual([ann.person]);
		await desk.setRole(OWNER, ann.person, 'owner');
		expect(await desk.list(ann)).toHaveLength(3);
		await desk.setRole(OWNER, ann.person, 'guest');
		expect(await desk.list({ ...ann, role: 'owner' })).toHaveLength(1);
	});
});

describe('forgetting', () => {
	it('blanks what the directory knew, leaves everybody else, and the chain still verifies', async () => {
		const ann = await letIn('telegram:2222');
		const bob = await letIn('telegram:3333');
		const { token } = await desk.issueToken(ann, 'secret laptop');
		await desk.link('sms:+15559999', (await desk.issueLinkCode(ann)).code, 'Secret phone');
		const bobsView = await desk.view(bob.person);
		expect(await refusal(desk.forget(bob, ann.person))).toBe('forbidden');
		expect(await desk.forget(ann, ann.person)).toEqual({ streams: 4 });
		expect(forgotten).toEqual([ann.person]);
		for (const identity of ['telegram:2222', 'sms:+15559999', `web:${ann.person}`])
			expect(await desk.whoIs(identity)).toBeUndefined();
		expect(await desk.byToken(token)).toBeUndefined();
		expect(await desk.view(bob.person)).toEqual(bobsView);
		restart();
		expect(await desk.view(bob.person)).toEqual(bobsView);
		const facts = JSON.stringify(await store.events.read(PEOPLE_STREAM, 0));
		for (const secret of ['2222', '9999', 'ecret']) expect(facts).not.toContain(secret);
		expect(await store.audit.verify()).toMatchObject({ ok: true });
		store.close();
		const bytes = await readFile(join(dir, 'history.db'), 'latin1');
		expect(bytes).not.toContain('telegram:2222');
		expect(bytes).toContain('telegram:3333');
		desk = openDesk();
		expect(await refusal(desk.forget(OWNER, ann.person))).toBe('not-found');
		expect((await desk.requestPairing('telegram:2222', undefined)).code).toBeTruthy();
	});

	it('leaves nothing in a snapshot, and nothing hangs on one', async () => {
		const data = { person: 'owner', digest: 'x', expiresAt: clock.now() };
		const facts = Array.from({ length: 500 }, () => ({ type: 'LinkCodeIssued', v: 1, data }));
		await store.events.append({ stream: PEOPLE_STREAM, expectedSeq: 0, facts, at: clock.now() });
		const ann = await letIn('telegram:2222');
		const bob = await letIn('telegram:3333');
		restart();
		expect(await desk.whoIs('telegram:2222')).toEqual(ann);
		expect(await store.snapshots.load(PEOPLE_STREAM, PEOPLE_EVOLVE_VERSION)).toBeDefined();
		await desk.forget(OWNER, ann.person);
		expect(await store.snapshots.load(PEOPLE_STREAM, PEOPLE_EVOLVE_VERSION)).toBeUndefined();
		restart();
		expect([await desk.whoIs('telegram:2222'), await desk.whoIs('telegram:3333')]).toEqual([undefined, bob]);
	});

	it('goes on after a stop that cut it short, and lets nobody in meanwhile', async () => {
		const ann = await letIn('telegram:2222');
		forgetEverything = () => Promise.reject(new Error('the disk is full'));
		await expect(desk.forget(OWNER, ann.person)).rejects.toThrow('disk');
		expect(await desk.whoIs('telegram:2222')).toBeUndefined();
		forgetEverything = async (person) => forgotten.push(person);
		restart();
		await desk.resume();
		expect(forgotten).toEqual([ann.person]);
		expect(JSON.stringify(await store.events.read(PEOPLE_STREAM, 0))).not.toContain('2222');
		await desk.resume();
		expect(forgotten).toHaveLength(1);
	});

	it('leaves the owner, without accounts beyond the configured ones', async () => {
		await desk.link('sms:+1', (await desk.issueLinkCode(OWNER)).code, undefined);
		expect(await desk.forget(OWNER, OWNER.person)).toEqual({ streams: 4 });
		expect(await desk.view(OWNER.person)).toMatchObject({
			role: 'owner',
			identities: [{ identity: 'discord:1' }, { identity: 'telegram:1' }],
		});
		expect(await desk.whoIs('sms:+1')).toBeUndefined();
	});

	it('is told to whoever holds connections open, as are other roles and revoked tokens', async () => {
		const ann = await letIn('telegram:2');
		const changed: PersonId[] = [];
		const stop = desk.onChange((person) => changed.push(person));
		await desk.setRole(OWNER, ann.person, 'guest');
		await desk.setRole(OWNER, ann.person, 'guest');
		await desk.revokeToken(OWNER, (await desk.issueToken(ann, 'x')).id);
		await desk.forget(ann, ann.person);
		stop();
		await desk.forget(OWNER, OWNER.person);
		expect(changed).toEqual([ann.person, ann.person, ann.person]);
	});
});
