import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserAction } from '@errand/core/ports/browser.ts';
import { BrowserSessions } from '@errand/workers/sessions/browser/browser-sessions.ts';
import { chromium } from 'playwright-core';
import { aBrowserRun, browserPath } from '../../harness/browser.ts';
import { type LoopbackSite, serveSite } from '../../harness/loopback-site.ts';
import { type Spread, spreadOf } from '../figures.ts';
import { megabytes, ms, type Section, times } from '../section.ts';
import { treeMemory } from '../services/process-memory.ts';

const ROUNDS = 12;
const ACTIONS = 150;
const TASKS = 4;

/** measureBrowser opens pages and acts in them, through the browser host and, beside it, by bare Playwright. */
export async function measureBrowser(): Promise<Section> {
	if (browserPath === undefined) throw new Error('There is no Chromium on this machine to measure.');
	const site = await serveSite({
		'/': {
			type: 'text/html',
			body: '<title>Page</title><h1>Hello</h1><input name="who"><button>Press</button><p>'.repeat(20),
		},
	});
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-bench-browser-'));
	try {
		// Once before it counts: files come into the cache of the system, code into the compile cache.
		await ourFirstPages(site, dataDir, 2);
		await bareFirstPage(site, browserPath);
		const ours = await ourFirstPages(site, dataDir, ROUNDS);
		const bare: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			await settle();
			bare.push(await bareFirstPage(site, browserPath));
		}
		const memory = await memoryOfTasks(site, dataDir);
		const actions = await actionTimes(site, dataDir, browserPath);
		return sectionOf({ ...ours, bare: spreadOf(bare), memory, actions });
	} finally {
		await site.stop();
		await rm(dataDir, { recursive: true, force: true });
	}
}

interface Measured {
	readonly withHost: Spread;
	readonly cold: Spread;
	readonly warm: Spread;
	readonly bare: Spread;
	readonly memory: { readonly task: number; readonly host: number };
	readonly actions: readonly { readonly name: string; readonly ours: Spread; readonly bare: Spread }[];
}

function sectionOf({ withHost, cold, warm, bare, memory, actions }: Measured): Section {
	const row = (name: string, { p50, p95, max }: Spread) => [name, ms(p50), ms(p95), ms(max)];
	const inPage = actions.filter(({ name }) => name !== 'open');
	const worst = Math.max(...inPage.map((action) => action.ours.p50 - action.bare.p50));
	return {
		title: 'Browsers',
		how: `A task's first page until it has loaded, ${ROUNDS} times each: with the browser host to be started too, without a spare browser, from a warm spare, and by bare Playwright (launch, context, page); a second and a half between them. Then ${ACTIONS} actions of each kind, ours and bare Playwright's turn by turn in one run, at random places between two frames of the page; opening a page goes through the guard proxy besides. Memory is shared fairly (PSS), ${TASKS} tasks with a page each.`,
		tables: [
			{
				columns: ["a task's first page", 'p50 ms', 'p95', 'max'],
				rows: [
					row('with the start of the browser host', withHost),
					row('cold', cold),
					row('from a warm spare', warm),
					row('bare Playwright, cold', bare),
				],
			},
			{
				columns: ['action', 'ours p50 ms', 'p95', 'max', 'bare p50', 'p95', 'max', 'ours : bare'],
				rows: actions.map(({ name, ours, bare: plain }) => [
					name,
					...[ours.p50, ours.p95, ours.max, plain.p50, plain.p95, plain.max].map(ms),
					times(ours.p50 / plain.p50),
				]),
			},
			{
				columns: ['memory', ''],
				rows: [
					['each task with one page', megabytes(memory.task)],
					['the browser host itself', megabytes(memory.host)],
				],
			},
		],
		goals: [
			{ what: 'first page, cold, p50', wanted: '≤ 300 ms', measured: `${ms(cold.p50)} ms`, met: cold.p50 <= 300 },
			{ what: 'first page, warm, p50', wanted: '≤ 60 ms', measured: `${ms(warm.p50)} ms`, met: warm.p50 <= 60 },
			{
				what: 'a task with one page',
				wanted: '≤ 90 MB',
				measured: megabytes(memory.task),
				met: memory.task <= 90_000_000,
			},
			{
				what: 'overhead of an action in the page, largest p50',
				wanted: '≤ 2 ms',
				measured: `${ms(worst)} ms`,
				met: worst <= 2,
			},
		],
	};
}

