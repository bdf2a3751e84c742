import type { ServerResponse } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { browserPath } from '../harness/browser.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** A step's process takes its time to begin on a busy machine. */
const SOON = { timeout: 30_000 };
const ARTICLE = `<html><body><h1>The harbour</h1>${'<p>The harbour of the town was dredged last spring. It takes ships of nine metres now.</p>'.repeat(3)}</body></html>`;

describe.skipIf(browserPath === undefined)('workflows on the page', () => {
	let errand: ErrandProcess;
	let browser: Browser;
	let page: Page;
	let site: LoopbackSite;
	/** The site answers when the test lets it, so that the run is seen while it goes on. */
	let held: ServerResponse[] = [];
	const problems: string[] = [];

	beforeAll(async () => {
		site = await serveSite({
			'/harbour': (_request, response) => {
				held.push(response);
			},
		});
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
		browser = await chromium.launch({ executablePath: browserPath ?? '', args: FLAGS });
		page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
		page.setDefaultTimeout(30_000);
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		page.on('dialog', (dialog) => void dialog.accept());
		const { url } = (await (await errand.call('POST', '/v1/login-codes')).json()) as { url: string };
		await page.goto(`${errand.url}/login${new URL(url).hash}`);
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await site?.stop();
	});

	const node = (name: string) => page.locator('.step-node').filter({ has: face(name) });
	const face = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}, `) });
	const side = () => page.getByRole('complementary', { name: 'Details' });
	const field = (label: string) => side().getByLabel(label, { exact: true });
	const lines = () => page.locator('.step-line-order').count();
	const sound = () => page.getByText('No problems').waitFor();
	const tab = (name: string) => side().getByRole('tab', { name }).click();
	const text = () => side().getByLabel('The workflow as YAML').inputValue();
	/** Draws a line with the mouse. */
	async function draw(from: string, to: string): Promise<void> {
		const start = await node(from).locator('.port-out').boundingBox();
		const end = await node(to).boundingBox();
		if (start === null || end === null) throw new Error(`${from} or ${to} is not drawn.`);
		await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
		await page.mouse.down();
		await page.mouse.move(end.x + end.width / 2, end.y + 20, { steps: 4 });
		await page.mouse.up();
	}
	/** Adds a step with keys alone, from the one that has the focus. */
	async function addByKeys(words: string): Promise<void> {
		await page.keyboard.press('a');
		await page.keyboard.type(words);
		await page.keyboard.press('Enter');
	}

	it('builds five steps by mouse and by keys', async () => {
		await page.getByRole('link', { name: 'Workflows' }).click();
		await page.getByRole('link', { name: 'New workflow' }).click();
		await field('Title').fill('Read and tell');
		await field('Name').fill('read-and-tell');
		await side().getByRole('button', { name: 'Add a parameter' }).click();
		await field('Name of parameter 1').fill('address');
		await field('Name of parameter 1').blur();
		await side().getByLabel('needed').check();

		await page.getByRole('button', { name: 'Add web.read' }).click();
		await side().getByLabel('Put a value into url').selectOption('input.address');
		await expect.poll(() => field('url').inputValue()).toBe('${input.address}');
		await face('Read').focus();
		await addByKeys('text.summarize');
		await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toMatch(/^Summarize,/);
		await field('text').fill('${read.markdown}');
		await face('Summarize').focus();
		await addByKeys('ask');
		await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toMatch(/^Ask,/);
		await page.keyboard.press('Enter');
		await expect.poll(() => page.locator(':focus').evaluate((element) => element.tagName)).toBe('TEXTAREA');
		await page.keyboard.press('Control+A');
		await page.keyboard.type('Shall I tell them?');
		await field('Answered').selectOption('choice');
		await page.getByRole('button', { name: 'Add Value' }).click();
		await field('Value').fill('["Ann", "Ben", "Cleo"]');
		await page.getByRole('button', { name: 'Add For each' }).click();
		await field('For each of').fill('value');
		await page.keyboard.press('Escape');
		await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toMatch(/^Each,/);
		await page.keyboard.press('o');
		await face('Part').waitFor();
		await field('Value').fill('${item}: ${ask}');
		await face('Part').focus();
		await page.keyboard.press('Escape');
		await face('Each').waitFor();
		await expect.poll(async () => [await page.locator('.step-node').count(), await lines()]).toEqual([5, 4]);
		await sound();
	});

	it('draws lines by mouse and by keys, and takes them back', async () => {
		await draw('Read', 'Value');
		await expect.poll(lines).toBe(5);
		await face('Value').focus();
		await page.keyboard.press('Control+z');
		await expect.poll(lines).toBe(4);
		await page.keyboard.press('Control+Shift+z');
		await expect.poll(lines).toBe(5);
		await side().getByRole('group', { name: 'Comes after' }).getByLabel('Read').uncheck();
		await expect.poll(lines).toBe(4);
		await face('Summarize').focus();
		await page.keyboard.press('c');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await expect.poll(lines).toBe(5);
		await sound();
		await tab('YAML');
		await expect.poll(text).toMatch(/after:\n +- ask\n +- summarize\n/);
	});

	it('shows what is wrong at the field and the step it is about', async () => {
		await face('Read').click();
		await tab('Step');
		await field('maxBytes').fill('lots');
		await side().locator('[data-path="steps.0.with.maxBytes"]').getByRole('alert').waitFor();
		await node('Read').locator('.step-faults').waitFor();
		await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
		await field('maxBytes').fill('');
		await sound();
		await draw('Each', 'Read');
		await side()
			.getByText(/in a circle/)
			.waitFor();
		await face('Read').focus();
		await page.keyboard.press('Control+z');
		await sound();
	});

	it('is zoomed with buttons, the wheel and keys, and lines are drawn where the mouse is', async () => {
		const zoom = page.getByRole('group', { name: 'Zoom' });
		const shown = async () => Number.parseInt((await zoom.locator('.zoom-scale').textContent()) ?? '', 10);
		await zoom.getByRole('button', { name: 'Zoom out' }).click();
		await expect.poll(shown).toBe(90);
		await zoom.locator('.zoom-scale').click();
		await expect.poll(shown).toBe(100);
		await face('Summarize').hover();
		const middle = async () => {
			const { y, height } = (await node('Summarize').boundingBox()) ?? { y: 0, height: 0 };
			return y + height / 2;
		};
		const turn = async (pixels: number) => {
			await page.keyboard.down('Control');
			await page.mouse.wheel(0, pixels);
			await page.keyboard.up('Control');
		};
		const before = await middle();
		await turn(-150);
		await expect.poll(shown).toBeGreaterThan(150);
		// What is under the mouse stays there.
		await expect.poll(async () => Math.abs((await middle()) - before)).toBeLessThan(20);
		await turn(200);
		await turn(50);
		await expect.poll(shown).toBeLessThan(80);
		await draw('Read', 'Each');
		await expect.poll(lines).toBe(6);
		await face('Each').focus();
		await page.keyboard.press('Control+z');
		await expect.poll(lines).toBe(5);
		await page.keyboard.press('0');
		await expect.poll(shown).toBe(100);
		await zoom.getByRole('button', { name: 'Fit all' }).click();
		await vi.waitFor(async () => {
			const frame = await page.locator('.zoom-scroller').boundingBox();
			for (const one of await page.locator('.step-node').all()) {
				const box = await one.boundingBox();
				expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
			}
		});
		await page.keyboard.press('0');
		await sound();
	});

	it('says how a step is tried again, what takes it back, and what a wait waits for', async () => {
		await face('Read').click();
		await tab('Step');
		await side().getByText('When and how').click();
		await field('Attempts').fill('2');
		await field('Waits between attempts, one a line').fill('1s\n10s');
		await field('Effects').selectOption('external');
		await field('Take it back with').selectOption('text.summarize');
		await side().locator('[data-path="steps.0.undo.with.text"] textarea').fill('${read.markdown}');
		await page.getByRole('button', { name: 'Add Wait' }).click();
		await field('Waits').selectOption('event');
		await field('Name of the event').fill('tide');
		await field('At most').fill('1h');
		await field('Where it does not come').selectOption('go-on');
		await tab('YAML');
		await expect.poll(text).toMatch(/retry:\n +attempts: 2\n +waits:\n +- 1s\n +- 10s\n +effects: external\n +undo:\n/);
		await expect.poll(text).toMatch(/wait:\n +event: tide\n +timeout: 1h\n +otherwise: go-on\n/);
		await tab('Step');
		await field('Waits').selectOption('until');
		await expect.poll(() => field('Until').inputValue()).toMatch(/^\d{4}-.*Z$/);
		await field('Waits').selectOption('person');
		await field('Question').waitFor();
		await sound();
		await side().getByRole('button', { name: 'Remove this step' }).click();
		await face('Read').click();
		await field('Effects').selectOption('');
		await field('Take it back with').selectOption('');
		await field('Waits between attempts, one a line').fill('');
		await field('Attempts').fill('');
		await expect.poll(lines).toBe(5);
		await sound();
	});

	it('keeps text and graph in step, with what was written by hand', async () => {
		await tab('YAML');
		const area = side().getByLabel('The workflow as YAML');
		await area.fill(`# What the town wants to know.\n${(await text()).replace('Read and tell', 'Tell the town')}`);
		await page.getByRole('heading', { name: 'Tell the town' }).waitFor();
		await area.fill(`${await text()}\n  : [`);
		await side().getByText('This cannot be drawn').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await sound();
		await tab('Workflow');
		await field('Description').fill('For the noticeboard.');
		await tab('YAML');
		await expect.poll(text).toMatch(/^# What the town wants to know\.\n[\s\S]*description: For the noticeboard\./);
		await sound();
	});

	it('is tried before it is saved, and seen on the same graph', async () => {
		await page.getByRole('button', { name: 'Try it' }).click();
		await field('address needed').fill(`${site.origin}/harbour`);
		await side().getByRole('button', { name: 'Run' }).click();
		await expect.poll(() => node('Read').getAttribute('data-status'), SOON).toBe('running');
		await expect.poll(() => node('Summarize').getAttribute('data-status'), SOON).toBe('waiting');
		await expect.poll(() => held.length, SOON).toBe(1);
		for (const response of held.splice(0)) response.writeHead(200, { 'Content-Type': 'text/html' }).end(ARTICLE);
		await expect.poll(() => node('Ask').getAttribute('data-status'), SOON).toBe('asking');
		await expect.poll(() => node('Read').getAttribute('data-status'), SOON).toBe('done');
		await side().getByText('Shall I tell them?').waitFor();
		await side().getByRole('button', { name: 'yes', exact: true }).click();
		await expect.poll(() => node('Each').getAttribute('data-status'), SOON).toBe('done');
		await node('Each').getByText('3 of 3').waitFor();
		await side().getByText('Cleo: yes').first().waitFor();
	});

	it('is saved, and is the same when it is opened again', async () => {
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved as version 1.').waitFor();
		await tab('YAML');
		const before = await text();
		const drawn = await page.locator('.step-face').allInnerTexts();
		await page.reload();
		await face('Each').waitFor();
		await tab('YAML');
		await expect.poll(text).toBe(before);
		await expect
			.poll(async () => [await page.locator('.step-face').allInnerTexts(), await lines()])
			.toEqual([drawn, 5]);
		expect(new URL(page.url()).hash).toBe('#/designer/read-and-tell');
	});

	it('says who saved another version meanwhile', async () => {
		const theirs = { text: (await text()).replace('noticeboard', 'newspaper'), baseVersion: 1 };
		await errand.call('PUT', '/v1/workflows/read-and-tell', theirs);
		await tab('Workflow');
		await field('Description').fill('For the radio.');
		await sound();
		await page.getByRole('button', { name: 'Save' }).click();
		await page
			.getByRole('alert')
			.getByText(/is at version 2/)
			.waitFor();
		await page.getByRole('button', { name: 'Save mine over it' }).click();
		await page.getByText('Saved as version 3.').waitFor();
	});

	it('is run with its form, and says how runs went', async () => {
		await page.getByRole('link', { name: 'Back' }).click();
		await page.getByRole('heading', { name: 'Tell the town', level: 1 }).waitFor();
		await page.getByLabel('address needed').fill(`${site.origin}/harbour`);
		await page.getByRole('button', { name: 'Run', exact: true }).click();
		await page.getByRole('heading', { name: /^Run "Tell the town"/ }).waitFor();
		await expect.poll(() => held.length, SOON).toBe(1);
		held[0]?.writeHead(200, { 'Content-Type': 'text/html' }).end(ARTICLE);
		await page.getByRole('button', { name: 'no', exact: true }).click();
		await page.getByText('Cleo: no').first().waitFor();
		await page.goBack();
		await page.getByRole('row', { name: /^summarize 1 0 / }).waitFor();
		await page.getByText('1 run: 100 % done').waitFor();
		held = [];
	});

	it('shows what another version said, and brings it back', async () => {
		await page.getByRole('button', { name: 'Compare version 2' }).click();
		const opened = page.getByRole('region', { name: 'Version 2' });
		await opened.getByText('description: For the newspaper.').first().waitFor();
		await expect.poll(() => opened.locator('del').allTextContents()).toEqual(['description: For the newspaper.']);
		await expect.poll(() => opened.locator('ins').allTextContents()).toEqual(['description: For the radio.']);
		await opened.getByRole('button', { name: 'Restore version 2' }).click();
		await page.getByText('For the newspaper.', { exact: true }).waitFor();
		await page.getByText(/version 4 ·/).waitFor();
	});

	it('is exported to a file that is taken in again', async () => {
		const exported = page.getByRole('button', { name: 'Export' });
		const [download] = await Promise.all([page.waitForEvent('download'), exported.click()]);
		const file = await download.path();
		await page.getByRole('link', { name: 'All workflows' }).click();
		await page.getByLabel('Choose a file…').setInputFiles(file);
		await page.getByText('Took in read-and-tell.').waitFor();
	});

	it('shows schedules and agents', async () => {
		await page.getByRole('link', { name: 'Schedules' }).click();
		await page.getByLabel('When').fill('every weekday at 7 and 17:30');
		await page.getByText(/every weekday at 07:00 and 17:30/).waitFor();
		await page.getByLabel('What', { exact: true }).selectOption('remind');
		await page.getByLabel('What to be reminded of').fill('Look at the tide');
		await page.getByRole('button', { name: 'Set it up' }).click();
		const row = page.getByRole('list', { name: 'Schedules' }).getByRole('listitem').first();
		await row.getByText('Look at the tide').waitFor();
		await row.getByRole('button', { name: 'Pause' }).click();
		await row.getByText('paused').waitFor();
		await row.getByRole('button', { name: 'Resume' }).click();
		await row.getByRole('button', { name: 'Pause' }).waitFor();
		await page.getByLabel('When').fill('every hour');
		await page.getByLabel('What', { exact: true }).selectOption('goal');
		await page.getByLabel('What is to be done').fill('Look at the tide table');
		await page.getByLabel('Tell me').selectOption('digest');
		await page.getByLabel('The digest comes').fill('daily at 18:00');
		await page.getByLabel('Times missed while nothing ran').selectOption('skip');
		await page.getByRole('button', { name: 'Set it up' }).click();
		await page.getByText(/^Digest every day at 18:00 .*: next .*, 18:00, with nothing in it yet\.$/).waitFor();
		const { schedules } = (await (await errand.call('GET', '/v1/schedules')).json()) as {
			schedules: readonly { rule: { catchUp: string } }[];
		};
		expect(schedules[0]?.rule.catchUp).toBe('skip');
		await page.getByRole('link', { name: 'Agents & skills' }).click();
		await page.getByText(/None yet\. One registers itself/).waitFor();
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});
});
