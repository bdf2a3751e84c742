import { randomBytes } from 'node:crypto';
import { InProcessShortMemory } from '@errand/core/adapters/in-process/in-process-short-memory.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { newPersonId, newToken } from '@errand/core/orchestrator/people/people-secrets.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { MemoryVault } from '@errand/core/testing/memory-vault.ts';
import { describe, expect, it } from 'vitest';
import { LOGIN_LIFETIME_MS } from './logins.ts';
import { SharedLogins } from './shared-logins.ts';
import { SignedCodes } from './signed-codes.ts';

const ann = { person: asPersonId('ann'), role: 'member' } as const;
const anna = { person: asPersonId('anna'), role: 'member' } as const;
const CHAT = { from: 'telegram' };

describe('logins of several gateways', () => {
	const open = () => {
		const [vault, clock] = [new MemoryVault(), new FakeClock()];
		return { vault, clock, one: new SharedLogins(vault, clock), two: new SharedLogins(vault, clock) };
	};

	it('are known to each of them until they end at any', async () => {
		const { one, two } = open();
		const id = await one.begin(ann, CHAT);
		const found = await two.find(id);
		expect(found?.principal).toEqual(ann);
		await two.end(found?.login ?? '');
		expect(await one.find(id)).toBeUndefined();
		expect(await one.find(`${id}x`)).toBeUndefined();
	});

	it('end all at once, those of nobody else among them', async () => {
		const { one, two } = open();
		const [first, second, other] = [
			await one.begin(ann, CHAT),
			await two.begin(ann, CHAT),
			await one.begin(anna, CHAT),
		];
		expect(await two.endAllOf(ann.person)).toHaveLength(2);
		expect([await one.find(first), await one.find(second)]).toEqual([undefined, undefined]);
		expect((await two.find(other))?.principal).toEqual(anna);
	});

	it('are listed with where they came from and when they were last used, and leave nothing of it when they end', async () => {
		const { vault, clock, one, two } = open();
		const id = await one.begin(ann, { from: 'token', token: 't1' });
		const madeAt = clock.now();
		await clock.advance(1_000_000);
		const login = (await two.find(id))?.login ?? '';
		const [listed] = await one.list(ann.person);
		expect(listed).toMatchObject({ madeAt, usedAt: madeAt + 1_000_000, origin: { from: 'token', token: 't1' } });
		expect(two.named(ann.person, listed?.id ?? '')).toBe(login);
		await two.end(login);
		expect([await one.list(ann.person), vault.names]).toEqual([[], ['ann/login/list']]);
	});

	it('leave nothing behind that has run out, and no more than a hundred for one person', async () => {
		const { vault, clock, one } = open();
		const old = await one.begin(ann, CHAT);
		await clock.advance(LOGIN_LIFETIME_MS);
		expect(await one.find(old)).toBeUndefined();
		const first = await one.begin(ann, CHAT);
		expect(vault.names).toHaveLength(2);
		for (let more = 0; more < 100; more++) await one.begin(ann, CHAT);
		expect(vault.names).toHaveLength(101);
		expect(await one.find(first)).toBeUndefined();
	});
});

describe('codes of several gateways', () => {
	const open = () => {
		const [key, clock] = [randomBytes(32), new FakeClock()];
		const used = new InProcessShortMemory(() => clock.now());
		return { clock, one: new SignedCodes(key, used, clock), two: new SignedCodes(key, used, clock), used };
	};

	it('log in once, whoever redeems them at the same moment', async () => {
		const { one, two } = open();
		const { code } = one.issue(ann, CHAT);
		const redeemed = await Promise.all([one.redeem(code), two.redeem(code), two.redeem(code)]);
		expect(redeemed.filter((issued) => issued !== undefined)).toEqual([{ principal: ann, origin: CHAT }]);
	});

	it('are no longer than what is taken for one', () => {
		const { one } = open();
		const member = { person: newPersonId(), role: 'member' } as const;
		expect(one.issue(member, CHAT).code.length).toBeLessThan(150);
		expect(one.issue(member, { from: 'token', token: newToken().id }).code.length).toBeLessThan(200);
	});

	it('are void at every gateway once somebody logs out everywhere, those of later are not', async () => {
		const { clock, one, two } = open();
		const [{ code }, others] = [one.issue(ann, CHAT), one.issue(anna, CHAT)];
		await two.voidAllOf(ann.person);
		expect(await one.redeem(code)).toBeUndefined();
		await clock.advance(1);
		const later = one.issue(ann, CHAT);
		expect([await two.redeem(later.code), await two.redeem(others.code)]).toMatchObject([
			{ principal: ann },
			{ principal: anna },
		]);
	});

	it('are worth nothing when they are old, changed, or signed by somebody else', async () => {
		const { clock, one, two, used } = open();
		const { code } = one.issue(ann, CHAT);
		const [claim = '', mac = ''] = code.split('.');
		const forged = Buffer.from(Buffer.from(claim, 'base64url').toString().replace('member', 'owner')).toString(
			'base64url',
		);
		expect(await two.redeem(`${forged}.${mac}`)).toBeUndefined();
		expect(await two.redeem(claim)).toBeUndefined();
		expect(await two.redeem(new SignedCodes(randomBytes(32), used, clock).issue(ann, CHAT).code)).toBeUndefined();
		await clock.advance(600_000);
		expect(await two.redeem(code)).toBeUndefined();
	});
});
