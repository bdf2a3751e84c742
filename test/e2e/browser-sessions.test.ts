import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFileVault } from '@errand/core/adapters/files/file-vault.ts';
import { FolderArtifactStore } from '@errand/core/adapters/files/folder-artifact-store.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { asArtifactId, asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserAction, BrowserRun } from '@errand/core/ports/browser.ts';
import { BrowserSessions, type BrowserSessionsOptions } from '@errand/workers/sessions/browser/browser-sessions.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { aBrowserRun, browserPath } from '../harness/browser.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

let site: LoopbackSite;
let dataDir: string;
let sessions: BrowserSessions;
const silent = () => {};
const html = (body: string) => ({ type: 'text/html', body });
beforeAll(async () => {
	site = await serveSite({
		'/': html(
			'<title>Home</title><h1>Hello</h1><a href="/next">Next</a> <a href="/new" target="_blank" rel="opener">New</a>',
		),
		'/next': html('<title>Next</title><p>Second page'),
		'/new': html('<title>New</title><p>In a new window<button onclick="window.close()">Close</button>'),
		'/form': html(
			'<title>Form</title><input name="who"><select name="pick"><option value="a">A<option value="b">B</select>' +
				`<button onclick="document.title = [document.querySelector('input').value, document.querySelector('select').value]">Send</button>` +
				'<button disabled>Off</button><p hidden>Ghost</p>',
		),
		'/login': html(
			'<title>Login</title><script>document.cookie = "who=ann; Max-Age=3600"; localStorage.setItem("role", "owner");' +
				'indexedDB.open("db").onupgradeneeded = (e) => e.target.result.createObjectStore("s").put("deep", "k");</script>',
		),
		'/who': html(
			'<script>document.title = document.cookie + " " + localStorage.getItem("role");' +
				'const r = indexedDB.open("db"); r.onsuccess = () => { try { r.result.transaction("s").objectStore("s").get("k").onsuccess = (e) => { document.title += " " + e.target.result; }; } catch {} };</script>',
		),
		'/sign-in': html(
			'<title>Signed in</title><script>sessionStorage.setItem("token", "ann"); sessionStorage.setItem("step", 1);</script><a href="/account">Account</a>',
		),
		'/account': html(
			'<script>document.title = [sessionStorage.getItem("token"), sessionStorage.getItem("step")];</script>' +
				'<button onclick="sessionStorage.clear(); location.reload()">Sign out</button>',
		),
		'/nagging': html(
			'<title>Nagging</title><script>onbeforeunload = () => "stay"; setTimeout(() => { alert("a"); confirm("b"); prompt("c"); }, 0)</script><a href="/next">Next</a>',
		),
		'/pops': html('<title>Pops</title><script>setTimeout(() => open("/new"), 50)</script>'),
		'/busy': html('<title>Busy</title><button onclick="for (;;) {}">Hang</button>'),
		'/tall': html('<title>Tall</title><div style="height: 40000px; background: linear-gradient(red, blue)">Top</div>'),
		'/huge': html(`<title>Huge</title><p>${'x'.repeat(5_100_000)}`),
		'/many': html(`<title>Many</title>${'<button>Press me</button>'.repeat(12_000)}`),
		'/table.csv': { type: 'text/csv', body: 'a,b\n1,2\n' },
		'/report': (_request, response) => {
			response.writeHead(200, {
				'Content-Type': 'application/x-report',
				'Content-Disposition': `attachment; filename="r.bin"; filename*=UTF-8''r%C3%A9port.bin`,
			});
			response.end('report');
		},
		'/endless': (_request, response) => {
			response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
			const more = () => {
				while (response.write(Buffer.alloc(1_000_000)));
			};
			response.on('drain', more);
			more();
		},
		'/downloads': html(
			'<title>Downloads</title><a href="/endless">Endless</a> <a href="/report">Report</a> <a href="/table.csv">Table</a> <a href="/next">Page</a>' +
				`<button onclick="const a = document.createElement('a'); a.href = window.URL.createObjectURL(new Blob(['made'])); a.download = 'made.txt'; a.click()">Make</button>`,
		),
		'/hang': () => undefined,
	});
});
afterAll(() => site?.stop());

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-browser-'));
	sessions = await openSessions();
});
afterEach(async () => {
	await sessions.stop();
	// What was killed is gone a moment later.
	await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]));
	await rm(dataDir, { recursive: true, force: true });
});

