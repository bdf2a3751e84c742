import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asStepId } from '@errand/core/domain/ids.ts';
import type { PlanOutcome, PlanRequest } from '@errand/core/ports/planner.ts';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type PageErrand, startPageErrand } from '../harness/page-errand.ts';
import { type Pen, WritingDesk } from '../harness/writing-desk.ts';

const CHROMIUM = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const TEXT = readFileSync(join(import.meta.dirname, '../fixtures/heat-pumps.md'), 'utf8');
const NOTE = 'The model tiny gave no plan that fits, so this plan was made by rules.';
const SOURCES = [
	{ title: 'Heat pump guide', url: 'https://guide.example.org/heat', quote: 'One kilowatt hour gives three to four.' },
	{
		title: 'Old houses',
		url: 'https://houses.example.org/old',
		quote: `Most houses need larger radiators. ${'So it is. '.repeat(40)}`,
	},
	{ title: 'Test of eight pumps', url: 'https://test.example.org/pumps', quote: 'We measured 35 dB at three metres.' },
	{ title: 'Maker’s data sheet', url: 'https://maker.example.org/sheet' },
];

const bottomOf = (box: { y: number; height: number } | null) => (box === null ? 0 : box.y + box.height);

function planFor({ goal }: PlanRequest, pen: string): PlanOutcome | undefined {
	if (!goal.startsWith('Research')) return undefined;
	const step = (id: string, capability: string, input: Record<string, string>, after: readonly string[] = []) => ({
		id: asStepId(id),
		title: input['title'] ?? 'Write',
		capability,
		input,
		dependsOn: after.map(asStepId),
		essential: true,
	});
	const visit = (id: string, title: string) => step(id, 'test.visit', { title, url: `https://${id}.example.org/` });
	return {
		kind: 'plan',
		by: 'rules:research',
		method: 'rules',
		note: NOTE,
		steps: [
			visit('guide', 'Heat pump guide'),
			visit('test', 'Test of eight pumps'),
			step('notes', 'test.write', { title: 'Take notes', pen }, ['guide', 'test']),
			step('write', 'test.write', { title: 'Write the answer', pen }, ['notes']),
		],
	};
}

