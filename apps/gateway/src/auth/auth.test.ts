import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { TokenBuckets } from '@errand/core/orchestrator/commands/token-buckets.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER } from './authenticator.ts';
import { LoginCodes } from './login-codes.ts';
import { LoginSessions } from './login-sessions.ts';
import { OriginPolicy } from './origin-policy.ts';
import { ownerToken } from './owner-token.ts';

const GUEST = { person: asPersonId('gus'), role: 'guest' } as const;
const LINK = { from: 'server' };
let dir: string;
let warnings: string[];
const log: ILogger = { debug() {}, info() {}, error() {}, warn: (event) => void warnings.push(event) };
beforeEach(async () => {
	warnings = [];
	dir = await mkdtemp(join(tmpdir(), 'errand-auth-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the owner’s token', () => {
	it('is made once, kept readable by its owner alone, and can be configured', async () => {
		const made = ownerToken(dir, undefined);
		expect(made).toMatch(/^[\w-]{43}$/);
		expect(ownerToken(dir, undefined)).toBe(made);
		expect((await stat(join(dir, 'token'))).mode & 0o777).toBe(0o600);
		expect(ownerToken(dir, 'configured')).toBe('configured');
	});

	it('is never the empty text of a broken file', async () => {
		await writeFile(join(dir, 'token'), '\n');
		expect(() => ownerToken(dir, undefined)).toThrow(expect.objectContaining({ code: 'invalid-config' }));
	});
});

describe('logins', () => {
	const open = (clock = new FakeClock()) => LoginSessions.open(join(dir, 'sessions.json'), clock, log);

	it('are on disk as digests, in a file of their owner’s alone', async () => {
		const id = await (await open()).begin(OWNER, LINK);
		const file = await readFile(join(dir, 'sessions.json'), 'utf8');
		expect(file).not.toContain(id);
		expect((await stat(join(dir, 'sessions.json'))).mode & 0o777).toBe(0o600);
		expect((await (await open()).find(id))?.principal).toEqual(OWNER);
	});

	it('are listed with when they were last used, those of an older Errand too', async () => {
		const clock = new FakeClock();
		const id = await (await open(clock)).begin(OWNER, LINK);
		const madeAt = clock.now();
		await clock.advance(1_000_000);
		await (await open(clock)).find(id);
		const again = await open(clock);
		expect(await again.list(OWNER.person)).toMatchObject([{ madeAt, usedAt: clock.now(), origin: LINK }]);
		const [stored] = JSON.parse(await readFile(join(dir, 'sessions.json'), 'utf8'));
		const { usedAt: _, origin: __, ...old } = stored;
		await writeFile(join(dir, 'sessions.json'), JSON.stringify([old]));
		const older = await open(clock);
		expect(await older.list(OWNER.person)).toMatchObject([{ madeAt, usedAt: madeAt }]);
		expect((await older.find(id))?.principal).toEqual(OWNER);
	});

	it('survive each other when they begin at once', async () => {
		const sessions = await open();
		const ids = await Promise.all(Array.from({ length: 20 }, () => sessions.begin(OWNER, LINK)));
		const again = await open();
		expect(await Promise.all(ids.map((id) => again.find(id)))).not.toContain(undefined);
	});

	it('are bounded for each person: whoever logs in without end ends logins of nobody else', async () => {
		const sessions = await open();
		const [owners, first] = [await sessions.begin(OWNER, LINK), await sessions.begin(GUEST, LINK)];
		await Promise.all(Array.from({ length: 50 }, () => sessions.begin(GUEST, LINK)));
		expect(await sessions.find(first)).toBeUndefined();
		expect((await sessions.find(owners))?.principal).toEqual(OWNER);
		expect(JSON.parse(await readFile(join(dir, 'sessions.json'), 'utf8'))).toHaveLength(51);
	});

	it('begin anew when the file is damaged', async () => {
		await writeFile(join(dir, 'sessions.json'), '{"torn":');
		const sessions = await open();
		expect(warnings).toHaveLength(1);
		expect((await sessions.find(await sessions.begin(OWNER, LINK)))?.principal).toEqual(OWNER);
	});

	it('are not acknowledged when they cannot be written', async () => {
		const sessions = await open();
		await rm(dir, { recursive: true });
		await writeFile(dir, 'a file where the folder was');
		await expect(sessions.begin(OWNER, LINK)).rejects.toThrow();
	});
});

describe('login codes', () => {
	it('are bounded for each person: whoever asks for them without end voids those of nobody else', async () => {
		const codes = new LoginCodes(new FakeClock());
		const [owners, first] = [codes.issue(OWNER, LINK), codes.issue(GUEST, LINK)];
		for (let n = 0; n < 20; n++) codes.issue(GUEST, LINK);
		expect(await codes.redeem(first.code)).toBeUndefined();
		expect(await codes.redeem(owners.code)).toEqual({ principal: OWNER, origin: LINK });
	});
});

describe('token buckets', () => {
	it('let a burst pass, then the steady rate', () => {
		let now = 0;
		const buckets = new TokenBuckets({ burst: 3, perSecond: 2, now: () => now });
		expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 500]);
		expect(buckets.take('b')).toBe(0);
		now = 499;
		expect(buckets.take('a')).toBeGreaterThan(0);
		now = 500;
		expect([buckets.waitMs('a'), buckets.take('a'), buckets.waitMs('a')]).toEqual([0, 0, 500]);
	});

	it('forget the oldest key rather than grow, and bear a clock that goes back', () => {
		let now = 1_000;
		const buckets = new TokenBuckets({ burst: 1, perSecond: 1, now: () => now, maxKeys: 2 });
		for (const key of ['a', 'b', 'c']) buckets.take(key);
		now = 0;
		expect([buckets.take('c') > 0, buckets.take('a')]).toEqual([true, 0]);
	});
});

describe('a server bound to every address', () => {
	const policy = new OriginPolicy(() => ({ host: '0.0.0.0', port: 3000 }), undefined);
	const passes = (host: string) => {
		try {
			policy.check({ host });
			return true;
		} catch {
			return false;
		}
	};

	it('answers to literal addresses, which rebinding cannot use, and to no name but localhost', () => {
		for (const host of ['192.168.1.7:3000', '[fe80::1]:3000', 'localhost:3000'])
			expect([host, passes(host)]).toEqual([host, true]);
		for (const host of [
			'192.168.1.7',
			'192.168.1.7:80',
			'my-server:3000',
			'1.2.3.4.evil.example:3000',
			'999.1.1.1:3000',
		]) {
			expect([host, passes(host)]).toEqual([host, false]);
		}
		expect(policy.address()).toBe('http://127.0.0.1:3000');
	});
});
