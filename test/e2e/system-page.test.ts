import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from '../harness/browser.ts';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const entry = join(import.meta.dirname, '../harness/test-gateway.ts');

describe.skipIf(browserPath === undefined)('the system on the page', () => {
	let errand: ErrandProcess;
	let browser: Browser;
	let page: Page;
	let broken: string;
	let long: string;
	const problems: string[] = [];

	beforeAll(async () => {
		errand = await startErrand({ entry });
		browser = await chromium.launch({ executablePath: browserPath ?? '', args: FLAGS });
		page = await browser.newPage();
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		const wait = { ...step('long', 'test.wait'), input: { ms: 600_000 }, timeoutMs: 3_600_000 };
		long = await errand.submit({ goal: 'Wait', plan: [wait] });
		const unreadable = { ...step('read', 'web.read'), title: 'Read the page', input: { url: 'http://127.0.0.1:9/' } };
		broken = await errand.submit({
			goal: 'Read what nobody may read',
			plan: [unreadable, { ...unreadable, id: 'again', title: 'Read it again', essential: false }],
		});
		expect((await errand.settled(broken)).status).toBe('failed');
		const answer = await errand.call('POST', '/v1/login-codes');
		const { url } = (await answer.json()) as { url: string };
		await page.goto(`${errand.url}/login${new URL(url).hash}`);
		await page.getByText('What can I do for you?').waitFor();
		await page.getByRole('link', { name: 'System' }).click();
	});
	afterAll(async () => {
		await browser?.close();
		// A server waits a while for what still runs.
		await errand?.call('POST', `/v1/tasks/${long}/cancel`);
		await errand?.dispose();
	});

	it('shows who does the work, what runs there and what waits', async () => {
		const workers = page.getByRole('region', { name: 'Workers' });
		await workers.getByText('busy, 1 step').waitFor();
		await workers
			.getByRole('list', { name: /^Steps running/ })
			.getByText('test.wait')
			.waitFor();
		const row = page.getByRole('region', { name: 'Queues' }).getByRole('row', { name: /^test\.wait/ });
		await expect.poll(() => row.getByRole('cell').allInnerTexts()).toEqual(['0', '1', '–']);
	});

	// Workers of a cluster do.
	it.skipIf(CLUSTER_MODE)('says so where a worker takes no orders', async () => {
		const workers = page.getByRole('region', { name: 'Workers' });
		await workers.getByRole('button', { name: /^Pause/ }).click();
		await workers.getByText('it is part of the server').waitFor();
		await workers.getByRole('button', { name: /^Drain/ }).click();
		await workers.getByRole('button', { name: 'Keep' }).click();
	});

	it('looks into a step that gave up, and runs it again', async () => {
		const letters = page.getByRole('region', { name: 'Steps that gave up' });
		await letters.getByRole('button', { name: 'Inspect Read the page' }).click();
		const about = letters.getByRole('region', { name: 'About Read the page' });
		await about.getByText('Read what nobody may read').waitFor();
		await about.getByText('{"url":"http://127.0.0.1:9/"').waitFor();
		const before = (await errand.facts(broken)).length;
		await letters.getByRole('button', { name: 'Replay Read the page' }).click();
		await page.getByText('Read the page runs again.').waitFor();
		await expect.poll(async () => (await errand.facts(broken)).length).toBeGreaterThan(before);
		await letters.getByText('Read the page').first().waitFor();
	});

	it('says the same in a terminal', async () => {
		const program = join(import.meta.dirname, '../../apps/frontends/src/terminal/dead-letters/main.ts');
		const env = { ...process.env, ERRAND_DATA_DIR: errand.dataDir };
		const run = (...words: string[]) => promisify(execFile)(process.execPath, [program, ...words], { env });
		await errand.settled(broken);
		expect((await run()).stdout).toContain(`${broken}.read`);
		expect((await run('show', `${broken}.read`)).stdout).toMatch(/Read what nobody may read.*127\.0\.0\.1:9/s);
		await expect(run('drop', `${broken}.none`)).rejects.toMatchObject({ code: 1 });
	});

	it('leaves one out only after asking', async () => {
		await errand.settled(broken);
		const letters = page.getByRole('region', { name: 'Steps that gave up' });
		await letters.getByRole('button', { name: 'Drop Read the page' }).click();
		await letters.getByRole('button', { name: 'Drop', exact: true }).click();
		await page.getByText('Left out Read the page.').waitFor();
		await letters.getByRole('button', { name: 'Drop Read the page' }).waitFor({ state: 'detached' });
		const { plan } = await errand.task(broken);
		expect(plan.steps.find(({ id }) => id === 'read')?.status).toBe('skipped');
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});
});

function step(id: string, capability: string) {
	return { id, title: id, capability };
}