async function ourFirstPages(site: LoopbackSite, dataDir: string, rounds: number) {
	const withHost: number[] = [];
	const cold: number[] = [];
	const warm: number[] = [];
	for (let round = 0; round < rounds; round++) {
		// Without a spare every task waits for a browser of its own.
		const spareless = openSessions(site, dataDir, 0);
		await settle();
		withHost.push(await timed(() => open(spareless, site, 'first')));
		await spareless.stop();
	}
	const spareless = openSessions(site, dataDir, 0);
	await open(spareless, site, 'begin');
	for (let round = 0; round < rounds; round++) {
		await settle();
		cold.push(await timed(() => open(spareless, site, `cold-${round}`)));
		await spareless.closeAll(asTaskId(`cold-${round}`));
	}
	await spareless.stop();
	const sessions = openSessions(site, dataDir, 10_000);
	await open(sessions, site, 'begin');
	for (let round = 0; round < rounds; round++) {
		await settle();
		warm.push(await timed(() => open(sessions, site, `warm-${round}`)));
		await sessions.closeAll(asTaskId(`warm-${round}`));
	}
	await sessions.stop();
	return { withHost: spreadOf(withHost), cold: spreadOf(cold), warm: spreadOf(warm) };
}

async function bareFirstPage(site: LoopbackSite, executablePath: string): Promise<number> {
	const from = performance.now();
	const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] });
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${site.origin}/`);
	const took = performance.now() - from;
	await browser.close();
	return took;
}

async function memoryOfTasks(site: LoopbackSite, dataDir: string): Promise<Measured['memory']> {
	const sessions = openSessions(site, dataDir, 0);
	await open(sessions, site, 'task-0');
	await settle();
	const host = sessions.hostPid ?? 0;
	const one = treeMemory(host).bytes;
	for (let task = 1; task <= TASKS; task++) await open(sessions, site, `task-${task}`);
	await settle();
	const task = (treeMemory(host).bytes - one) / TASKS;
	for (let task = 0; task <= TASKS; task++) await sessions.closeAll(asTaskId(`task-${task}`));
	await settle();
	const alone = treeMemory(host).bytes;
	await sessions.stop();
	return { task, host: alone };
}

/** A click waits for frames of the page: one right after the other would always begin at the same place between two of them. */
function outOfStep(): Promise<void> {
	return wait(Math.random() * 34);
}

async function actionTimes(site: LoopbackSite, dataDir: string, executablePath: string): Promise<Measured['actions']> {
	const sessions = openSessions(site, dataDir, 0);
	await open(sessions, site, 'acting');
	const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] });
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${site.origin}/`);
	const kinds: readonly { action: BrowserAction; bare: () => Promise<unknown> }[] = [
		{ action: { do: 'click', target: 'button' }, bare: () => page.locator('button').first().click() },
		{ action: { do: 'fill', target: 'input', text: 'x' }, bare: () => page.locator('input').first().fill('x') },
		{ action: { do: 'press', key: 'a' }, bare: () => page.keyboard.press('a') },
		{ action: { do: 'snapshot' }, bare: () => page.locator('html').ariaSnapshot() },
		{ action: { do: 'content' }, bare: () => page.content() },
		{ action: { do: 'open', url: `${site.origin}/` }, bare: () => page.goto(`${site.origin}/`) },
	];
	const measured = [];
	for (const { action, bare } of kinds) {
		const [ours, plain]: [number[], number[]] = [[], []];
		for (let round = 0; round < ACTIONS; round++) {
			await outOfStep();
			ours.push(await timed(() => act(sessions, 'acting', action)));
			await outOfStep();
			plain.push(await timed(bare));
		}
		measured.push({ name: action.do, ours: spreadOf(ours), bare: spreadOf(plain) });
	}
	await browser.close();
	await sessions.stop();
	return measured;
}

function openSessions(site: LoopbackSite, dataDir: string, spareMs: number): BrowserSessions {
	const silent = () => {};
	return new BrowserSessions({
		browserPath,
		dataDir,
		allowPrivateHosts: [site.host],
		spareMs,
		clock: new SystemClock(),
		log: { debug: silent, info: silent, warn: silent, error: silent },
	});
}

function open(sessions: BrowserSessions, site: LoopbackSite, task: string): Promise<unknown> {
	return act(sessions, task, { do: 'open', url: `${site.origin}/` });
}

function act(sessions: BrowserSessions, task: string, action: BrowserAction): Promise<unknown> {
	const { signal } = new AbortController();
	return sessions.act(aBrowserRun(task), { context: 'main', action, timeoutMs: 20_000 }, { signal });
}

/** Long enough for a spare to be there, and for a closed browser to be gone. */
function settle(): Promise<void> {
	return wait(1_500);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
	const from = performance.now();
	await run();
	return performance.now() - from;
}

if (import.meta.main) console.dir(await measureBrowser(), { depth: null });
