import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from '../harness/browser.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const MANY = 10_000;

const task = (id: number, dependencies: readonly number[] = []) => ({
	...{ id, title: `Item ${id}`, description: '', details: '', testStrategy: '', status: 'pending' },
	...{ priority: 'medium', dependencies, subtasks: [] as object[] },
});

describe.skipIf(browserPath === undefined)('a backlog on the page', () => {
	let errand: ErrandProcess;
	let browser: Browser;
	let ann: Page;
	let ben: Page;
	let root: string;
	const problems: string[] = [];

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), 'board-'));
		await mkdir(join(root, '.taskmaster/tasks'), { recursive: true });
		const file = {
			master: {
				tasks: [
					{ ...task(1), title: 'Lay the keel', priority: 'high' },
					{ ...task(2, [1]), title: 'Build the hull' },
					{
						...task(3, [2]),
						title: 'Rig the mast',
						details: 'Of <b>spruce</b>.<img src=x onerror="document.title=1">',
						subtasks: [{ id: 1, title: 'Cut it', description: '', details: '', status: 'pending', dependencies: [] }],
					},
					...Array.from({ length: 12 }, (_, at) => task(at + 4)),
				],
				metadata: {},
			},
			fleet: { tasks: Array.from({ length: MANY }, (_, at) => task(at + 1, at % 3 === 0 ? [] : [at])), metadata: {} },
		};
		await writeFile(join(root, '.taskmaster/tasks/tasks.json'), JSON.stringify(file));
		errand = await startErrand();
		browser = await chromium.launch({ executablePath: browserPath ?? '', args: FLAGS });
		ann = await open();
		ben = await open();
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.dispose();
		await rm(root, { recursive: true, force: true });
	});

	async function open(): Promise<Page> {
		const page = await (await browser.newContext({ viewport: { width: 1500, height: 900 } })).newPage();
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		const answer = await errand.call('POST', '/v1/login-codes');
		const { url } = (await answer.json()) as { url: string };
		await page.goto(`${errand.url}/login${new URL(url).hash}`);
		await page.getByRole('link', { name: 'Backlogs' }).click();
		return page;
	}

	/** Calls a tool the way other programs do. */
	async function tool<T>(name: string, args: object = {}): Promise<T> {
		const path = `/v1/backlogs/${encodeURIComponent(root)}/call`;
		return (await (await errand.call('POST', path, { tool: name, args })).json()) as T;
	}
	const statusOf = async (id: number) => (await tool<{ status: string }>('get_task', { id: String(id) })).status;
	const column = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(`^${name}, `) });
	const card = (page: Page, id: number) => page.locator(`.card[data-item="${id}"]`);
	const cardIn = (page: Page, name: string, id: number) => column(page, name).locator(`.card[data-item="${id}"]`);

	it('opens a project’s folder, with its columns, what is next and what waits', async () => {
		await ann.getByLabel(/^Folder of the project/).fill(root);
		await ann.getByRole('button', { name: 'Open', exact: true }).click();
		await cardIn(ann, 'To do', 1).getByText('next').waitFor();
		await cardIn(ann, 'To do', 2).getByText('waits for #1').waitFor();
		await cardIn(ann, 'To do', 3).getByText('0/1').waitFor();
		await ben.locator('.backlog-link').click();
		await cardIn(ben, 'To do', 1).waitFor();
	});

	it('moves a card by drag, by menu and by keys, for everybody who looks', async () => {
		await card(ann, 1).dragTo(column(ann, 'In progress'));
		await cardIn(ann, 'In progress', 1).waitFor();
		await cardIn(ben, 'In progress', 1).waitFor();
		await card(ben, 1).getByLabel('Move #1').selectOption('done');
		await cardIn(ann, 'Done', 1).waitFor();
		await cardIn(ann, 'To do', 2).getByText('dependencies done').waitFor();
		// What depends on nothing comes first.
		await cardIn(ann, 'To do', 4).getByText('next').waitFor();
		const button = card(ann, 2).getByRole('button');
		await button.press('Alt+ArrowRight');
		await cardIn(ann, 'In progress', 2).waitFor();
		await expect.poll(() => ann.locator('.card:focus-within').getAttribute('data-item')).toBe('2');
		await ann.keyboard.press('Alt+ArrowRight');
		await cardIn(ben, 'Review', 2).waitFor();
		expect(await statusOf(2)).toBe('review');
	});

	it('comes to the same for two people who move cards at the same time', async () => {
		const ids = Array.from({ length: 12 }, (_, at) => at + 4);
		const moveAll = async (page: Page, status: string) => {
			for (const id of ids) await card(page, id).getByLabel(`Move #${id}`).selectOption(status);
		};
		await Promise.all([moveAll(ann, 'in-progress'), moveAll(ben, 'blocked')]);
		const shown = (page: Page) =>
			page
				.locator('.card')
				.evaluateAll((cards) =>
					Object.fromEntries(
						cards.map((one) => [one.getAttribute('data-item'), one.closest('.column')?.getAttribute('data-status')]),
					),
				);
		const kept = async () => {
			const { tasks } = await tool<{ tasks: { id: number; status: string }[] }>('get_tasks', { compact: true });
			return Object.fromEntries(tasks.map(({ id, status }) => [String(id), status]));
		};
		await expect
			.poll(async () => {
				const all = JSON.stringify(await kept());
				return [await shown(ann), await shown(ben)].every((one) => JSON.stringify(one) === all);
			})
			.toBe(true);
		const all = await kept();
		expect(ids.map((id) => all[id])).not.toContain('pending');
	});

	it('shows changes of other programs without a reload', async () => {
		await tool('add_task', { title: 'Paint her blue', description: 'Two coats.' });
		await column(ann, 'To do').getByText('Paint her blue').waitFor();
		await tool('remove_task', { id: '16' });
		await card(ann, 16).waitFor({ state: 'detached' });
	});

	it('adds a task, and finds it by words, priority and what it waits for', async () => {
		await ann.getByRole('button', { name: 'Add a task' }).click();
		const form = ann.getByRole('dialog', { name: 'Add a task' });
		await form.getByLabel('Title').fill('Sew the sails');
		await form.getByLabel('Priority').selectOption('low');
		await form.getByLabel('Waits for').fill('#3');
		await form.getByRole('button', { name: 'Add', exact: true }).click();
		await form.waitFor({ state: 'detached' });
		await ann.getByLabel('Find tasks').fill('sails SEW');
		await expect.poll(() => ann.locator('.card').count()).toBe(1);
		await ann.locator('.card').getByText('waits for #3').waitFor();
		await ann.getByLabel('Dependencies').selectOption('ready');
		await expect.poll(() => ann.locator('.card').count()).toBe(0);
		await ann.getByLabel('Dependencies').selectOption('all');
		await ann.getByLabel('Find tasks').fill('');
	});

	it('shows an item whole, with what is written in it as text, and works on it', async () => {
		await card(ann, 3).getByRole('button').click();
		const panel = ann.getByRole('dialog', { name: 'Task 3' });
		await panel.getByText('spruce').waitFor();
		expect([await panel.locator('img[onerror]').count(), await ann.title()]).toEqual([0, 'Backlogs · Errand']);
		await panel.getByLabel('Status of #3.1').selectOption('done');
		await panel.getByText('1 of 1 done').waitFor();
		await cardIn(ben, 'Done', 3).waitFor();
		await panel.getByLabel('What #3 is to wait for').fill('17');
		await panel.getByRole('button', { name: 'Wait for it' }).click();
		// The sails wait for the mast.
		await panel.getByRole('alert').getByText(/17/).first().waitFor();
		await panel.getByLabel('Add to #3').fill('Spruce is out; took larch.');
		await panel.getByRole('button', { name: 'Add as a note' }).click();
		await panel.getByText('Spruce is out; took larch.', { exact: true }).waitFor();
		await panel.getByRole('button', { name: 'Watch' }).click();
		await panel.getByRole('button', { name: 'Stop watching' }).waitFor();
		await panel.getByRole('link', { name: '#2 Build the hull' }).click();
		await ann.getByRole('dialog', { name: 'Task 2' }).getByRole('heading', { name: 'Build the hull' }).waitFor();
		await ann.keyboard.press('Escape');
		await ann.getByRole('dialog').waitFor({ state: 'detached' });
		await expect.poll(() => ann.url()).not.toMatch(/\/2$/);
	});

	it('splits an item in the background, and says what came of it', async () => {
		await card(ann, 2).getByRole('button').click();
		await ann.getByRole('dialog').getByRole('button', { name: 'Split into subtasks' }).click();
		await ann.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
		const work = ann.getByRole('list', { name: 'Work on this backlog' }).getByRole('listitem');
		const split = work.filter({ hasText: 'Splitting a task:' });
		await split.getByRole('button', { name: 'Dismiss' }).click();
		await split.waitFor({ state: 'detached' });
		expect((await tool<{ subtasks: object[] }>('get_task', { id: '2' })).subtasks.length).toBeGreaterThan(0);
	});

	it('draws what depends on what, and points out the way through', async () => {
		await ann.getByRole('button', { name: 'Graph' }).click();
		await ann.getByLabel('Also what is done or dropped').check();
		await ann.getByRole('link', { name: /^#3 Rig the mast/ }).focus();
		await expect.poll(() => ann.locator('.node-near').count()).toBe(4);
		await ann.keyboard.press('Enter');
		await ann.getByRole('dialog', { name: 'Task 3' }).waitFor();
		await ann.keyboard.press('Escape');
		await ann.getByRole('button', { name: 'Board' }).click();
	});

	it(`stays quick with ${MANY.toLocaleString('en-US')} items`, async () => {
		await ann.getByLabel('Tag', { exact: true }).selectOption('fleet');
		await column(ann, 'To do').getByText('10,000').waitFor();
		expect(await ann.locator('.card').count()).toBeLessThan(200);
		await ann.getByLabel('Find tasks').fill('#9999');
		await cardIn(ann, 'To do', 9_999).getByLabel('Move #9999').selectOption('done');
		await cardIn(ann, 'Done', 9_999).waitFor();
		await ann.getByLabel('Find tasks').fill('');
		await column(ann, 'To do').getByText('9,999').first().waitFor();
		const list = column(ann, 'To do').locator('.cards');
		await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
		await expect.poll(() => list.locator('.card').count()).toBeGreaterThan(60);
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});
});
