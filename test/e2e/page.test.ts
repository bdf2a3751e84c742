import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

const CHROMIUM = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

const plan = (price: number) =>
	`<html><head><title>Plan ${price}</title></head><body><article><h1>Plan ${price}</h1>
	<p>The monthly price is ${price} euro.</p><p>The notice period is 30 days.</p></article></body></html>`;

describe.skipIf(CHROMIUM === undefined)('the page', () => {
	let site: LoopbackSite;
	let errand: ErrandProcess;
	let browser: Browser;
	let page: Page;
	let release: () => void = () => {};
	const problems: string[] = [];

	beforeAll(async () => {
		const released = new Promise<void>((done) => {
			release = done;
		});
		site = await serveSite({
			'/a': { type: 'text/html', body: plan(10) },
			'/b': (_request, response) => {
				void released.then(() => response.writeHead(200, { 'Content-Type': 'text/html' }).end(plan(20)));
			},
		});
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
		browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS });
		page = await browser.newPage();
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await site?.stop();
	});

	it('says how to get in, and lets in with the code of a login link', async () => {
		await page.goto(errand.url);
		await page.getByText('You are not logged in').waitFor();
		const answer = await errand.call('POST', '/v1/login-codes');
		const { url } = (await answer.json()) as { url: string };
		await page.goto(url);
		await page.getByText('What can I do for you?').waitFor();
	});

	it('shows markup in a message as text', async () => {
		await say('Hello <img src=x onerror="document.title=1">');
		await page.getByText('<img src=x').first().waitFor();
		expect(await page.locator('.timeline img').count()).toBe(0);
		expect(await page.title()).toBe('Errand');
	});

	it('shows a refusal beside the message, with the way out', async () => {
		await page.getByRole('textbox', { name: 'Message' }).fill(`${'long '.repeat(21_000)}`);
		await page.getByRole('button', { name: 'Send', exact: true }).click();
		await page.getByText('not sent').waitFor();
		await page.getByRole('button', { name: 'Discard' }).click();
		await expect.poll(() => page.getByText('not sent').count()).toBe(0);
	});

	it('says which question the next message answers, and lets it be something new instead', async () => {
		await say('Compare these phones');
		const answers = page.getByText('Your message answers “Which phones should I compare?');
		await answers.waitFor();
		await page.getByRole('button', { name: 'Start something new instead' }).click();
		await page.getByText('Your message starts something new').waitFor();
		await say('thank you');
		await page.getByText('You are welcome.').waitFor();
		await answers.waitFor();
		await say('/cancel');
		await answers.waitFor({ state: 'hidden' });
	});

	it('lets one choose what a few words beside a running task were meant for', async () => {
		await say(`Summarise ${site.origin}/b`);
		await page.locator('.step-running').first().waitFor();
		await say('in one bullet');
		await page.getByRole('button', { name: 'Change the running task' }).click();
		await page.getByText('Changed. I start over').waitFor();
		await expect.poll(() => page.getByRole('button', { name: 'Change the running task' }).count()).toBe(0);
		await say('stop');
		await expect.poll(() => page.locator('.step-running').count()).toBe(0);
	});

	it('follows a task over a crash of the server, and shows its answer once', async () => {
		await say(`Compare ${site.origin}/a and ${site.origin}/b by price and notice period`);
		await page.locator('.step-done').first().waitFor();
		await page.locator('.step-running').first().waitFor();
		await errand.kill();
		await page.getByText('reconnecting…').waitFor();
		const { dataDir } = errand;
		const port = new URL(errand.url).port;
		errand = await startErrand({ dataDir, env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host, PORT: port } });
		release();
		const answer = page.locator('.answer').filter({ hasText: '10 euro' });
		await answer.waitFor({ timeout: 60_000 });
		await expect.poll(() => page.getByText('reconnecting…').count()).toBe(0);
		await expect.poll(() => answer.locator('table').count()).toBeGreaterThan(0);

		await page.reload();
		await answer.waitFor();
		await expect.poll(() => answer.count()).toBe(1);
		await expect.poll(() => page.locator('.message').filter({ hasText: 'Compare http' }).count()).toBe(1);
	});

	it('plays a task back fact by fact', async () => {
		await page.locator('.task-row').filter({ hasText: 'Compare http' }).click();
		await expect.poll(() => page.title()).toMatch(/^Compare http.* · Errand$/);
		await page.getByRole('tab', { name: 'History' }).click();
		await page.getByLabel(/^Fact \d+ of \d+$/).fill('2');
		await page.locator('.playback-plan .step').first().waitFor();
		await expect.poll(() => page.locator('.playback-plan .step-done').count()).toBe(0);
		await expect.poll(() => page.locator('.fact-row.current').count()).toBe(1);
	});

	it('lets the keyboard pass by the list of places and tasks', async () => {
		await page.reload();
		await page.getByRole('tab', { name: 'Task' }).waitFor();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await expect.poll(() => page.evaluate("document.activeElement?.closest('main') !== null")).toBe(true);
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});

	async function say(text: string): Promise<void> {
		const field = page.getByRole('textbox', { name: 'Message' });
		await field.fill(text);
		await field.press('Enter');
	}
});
