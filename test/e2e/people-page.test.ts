import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import type { PlatformDriver, PlatformPerson } from '../support/contract/platform-driver.ts';
import { openSms } from '../support/twilio/driver.ts';

const CHROMIUM = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const CODE = /[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}/;

describe.skipIf(CHROMIUM === undefined)('people on the page', () => {
	let sms: PlatformDriver;
	let errand: ErrandProcess;
	let browser: Browser;
	let page: Page;
	let carla: PlatformPerson;
	/** The owner's own. */
	let phone: PlatformPerson;
	const problems: string[] = [];

	beforeAll(async () => {
		sms = await openSms();
		errand = await startErrand({ env: { ...sms.env } });
		await sms.attach(errand.url);
		carla = sms.person();
		phone = sms.person();
		browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS });
		page = await browser.newPage();
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		const answer = await errand.call('POST', '/v1/login-codes');
		const { url } = (await answer.json()) as { url: string };
		// The link leads to the public address.
		await page.goto(`${errand.url}/login${new URL(url).hash}`);
		await page.getByText('What can I do for you?').waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await sms?.stop();
	});

	it('shows a stranger with the code that they were told, and lets them in', async () => {
		await carla.say('Hello, it is Carla');
		const code = CODE.exec(await lastText(carla, CODE))?.[0] ?? '';
		await page.getByRole('link', { name: 'People & accounts' }).click();
		const waiting = page.getByRole('region', { name: 'Waiting to be let in' });
		await waiting.getByText(code).waitFor();
		await waiting.getByRole('button', { name: /^Let .* in as guest$/ }).click();
		await page.getByText(/^Let .* in as guest\.$/).waitFor();
		await waiting.waitFor({ state: 'detached' });
		await page.getByRole('region', { name: 'Everybody else' }).getByText(carla.identity.slice(4)).first().waitFor();
		await carla.say('/tasks');
		await lastText(carla, /no tasks|none|not .* any/i);
	});

	it('changes somebody’s role only when told to', async () => {
		const others = page.getByRole('region', { name: 'Everybody else' });
		await others.getByLabel(/^Role of /).selectOption('member');
		expect(await roles()).toEqual(['owner', 'guest']);
		await others.getByRole('button', { name: /^Make .* member$/ }).click();
		await others.locator('.badge').getByText('member').waitFor();
		await expect.poll(roles).toEqual(['owner', 'member']);
	});

	it('links a phone by a code that counts down', async () => {
		await page.getByRole('button', { name: 'Link another account' }).click();
		const link = page.getByRole('region', { name: 'Link another account' });
		const write = (await link.getByText(/^LINK /).textContent()) ?? '';
		expect(write).toMatch(new RegExp(`^LINK ${CODE.source}$`));
		expect(await link.getByRole('timer').textContent()).toMatch(/^(?:10:00|9:\d\d)$/);
		await phone.say(write);
		await account().waitFor();
		await link.waitFor({ state: 'detached' });
	});

	it('shows what was said on the phone, and what did not arrive there', async () => {
		sms.misbehave('refused', 5);
		await phone.say('Compare https://one.invalid/ and https://two.invalid/');
		await page.getByRole('link', { name: 'Conversations elsewhere' }).click();
		const row = page.getByRole('listitem').filter({ hasText: phone.identity.slice(4) });
		await row.getByText(/\d undelivered/).waitFor({ timeout: 45_000 });
		await row.getByRole('link').click();
		await page.getByText('Compare https://one.invalid/').first().waitFor();
		await page.locator('.undelivered').getByText('Permission to send to this region is not enabled').waitFor();
	});

	it('takes a phone off somebody only after asking', async () => {
		await page.getByRole('link', { name: 'People & accounts' }).click();
		await account()
			.getByRole('button', { name: /^Revoke SMS/ })
			.click();
		await account().getByRole('button', { name: 'Keep' }).press('Escape');
		await account()
			.getByRole('button', { name: /^Revoke SMS/ })
			.press('Enter');
		await account().getByRole('button', { name: 'Revoke', exact: true }).click();
		await account().waitFor({ state: 'detached' });
		await phone.say('Who am I?');
		await lastText(phone, /do not know you/);
	});

	it('shows a new token once, and locks out what uses it when it is revoked', async () => {
		await page.getByLabel('What is it for?').fill('a script');
		await page.getByRole('button', { name: 'Make a token' }).click();
		const token = await page.getByLabel('Token', { exact: true }).inputValue();
		expect(await statusWith(token)).toBe(200);
		await page.getByRole('button', { name: 'I have it' }).click();
		await page.reload();
		const listed = page
			.getByRole('list', { name: 'Your tokens' })
			.getByRole('listitem')
			.filter({ hasText: 'a script' });
		await listed.waitFor();
		expect(await page.content()).not.toContain(token);
		await listed.getByRole('button', { name: 'Revoke the token a script' }).click();
		await listed.getByRole('button', { name: 'Revoke', exact: true }).click();
		await listed.waitFor({ state: 'detached' });
		expect(await statusWith(token)).toBe(401);
	});

	it('keeps quiet hours over a reload, and ends them', async () => {
		const check = page.getByLabel(/^Quiet hours/);
		await check.check();
		const zone = page.getByLabel('time zone', { exact: true });
		await zone.fill('Nowhere/Else');
		await page.getByText('Choose a time zone').waitFor();
		await zone.fill('Europe/Berlin');
		await page.getByLabel(/^Your time zone/).fill('Asia/Tokyo');
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved where you are told.').waitFor();
		await page.reload();
		await expect.poll(() => check.isChecked()).toBe(true);
		await expect.poll(() => zone.inputValue()).toBe('Europe/Berlin');
		await expect.poll(() => page.getByLabel(/^Your time zone/).inputValue()).toBe('Asia/Tokyo');
		await page.getByLabel(/^Your time zone/).fill('');
		await check.uncheck();
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved where you are told.').waitFor();
		await expect.poll(async () => (await me()).preferences).toEqual({ notify: {} });
	});

	it('shows how each frontend is, and how to set up those that are not there', async () => {
		await page.getByRole('link', { name: 'Frontends', exact: true }).click();
		const there = page.getByRole('region', { name: 'Set up', exact: true });
		await there.getByRole('listitem').filter({ hasText: 'SMS' }).getByText('ready').waitFor();
		await there.getByRole('listitem').filter({ hasText: 'Web page' }).getByText('ready').waitFor();
		const missing = page.getByRole('region', { name: 'Not set up yet' });
		await expect
			.poll(() => missing.getByText(/^npm run/).allInnerTexts())
			.toEqual(['npm run setup-frontend discord', 'npm run setup-frontend telegram']);
	});

	it('forgets somebody only after asking', async () => {
		await page.getByRole('link', { name: 'People & accounts' }).click();
		const others = page.getByRole('region', { name: 'Everybody else' });
		await others.getByRole('button', { name: /^Forget / }).click();
		await others.getByRole('button', { name: 'Keep' }).click();
		expect(await roles()).toEqual(['owner', 'member']);
		await others.getByRole('button', { name: /^Forget / }).click();
		await others.getByRole('button', { name: 'Forget for good' }).click();
		await others.getByText('Nobody yet.').waitFor();
		await expect.poll(roles).toEqual(['owner']);
	});

	it('shows where one is logged in, ends one login, and logs out everywhere', async () => {
		const elsewhere = await browser.newContext();
		const other = await elsewhere.newPage();
		const { url } = (await (await errand.call('POST', '/v1/login-codes')).json()) as { url: string };
		await other.goto(`${errand.url}/login${new URL(url).hash}`);
		await other.getByRole('link', { name: 'People & accounts' }).waitFor();
		await page.getByRole('link', { name: 'People & accounts' }).click();
		await page.reload();
		const logins = page.getByRole('list', { name: 'Your logins' }).getByRole('listitem');
		await logins.filter({ hasText: 'This browser' }).waitFor();
		const theirs = logins.filter({ hasText: 'last used' });
		await theirs.getByRole('button', { name: /^End the login/ }).click();
		await theirs.getByRole('button', { name: 'End it' }).click();
		await theirs.waitFor({ state: 'detached' });
		// Its connection was closed, and it is let in no more.
		await other.locator('main.login').waitFor();
		await elsewhere.close();
		await page.getByRole('button', { name: 'Log out everywhere' }).click();
		await page.getByRole('button', { name: 'Log out everywhere' }).click();
		await page.locator('main.login').waitFor();
		const left = await errand.call('GET', '/v1/people/me/logins');
		expect(await left.json()).toEqual({ logins: [] });
	});

	it('logs out by a word in a chat, links that nobody followed yet too', async () => {
		const codeOf = async () => {
			const answer = await errand.call('POST', '/v1/login-codes');
			return ((await answer.json()) as { code: string }).code;
		};
		const follow = (code: string) =>
			fetch(`${errand.url}/login`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify({ code }),
			});
		const [used, unused] = [await codeOf(), await codeOf()];
		const cookie = ((await follow(used)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
		const status = async () => (await fetch(`${errand.url}/v1/people/me`, { headers: { cookie } })).status;
		expect(await status()).toBe(200);
		const said = await errand.call('POST', '/v1/conversations/web-owner/messages', {
			text: '/logout',
			clientId: 'out',
		});
		expect(said.status).toBe(202);
		await expect.poll(status).toBe(401);
		expect((await follow(unused)).status).toBe(401);
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});

	function account() {
		const accounts = page.getByRole('list', { name: 'Your accounts' }).getByRole('listitem');
		return accounts.filter({ hasText: phone.identity.slice(4) });
	}

	async function lastText(person: PlatformPerson, fits: RegExp): Promise<string> {
		let text = '';
		await expect
			.poll(() => {
				text = person.sees().at(-1)?.text ?? '';
				return text;
			})
			.toMatch(fits);
		return text;
	}

	async function me() {
		const answer = await errand.call('GET', '/v1/people/me');
		return (await answer.json()) as { readonly preferences: unknown };
	}

	async function roles(): Promise<readonly string[]> {
		const answer = await errand.call('GET', '/v1/people');
		return ((await answer.json()) as { people: { role: string }[] }).people.map(({ role }) => role);
	}

	async function statusWith(token: string): Promise<number> {
		return (await fetch(`${errand.url}/v1/tasks`, { headers: { authorization: `Bearer ${token}` } })).status;
	}
});