async function openSessions(more: Partial<BrowserSessionsOptions> = {}): Promise<BrowserSessions> {
	const vault = await openFileVault({ path: join(dataDir, 'vault'), keyPath: join(dataDir, 'vault.key') });
	return new BrowserSessions({
		browserPath,
		dataDir,
		allowPrivateHosts: [site.host],
		vault,
		clock: new SystemClock(),
		log: { debug: silent, info: silent, warn: silent, error: silent },
		...more,
	});
}

function act(
	run: BrowserRun,
	action: BrowserAction,
	how: { context?: string; timeoutMs?: number; signal?: AbortSignal } = {},
) {
	const { context = 'main', timeoutMs = 45_000, signal = new AbortController().signal } = how;
	return sessions.act(run, { context, action, timeoutMs }, { signal });
}
const open = (run: BrowserRun, path: string, how?: Parameters<typeof act>[2]) =>
	act(run, { do: 'open', url: `${site.origin}${path}` }, how);

/** Processes, zombies included, that have this folder in their arguments or their environment. */
function processesOf(folder: string): string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.flatMap((pid) => {
			try {
				const seen = readFileSync(`/proc/${pid}/cmdline`, 'latin1') + readFileSync(`/proc/${pid}/environ`, 'latin1');
				return seen.includes(folder) ? [`${pid} ${seen.slice(0, 80)}`] : [];
			} catch {
				return [];
			}
		});
}

function browserPids(): number[] {
	return processesOf(dataDir)
		.map((line) => Number(line.split(' ', 1)[0]))
		.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--remote-debugging-pipe'));
}

