import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backlogMind } from '../harness/backlog-mind.ts';
import { browserPath } from '../harness/browser.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const ANSWER = 'Paris is the capital of France.';

describe.skipIf(browserPath === undefined)('models, usage and memory on the page', () => {
	let folder: string;
	let near: ModelStandIn;
	let far: ModelStandIn | undefined;
	let errand: ErrandProcess;
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'usage-'));
		near = await startModelStandIn({ ...backlogMind, plan: () => ANSWER });
		far = await startModelStandIn({ ...backlogMind, plan: () => ANSWER });
		const models = join(folder, 'models.yaml');
		const provider = (name: string, { env }: ModelStandIn) =>
			`  - { name: ${name}, kind: openai-compatible, baseUrl: "${env['OPENAI_BASE_URL']}" }\n`;
		const model = (name: string, tiers: string) =>
			`  - { name: ${name}/stand-in, tiers: [${tiers}], price: { input: 1, output: 5 }, contextTokens: 128000 }\n`;
		await writeFile(
			models,
			`providers:\n${provider('near', near)}${provider('far', far)}models:\n${model('near', 'small, middle')}${model('far', 'large')}`,
		);
		errand = await startErrand({ env: { ERRAND_MODELS: models } });
		const id = await errand.submit({ goal: 'What is the capital of France?' });
		await errand.settled(id);
		browser = await chromium.launch({ executablePath: browserPath ?? '', args: FLAGS });
		page = await browser.newPage();
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		const answer = await errand.call('POST', '/v1/login-codes');
		const { url } = (await answer.json()) as { url: string };
		await page.goto(`${errand.url}/login${new URL(url).hash}`);
		await page.getByRole('link', { name: 'Models & usage' }).click();
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await near?.stop();
		await far?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	const models = () => page.getByRole('region', { name: /^Language models/ });
	const row = (name: string) => models().getByRole('listitem').filter({ hasText: name });

	it('shows models with tiers and prices, and what was used by day, model, purpose and task', async () => {
		await row('near/stand-in').getByText('small, middle · $1 in, $5 out for a million tokens').waitFor();
		const usage = page.getByRole('region', { name: 'Usage' });
		await usage
			.getByText(/\d tokens, (?:under )?\$0\.0/)
			.first()
			.waitFor();
		await usage.getByRole('img', { name: /^By day\. \d{4}-\d\d-\d\d: / }).waitFor();
		await usage.getByRole('rowheader', { name: 'near/stand-in', exact: true }).waitFor();
		await usage.getByRole('button', { name: 'Purpose' }).click();
		await usage.getByRole('rowheader', { name: 'plan', exact: true }).waitFor();
		await usage.getByRole('button', { name: 'Person' }).click();
		await usage.getByRole('rowheader', { name: 'owner', exact: true }).waitFor();
	});

	it('shows on a task’s page which model each step went to, why, and what it cost', async () => {
		const usage = page.getByRole('region', { name: 'Usage' });
		await usage.getByRole('button', { name: 'Task' }).click();
		await usage.getByRole('rowheader').getByRole('link').first().click();
		const section = page.getByRole('region', { name: 'Language models' });
		await section.getByText('near/stand-in').first().waitFor();
		await section
			.getByText(/^plan · .*task/)
			.first()
			.waitFor();
		await section
			.getByText(/tokens, (?:under )?\$0\.0/)
			.first()
			.waitFor();
		await page.goBack();
	});

	it('keeps to the model that somebody chose', async () => {
		const choice = page.getByLabel('All your work goes to');
		await choice.selectOption('far/stand-in');
		await page.getByText('Your work goes to far/stand-in.').waitFor();
		await page.reload();
		await expect.poll(() => choice.inputValue()).toBe('far/stand-in');
		await choice.selectOption('');
		await page.getByText('Errand chooses the model.').waitFor();
	});

	it('tells somebody with work under way when a model fails, and shows since when', async () => {
		const wait = { id: 'look', title: 'Look', capability: 'web.read', input: { url: 'http://127.0.0.1:9/' } };
		const id = await errand.submit({ goal: 'Wait for a word', plan: [wait], approve: true });
		await page.reload();
		await page.getByRole('navigation').getByText('Wait for a word').waitFor();
		await far?.stop();
		far = undefined;
		// Nobody would notice soon without a request that goes there first.
		await errand.call('PATCH', '/v1/language-models/pinned', { model: 'far/stand-in' });
		await errand.submit({ goal: 'What is the capital of Spain?' });
		await page.getByText('The model far/stand-in does not answer.').waitFor({ timeout: 90_000 });
		await row('far/stand-in').getByText('down').waitFor();
		await row('far/stand-in')
			.getByText(/^since /)
			.waitFor();
		await errand.call('POST', `/v1/tasks/${id}/cancel`);
	});

	it('remembers, finds, changes and forgets what somebody says', async () => {
		await page.getByRole('link', { name: 'Memory' }).click();
		for (const text of ['I am allergic to nuts.', 'Reports are to be in French.']) {
			await page.getByLabel('What to remember').fill(text);
			await page.getByRole('button', { name: 'Remember' }).click();
			await page.getByRole('list', { name: 'What is remembered' }).getByText(text).waitFor();
		}
		const list = page.getByRole('list', { name: 'What is remembered' });
		const entry = (text: string) => list.getByRole('listitem').filter({ hasText: text });
		await page.getByLabel('Find in memory').fill('which language for reports');
		await expect.poll(() => list.getByRole('listitem').first().textContent()).toContain('in French');
		await page.getByLabel('Find in memory').fill('');
		await entry('nuts')
			.getByRole('button', { name: /^Change/ })
			.click();
		await list.getByRole('textbox').fill('I am allergic to nuts and <b>fish</b>.');
		await list.getByRole('button', { name: 'Save' }).click();
		await entry('<b>fish</b>').getByText('you said so').waitFor();
		await entry('French')
			.getByRole('button', { name: /^Forget/ })
			.click();
		await entry('French').getByRole('button', { name: 'Keep' }).press('Escape');
		await entry('French')
			.getByRole('button', { name: /^Forget/ })
			.click();
		await entry('French').getByRole('button', { name: 'Forget', exact: true }).click();
		await entry('French').waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Forget everything' }).click();
		await page.getByRole('button', { name: 'Forget everything', exact: true }).click();
		await page.getByText('Nothing yet.').waitFor();
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});
});