describe.skipIf(CHROMIUM === undefined)('an answer on the page', () => {
	let desk: WritingDesk;
	let errand: PageErrand;
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];
	const elsewhere: string[] = [];
	const answer = () => page.locator('.answer').last();

	beforeAll(async () => {
		desk = await WritingDesk.open(planFor);
		errand = await startPageErrand(desk);
		browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS });
		page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
		page.setDefaultTimeout(30_000);
		page.on('pageerror', (error) => problems.push(String(error)));
		page.on('console', (message) => {
			if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
		});
		page.on('request', (request) => {
			if (!request.url().startsWith(errand.url)) elsewhere.push(request.url());
		});
		await page.setContent('<h1>Heat pumps</h1><p>A page that was visited.</p>');
		// A browser that has only just started on a busy machine may have nothing to show yet, and says so.
		desk.screenshot = await vi.waitFor(() => page.screenshot());
		await page.goto(errand.loginLink());
		await page.getByText('What can I do for you?').waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await errand?.stop();
		await desk?.close();
	});

	it('is shown while it is written, and stays in its place when it is done', async () => {
		const pen = await ask('What is a heat pump?');
		pen.write('# Heat pumps\n\nThey move **hea');
		await answer().getByRole('heading', { name: 'Heat pumps' }).waitFor();
		await expect.poll(() => answer().locator('strong').textContent()).toBe('hea');
		await expect.poll(() => answer().getAttribute('aria-busy')).toBe('true');
		await expect.poll(() => answer().getAttribute('aria-live')).toBe('off');
		await page.getByText('Answering…').waitFor();
		const heading = await answer().locator('h1').elementHandle();
		const gaps = await watchForGaps();
		pen.write('# Heat pumps\n\nThey move **heat**.\n\nSec');
		await answer().getByText('Sec', { exact: true }).waitFor();
		const text = '# Heat pumps\n\nThey move **heat**.\n\nSecond.';
		pen.finish({ kind: 'answer', by: 'model:tiny', method: 'model', text });
		await answer().getByText('without looking anything up').waitFor();
		expect(await heading?.evaluate((element) => element.isConnected)).toBe(true);
		expect(await gaps()).toBe(0);
		await expect.poll(() => answer().getAttribute('aria-busy')).toBe('false');
		await expect.poll(() => page.locator('.answer.writing').count()).toBe(0);
		const said = page.getByRole('status').filter({ hasText: 'The answer is complete: Heat pumps' });
		await expect.poll(() => said.count()).toBe(1);
	});

	it('shrinks when the writing starts over', async () => {
		const pen = await ask('Again');
		pen.write('A long beginning that will not stay.');
		await answer().getByText('will not stay').waitFor();
		pen.write('A');
		await expect.poll(() => answer().locator('.markdown').textContent()).toMatch(/^A\s*$/);
		pen.finish({ kind: 'answer', by: 'model:tiny', method: 'model', text: 'Another.' });
		await answer().getByText('Another.').waitFor();
	});

	it('shows what a step writes in the step, and what the last step writes as the answer', async () => {
		const notes = await ask('Research heat pumps');
		await page.getByText(NOTE).last().waitFor();
		notes.write('- a note');
		await page.locator('.plan-card').last().locator('.partial li', { hasText: 'a note' }).waitFor();
		await expect.poll(() => page.locator('.answer.writing').count()).toBe(0);
		notes.finish({ text: 'Notes.' });
		const pen = await desk.pen();
		const half = TEXT.slice(0, TEXT.indexOf('| Ground') + 30);
		pen.write(half);
		await answer().locator('tbody tr').nth(1).waitFor();
		await expect.poll(() => answer().locator('a.citation').count()).toBe(3);
		await writeTheRest(pen, half);
	});

	it('keeps the end in view, but not for somebody who has scrolled up to read', async () => {
		const fromEnd = () =>
			page.locator('.scroller').evaluate((each) => each.scrollHeight - each.scrollTop - each.clientHeight);
		const pen = await ask('What else?');
		for (let lines = 5; lines <= 80; lines += 25) {
			pen.write('A paragraph.\n\n'.repeat(lines));
			await expect.poll(() => answer().locator('p').count()).toBe(lines);
		}
		await expect.poll(fromEnd).toBeLessThan(5);
		await page.locator('.scroller').hover();
		await page.mouse.wheel(0, -600);
		await expect.poll(fromEnd).toBeGreaterThan(300);
		const top = () => page.locator('.scroller').evaluate((each) => each.scrollTop);
		let before = await top();
		// A wheel turns smoothly.
		await expect
			.poll(
				async () => {
					const last = before;
					before = await top();
					return before === last;
				},
				{ interval: 200 },
			)
			.toBe(true);
		pen.write('A paragraph.\n\n'.repeat(120));
		await expect.poll(() => answer().locator('p').count()).toBe(120);
		expect(Math.abs((await top()) - before)).toBeLessThan(2);
		pen.finish({ kind: 'answer', by: 'model:tiny', method: 'model', text: 'Short.' });
		await answer().getByText('Short.').waitFor();
	});

	it('moves no caret for those who want no motion', async () => {
		const pen = await ask('Calmly');
		pen.write('A word');
		await answer().getByText('A word').waitFor();
		const animation = () =>
			page.evaluate("getComputedStyle([...document.querySelectorAll('.answer p')].at(-1), '::after').animationName");
		await expect.poll(animation).toBe('blink');
		await page.emulateMedia({ reducedMotion: 'reduce' });
		await expect.poll(animation).toBe('none');
		await page.emulateMedia({ reducedMotion: null });
		pen.finish({ kind: 'answer', by: 'model:tiny', method: 'model', text: 'A word.' });
		await answer().getByText('A word.').waitFor();
	});

	it('leads from a citation to its source and shows its words on the way', async () => {
		const cited = page.locator('.answer').filter({ hasText: 'Maker’s data sheet' });
		const sources = cited.locator('.source');
		await expect.poll(() => sources.count()).toBe(4);
		await expect.poll(() => sources.nth(2).textContent()).toContain('test.example.org');
		const citation = cited.locator('a.citation', { hasText: '[3]' }).first();
		await citation.hover();
		await cited.getByRole('tooltip').getByText('We measured 35 dB').waitFor();
		await vi.waitFor(async () => {
			const [tip, link] = [await cited.getByRole('tooltip').boundingBox(), await citation.boundingBox()];
			const gap = (tip?.y ?? 0) > (link?.y ?? 0) ? (tip?.y ?? 0) - bottomOf(link) : (link?.y ?? 0) - bottomOf(tip);
			expect(gap).toBeGreaterThanOrEqual(0);
			expect(gap).toBeLessThan(20);
		});
		await page.keyboard.press('Escape');
		await expect.poll(() => cited.getByRole('tooltip').count()).toBe(0);
		await citation.focus();
		await page.keyboard.press('Shift+Tab');
		await page.keyboard.press('Tab');
		await cited.getByRole('tooltip').getByText('We measured 35 dB').waitFor();
		await page.keyboard.press('Enter');
		await expect.poll(() => hasFocus(sources.nth(2))).toBe(true);
		await expect.poll(() => sources.nth(2).getAttribute('class')).toContain('wanted');
		await sources.nth(1).getByRole('button', { name: 'Whole quote' }).click();
		await sources.nth(1).getByRole('button', { name: 'Less' }).waitFor();
	});

	it('shows screenshots small, and large on a click; Escape closes and gives the focus back', async () => {
		const shots = page.locator('.answer .pictures a.picture');
		await expect.poll(() => shots.count()).toBe(2);
		await shots.first().scrollIntoViewIfNeeded();
		const image = shots.first().locator('img');
		expect(await image.getAttribute('alt')).toBe('Heat pump guide');
		await expect
			.poll(() => image.evaluate((each) => (each as unknown as { naturalWidth: number }).naturalWidth))
			.toBe(1100);
		await shots.first().click();
		const dialog = page.getByRole('dialog', { name: 'Heat pump guide' });
		await dialog.waitFor();
		await page.keyboard.press('ArrowRight');
		await page.getByRole('dialog', { name: 'Test of eight pumps' }).getByText('2 of 2').waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
		await expect.poll(() => hasFocus(shots.nth(1))).toBe(true);
	});

	it('loads nothing from elsewhere, whatever an answer holds', async () => {
		const pen = await ask('Show me pictures');
		const text = [
			'![one](http://127.0.0.1:9/one.png) ![two](//127.0.0.1:9/two.png) ![three][3]',
			'<img src="http://127.0.0.1:9/four.png"> <video src="http://127.0.0.1:9/five.mp4">',
			'[![six](http://127.0.0.1:9/six.png)](https://example.org)',
			'[3]: http://127.0.0.1:9/three.png',
			'The end.',
		].join('\n\n');
		pen.write(text);
		await answer().getByText('The end.').waitFor();
		expect(await answer().locator('img, video').count()).toBe(0);
		pen.finish({ kind: 'answer', by: 'model:tiny', method: 'model', text });
		await answer().getByText('without looking anything up').waitFor();
		expect(await answer().locator('img, video').count()).toBe(0);
		expect(elsewhere).toEqual([]);
	});

	it('broke no rule of its own content policy and threw no error', () => {
		expect(problems).toEqual([]);
	});

	function hasFocus(locator: Locator): Promise<boolean> {
		return locator.evaluate((each) => each.ownerDocument.activeElement === each);
	}

	async function ask(goal: string): Promise<Pen> {
		const field = page.getByRole('textbox', { name: 'Message' });
		await field.fill(goal);
		await field.press('Enter');
		const pen = await desk.pen();
		// What is written before somebody follows the task is heard with the next word.
		await page.locator('.plan-card').last().getByRole('button', { name: 'Stop' }).waitFor();
		return pen;
	}

	async function writeTheRest(pen: Pen, from: string): Promise<void> {
		for (let length = from.length; length < TEXT.length; length += 400) {
			pen.write(TEXT.slice(0, length));
			await page.waitForTimeout(20);
		}
		pen.finish({ text: TEXT, sources: SOURCES, artifacts: [], warnings: [], method: 'model' });
		await answer().getByText('Planned by rules, written with a language model.').waitFor();
	}

	/** Counts the frames from now on in which no answer is there. */
	async function watchForGaps(): Promise<() => Promise<number>> {
		const count = await page.locator('.answer').count();
		await page.evaluate(`
			window.gaps = 0;
			new MutationObserver(() => {
				if (document.querySelectorAll('.answer').length < ${count}) window.gaps++;
			}).observe(document.body, { childList: true, subtree: true });
		`);
		return () => page.evaluate('window.gaps');
	}
});