describe.skipIf(browserPath === undefined)('browser sessions', () => {
	test('open a page, act on it and say what it shows', async () => {
		const run = aBrowserRun('t');
		expect(await open(run, '/')).toEqual({ url: `${site.origin}/`, title: 'Home', status: 200 });
		expect((await act(run, { do: 'snapshot' })).text).toContain('- heading "Hello" [level=1]');
		expect(await act(run, { do: 'click', target: 'text=Next' })).toMatchObject({
			title: 'Next',
			url: `${site.origin}/next`,
		});
		expect((await act(run, { do: 'content' })).text).toContain('<p>Second page');
		await open(run, '/form');
		await act(run, { do: 'fill', target: 'input', text: 'Ann' });
		await act(run, { do: 'select', target: 'select', values: ['B'] });
		expect(await act(run, { do: 'press', key: 'Enter', target: 'text=Send' })).toMatchObject({ title: 'Ann,b' });
		expect(await open(run, '/absent')).toMatchObject({ status: 404 });
		expect(sessions.launcherName).toMatch(/^(?:bwrap|setpriv|plain)$/);
	});

	test('say in words what did not work', async () => {
		const run = aBrowserRun('t');
		await expect(act(run, { do: 'click', target: 'a' })).rejects.toMatchObject({
			code: 'invalid-input',
			message: expect.stringContaining('no page was opened'),
		});
		await open(run, '/form');
		const soon = { timeoutMs: 300 };
		const cases: readonly (readonly [BrowserAction, string, RegExp])[] = [
			[
				{ do: 'click', target: 'text=Nowhere' },
				'not-found',
				/Cannot click text=Nowhere: the page showed no such element/,
			],
			[{ do: 'wait', text: 'Never' }, 'not-found', /Cannot wait for Never/],
			[{ do: 'click', target: 'text=Off' }, 'timed-out', /is disabled/],
			[{ do: 'click', target: 'text=Ghost' }, 'timed-out', /not visible/],
			[{ do: 'select', target: 'select', values: ['Z'] }, 'timed-out', /no such option/],
			[{ do: 'click', target: '>>>' }, 'invalid-input', /not a selector/],
			[{ do: 'press', key: 'NoKey' }, 'invalid-input', /no such key/],
			[{ do: 'fill', target: 'text=Send', text: 'x' }, 'invalid-input', /does not take it/],
			[{ do: 'download' }, 'invalid-input', /neither an address nor an element/],
			[{ do: 'open', url: 'not an address' }, 'invalid-input', /not a valid web address/],
			[{ do: 'open', url: 'http://nowhere.invalid/' }, 'fetch-failed', /nowhere\.invalid was not found/],
			[{ do: 'open', url: 'https://nowhere.invalid/' }, 'fetch-failed', /nowhere\.invalid was not found/],
			[{ do: 'open', url: `${site.origin}/report` }, 'not-possible', /a file to download, not a page/],
		];
		for (const [action, code, message] of cases) {
			const how = action.do === 'open' ? {} : soon;
			// Within so short a time a busy browser may not even have looked.
			await vi.waitFor(() =>
				expect(act(run, action, how), JSON.stringify(action)).rejects.toMatchObject({
					code,
					message: expect.stringMatching(message),
					hint: expect.stringMatching(/\w/),
				}),
			);
		}
	});

	test('keep files as artifacts of the task, within bounds', async () => {
		const run = aBrowserRun('t');
		const artifacts = new FolderArtifactStore(join(dataDir, 'artifacts'));
		const file = async (action: BrowserAction) => {
			const { artifact } = await act(run, action);
			const stored = await artifacts.get(asArtifactId(artifact?.id ?? ''));
			expect(stored?.owner).toEqual({ person: run.person, task: run.taskId });
			return { ...artifact, content: Buffer.from(stored?.content ?? []) };
		};
		await open(run, '/downloads');
		expect(await file({ do: 'download', target: 'text=Report' })).toMatchObject({ name: 'réport.bin', bytes: 6 });
		expect(await file({ do: 'download', target: 'text=Make' })).toMatchObject({ name: 'made.txt', type: 'text/plain' });
		const byAddress = await file({ do: 'download', url: `${site.origin}/report` });
		expect(byAddress).toMatchObject({ name: 'réport.bin', type: 'application/x-report' });
		const table = await file({ do: 'download', target: 'text=Table' });
		expect(table).toMatchObject({ name: 'table.csv', type: 'text/csv' });
		expect(String(table.content)).toBe('a,b\n1,2\n');
		await open(run, '/downloads');
		expect(await file({ do: 'download', target: 'text=Page' })).toMatchObject({ name: 'next', type: 'text/html' });
		await open(run, '/downloads');
		await expect(act(run, { do: 'download', url: `${site.origin}/absent` })).rejects.toMatchObject({
			code: 'fetch-failed',
		});
		await expect(act(run, { do: 'download', url: `${site.origin}/endless` })).rejects.toMatchObject({
			code: 'too-large',
		});
		await expect(act(run, { do: 'download', target: 'text=Endless' })).rejects.toMatchObject({ code: 'too-large' });
		await open(run, '/tall');
		const shot = await file({ do: 'screenshot' });
		expect(shot).toMatchObject({ name: 'screenshot.png', type: 'image/png' });
		expect(shot.content.readUInt32BE(20)).toBe(900);
		const whole = await file({ do: 'screenshot', fullPage: true });
		expect(whole.type).toBe('image/jpeg');
		expect(jpegHeight(whole.content)).toBe(10_000);
		await open(run, '/huge');
		await expect(act(run, { do: 'content' })).rejects.toMatchObject({ code: 'too-large' });
		await open(run, '/many');
		const { text: tree = '' } = await act(run, { do: 'snapshot' });
		expect(Buffer.byteLength(tree)).toBeLessThan(201_000);
		expect(tree).toMatch(/The rest was left out/);
	});

	test('share a login between steps of one task, also ten at once, and with nobody else', async () => {
		await open(aBrowserRun('ann', { step: 'login' }), '/login');
		const seen = await Promise.all(
			Array.from({ length: 10 }, (_, n) => open(aBrowserRun('ann', { step: `look-${n}` }), '/who')),
		);
		for (const { title } of seen) expect(title).toMatch(/^who=ann owner/);
		const others = await open(aBrowserRun('ben'), '/who');
		expect(others.title).toMatch(/^null/);
		const apart = await open(aBrowserRun('ann', { step: 'apart' }), '/who', { context: 'other' });
		expect(apart.title).toMatch(/^null/);
	});

	test('are not held up by dialogs, and let no page keep them or open others by itself', async () => {
		const run = aBrowserRun('t');
		await open(run, '/nagging');
		expect(await act(run, { do: 'click', target: 'text=Next' })).toMatchObject({ url: `${site.origin}/next` });
		await open(run, '/pops');
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(await act(run, { do: 'snapshot' })).toMatchObject({ title: 'Pops' });
		await open(run, '/');
		expect(await act(run, { do: 'click', target: 'text=New' })).toMatchObject({ title: 'New' });
		expect((await act(run, { do: 'snapshot' })).text).toContain('In a new window');
		await act(run, { do: 'click', target: 'text=Close' });
		await vi.waitFor(async () => expect(await act(run, { do: 'snapshot' })).toMatchObject({ title: 'Home' }));
	});

	test.each([0, 1, 10, 200])(
		'refuse a run that was replaced (after %i ms), and give the newer one a fresh page',
		async (wait) => {
			const old = aBrowserRun('t', { attempt: 1 });
			const next = aBrowserRun('t', { attempt: 2 });
			await open(old, '/login');
			const hanging = open(old, '/hang').catch((error: unknown) => error);
			// At once, and once the older one is well under way.
			if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
			expect(await open(next, '/who')).toMatchObject({ title: expect.stringMatching(/^who=ann/) });
			expect(await hanging).toMatchObject({ code: 'stale-outcome' });
			await expect(act(old, { do: 'snapshot' })).rejects.toMatchObject({ code: 'stale-outcome' });
			await sessions.endRun(old);
			expect(await act(next, { do: 'snapshot' })).toMatchObject({ url: `${site.origin}/who` });
			await sessions.endRun(next);
			await expect(open(next, '/')).rejects.toMatchObject({ code: 'stale-outcome' });
			expect(await open(aBrowserRun('t', { attempt: 2, run: 2 }), '/')).toMatchObject({ title: 'Home' });
		},
	);

	test('stop at once when the run is stopped, and keep deadlines, even in a page that is stuck', async () => {
		const run = aBrowserRun('t');
		await open(run, '/');
		const stop = new AbortController();
		const hanging = open(run, '/hang', { signal: stop.signal });
		setTimeout(() => stop.abort(), 100);
		await expect(hanging).rejects.toMatchObject({ code: 'cancelled' });
		await expect(open(run, '/', { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
		await expect(open(run, '/hang', { timeoutMs: 500 })).rejects.toMatchObject({ code: 'timed-out' });
		const stuck = aBrowserRun('t', { step: 'stuck' });
		await open(stuck, '/busy');
		await expect(act(stuck, { do: 'click', target: 'text=Hang' }, { timeoutMs: 500 })).rejects.toMatchObject({
			code: 'timed-out',
		});
		await expect(act(stuck, { do: 'content' }, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'timed-out' });
		await sessions.endRun(stuck);
		expect(await open(aBrowserRun('t', { step: 'next' }), '/')).toMatchObject({ title: 'Home' });
	});

	test('open a browser anew that was killed, with its login', async () => {
		const login = aBrowserRun('t', { step: 'login' });
		await open(login, '/login');
		await act(login, { do: 'wait', ms: 300 });
		await sessions.endRun(login);
		const run = aBrowserRun('t', { step: 'look' });
		await open(run, '/');
		for (const pid of browserPids()) process.kill(pid, 'SIGKILL');
		await vi.waitFor(() => expect(act(run, { do: 'snapshot' })).rejects.toMatchObject({ code: 'browser-failed' }));
		const again = aBrowserRun('t', { step: 'look', attempt: 2 });
		// The spare browser was killed as well, which may be noticed only when it is taken.
		await vi.waitFor(() => open(again, '/who'), { timeout: 10_000 });
		await vi.waitFor(async () =>
			expect(await act(again, { do: 'wait', ms: 50 })).toMatchObject({ title: 'who=ann owner deep' }),
		);
	});

	test('start the browser host anew when it was killed, and leave nothing of the old one', async () => {
		const login = aBrowserRun('t', { step: 'login' });
		await open(login, '/login');
		await sessions.endRun(login);
		const run = aBrowserRun('t', { step: 'look' });
		await open(run, '/');
		const hanging = open(run, '/hang').catch((error: unknown) => error);
		const old = sessions.hostPid ?? 0;
		process.kill(old, 'SIGKILL');
		expect(await hanging).toMatchObject({ code: 'browser-failed' });
		await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 5_000 });
		await expect(act(run, { do: 'snapshot' })).rejects.toMatchObject({ code: 'browser-failed' });
		expect((await open(run, '/who')).title).toMatch(/^who=ann owner/);
		expect(sessions.hostPid).not.toBe(old);
		await vi.waitFor(async () => expect(await readdir(join(dataDir, 'browsers'))).toHaveLength(1), { timeout: 5_000 });
	});

	test('keep what a task remembers over a restart of the server, and nothing once it is closed', async () => {
		const login = aBrowserRun('t', { step: 'login' });
		await open(login, '/login');
		await sessions.endRun(login);
		await sessions.stop();
		sessions = await openSessions();
		expect((await open(aBrowserRun('t', { step: 'look' }), '/who')).title).toMatch(/^who=ann owner/);
		await sessions.closeAll(asTaskId('t'));
		await sessions.closeAll(asTaskId('t'));
		await sessions.closeAll(asTaskId('never-seen'));
		await expect(open(aBrowserRun('t', { step: 'look' }), '/')).rejects.toMatchObject({ code: 'stale-outcome' });
		expect((await open(aBrowserRun('t', { step: 'later' }), '/who')).title).toMatch(/^null/);
	});

	test('find their login again when a task that failed is replayed', async () => {
		const login = aBrowserRun('t', { step: 'login' });
		await open(login, '/login');
		await sessions.endRun(login);
		await sessions.closeAll(asTaskId('t'), { keepState: true });
		expect((await open(aBrowserRun('t', { step: 'look', attempt: 2 }), '/who')).title).toMatch(/^who=ann owner/);
		await sessions.closeAll(asTaskId('t'));
		expect((await open(aBrowserRun('t', { step: 'later' }), '/who')).title).toMatch(/^null/);
	});

	test('go on where the step before ended, with what sites kept in its tab, over a restart too', async () => {
		const other = await serveSite({
			'/': html('<title>Other</title><script>sessionStorage.setItem("token", "other");</script>'),
			'/account': html('<script>document.title = sessionStorage.getItem("token");</script>'),
		});
		onTestFinished(() => other.stop());
		const more = { allowPrivateHosts: [site.host, other.host] };
		await sessions.stop();
		sessions = await openSessions(more);
		const run = aBrowserRun('t', { step: 'sign-in' });
		await expect(act(run, { do: 'continue' })).rejects.toMatchObject({ code: 'invalid-input' });
		await act(run, { do: 'open', url: `${other.origin}/` });
		await open(run, '/sign-in');
		await act(run, { do: 'click', target: 'text=Account' });
		await sessions.endRun(run);
		await expect(act(aBrowserRun('t', { step: 'look' }), { do: 'continue' })).resolves.toMatchObject({
			...{ url: `${site.origin}/account`, title: 'ann,1', status: 200 },
		});
		await sessions.stop();
		sessions = await openSessions(more);
		const next = aBrowserRun('t', { step: 'next' });
		expect(await act(next, { do: 'continue' })).toMatchObject({ url: `${site.origin}/account`, title: 'ann,1' });
		await act(next, { do: 'click', target: 'text=Sign out' });
		await vi.waitFor(async () => expect(await act(next, { do: 'wait', ms: 50 })).toMatchObject({ title: ',' }));
		// What the tab kept for the site that it had left came along as well.
		expect(await act(next, { do: 'open', url: `${other.origin}/account` })).toMatchObject({ title: 'other' });
		await sessions.endRun(next);
		// A step that is tried again begins where it began before; what was taken out stays out.
		const again = aBrowserRun('t', { step: 'next', attempt: 2 });
		expect(await act(again, { do: 'continue' })).toMatchObject({ url: `${site.origin}/account`, title: ',' });
		await expect(act(again, { do: 'continue' }, { context: 'fresh' })).rejects.toMatchObject({ code: 'invalid-input' });
	});

	test('leave no process when the whole server is killed, and no folder after the sweep of the next one', async () => {
		const entry = fileURLToPath(new URL('../harness/abandoned-browsers.ts', import.meta.url));
		const server = spawn(process.execPath, [entry, browserPath ?? '', dataDir, site.host], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		await Promise.race([once(server.stdout, 'data'), once(server, 'exit')]);
		expect(server.exitCode).toBeNull();
		expect(browserPids().length).toBeGreaterThan(0);
		expect(await readdir(join(dataDir, 'browsers'))).toHaveLength(1);
		server.kill('SIGKILL');
		await once(server, 'exit');
		await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 5_000 });
		expect(await sessions.sweep()).toBe(1);
		expect(await readdir(join(dataDir, 'browsers'))).toEqual([]);
		expect(await sessions.sweep()).toBe(0);
	});

	test('end browser and profile with the task, and the host when nobody needs it', async () => {
		await sessions.stop();
		sessions = await openSessions({ idleMs: 300, spareMs: 100 });
		await open(aBrowserRun('a'), '/');
		await open(aBrowserRun('b'), '/');
		await sessions.closeAll(asTaskId('a'));
		await sessions.closeAll(asTaskId('b'));
		await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 5_000 });
		await vi.waitFor(async () => expect(await readdir(join(dataDir, 'browsers'))).toEqual([]));
		expect(await open(aBrowserRun('c'), '/')).toMatchObject({ title: 'Home' });
	});

	test('do not start a browser for an address that is refused, nor without a program', async () => {
		await expect(act(aBrowserRun('t'), { do: 'open', url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
			code: 'address-refused',
		});
		expect(browserPids()).toEqual([]);
		await sessions.stop();
		sessions = await openSessions({ browserPath: undefined });
		await expect(open(aBrowserRun('t'), '/')).rejects.toMatchObject({
			code: 'browser-failed',
			hint: expect.stringContaining('npm run setup-browser'),
		});
		await sessions.closeAll(asTaskId('t'));
		await sessions.stop();
		sessions = await openSessions({ browserPath: '/bin/false' });
		await expect(open(aBrowserRun('u'), '/')).rejects.toMatchObject({ code: 'browser-failed' });
	});
});

/** Height of a JPEG, from its start-of-frame marker. */
function jpegHeight(bytes: Buffer): number {
	for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
		if (bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xfc) === 0xc0) return bytes.readUInt16BE(at + 5);
	}
	return 0;
}
