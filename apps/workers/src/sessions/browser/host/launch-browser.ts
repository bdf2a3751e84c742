import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROXY_GREETING } from '@errand/core/adapters/network/guard-proxy.ts';
import type { Browser, BrowserContext, BrowserType, CDPSession, Page } from 'playwright-core';
import { browserFailed } from '../told-error.ts';
import { type BrowserLauncher, PID_FILE } from './browser-launcher.ts';

/** BrowserKit is what browsers of this host are made with. */
export interface BrowserKit {
	readonly chromium: BrowserType;
	readonly launcher: BrowserLauncher;
	readonly hostDir: string;
	readonly cacheDir: string;
	readonly proxy: { readonly server: string; readonly password: string };
}

/** LaunchedBrowser is one browser process; `user` is its name at the proxy. */
export interface LaunchedBrowser {
	readonly user: string;
	readonly browser: Browser;
	/** Opens a context with its first page, both ready to go through the proxy. */
	openContext(): Promise<OpenedContext>;
	/** Ends the process and removes what it left; safe to call twice. */
	close(): Promise<void>;
}

/** OpenedContext is a context with a blank page in it. */
export interface OpenedContext {
	readonly context: BrowserContext;
	readonly page: Page;
	newPage(): Promise<Page>;
	/** Where the browser writes downloads while they last. */
	readonly downloadsDir: string;
	/** How many pages the browser has for this context: more than Playwright knows while one is being opened. */
	countPages(): Promise<number>;
}

interface ContextParts {
	readonly root: Promise<CDPSession>;
	readonly downloadsDir: string;
	readonly credentials: Credentials;
	readonly whileAlive: AliveGuard;
}

interface Credentials {
	readonly username: string;
	readonly password: string;
}

/** launchBrowser starts a browser process whose only way out is the guard proxy. `number` must be new to the host. */
export async function launchBrowser(kit: BrowserKit, number: number): Promise<LaunchedBrowser> {
	const { chromium, launcher, hostDir, proxy } = kit;
	const user = `browser-${number}`;
	const folder = join(hostDir, user);
	await mkdir(folder, { mode: 0o700 });
	const browser = await chromium
		.launch({
			executablePath: launcher.path,
			args: [...ARGUMENTS],
			...(launcher.ownSharedMemory && { ignoreDefaultArgs: ['--disable-dev-shm-usage'] }),
			artifactsDir: folder,
			env: {
				PATH: '/usr/local/bin:/usr/bin:/bin',
				HOME: folder,
				TMPDIR: folder,
				// The list of fonts takes 200 ms to make, so it outlives the browser.
				XDG_CACHE_HOME: kit.cacheDir,
				LANG: 'C.UTF-8',
				TZ: zone(),
			},
			// Without credentials: with them, Playwright would hold every request back and turn the cache off.
			proxy: { server: proxy.server, bypass: '<-loopback>' },
			// When a browser ends is for the host to say.
			handleSIGINT: false,
			handleSIGTERM: false,
			handleSIGHUP: false,
			timeout: LAUNCH_TIMEOUT_MS,
		})
		.catch(async (error: unknown) => {
			await removeFolder(folder);
			throw error;
		});
	const whileAlive = aliveGuard(browser);
	browser.once('disconnected', () => void removeFolder(folder));
	const root = browser.newBrowserCDPSession();
	root.catch(() => undefined);
	let closing: Promise<void> | undefined;
	return {
		user,
		browser,
		openContext: () => {
			const credentials = { username: user, password: proxy.password };
			return whileAlive(openContext(browser, { root, downloadsDir: folder, credentials, whileAlive }));
		},
		close: () => {
			closing ??= closeBrowser(browser, folder);
			return closing;
		},
	};
}

type AliveGuard = <T>(work: Promise<T>) => Promise<T>;

/** Opening a page never ends in Playwright if the browser dies at the wrong moment, so it is not only waited for. */
function aliveGuard(browser: Browser): AliveGuard {
	const { promise: gone, reject } = Promise.withResolvers<never>();
	gone.catch(() => undefined);
	browser.once('disconnected', () => reject(browserFailed('it ended while a page was being opened')));
	return (work) => Promise.race([work, gone]);
}

async function openContext(browser: Browser, how: ContextParts): Promise<OpenedContext> {
	const { root, downloadsDir, credentials, whileAlive } = how;
	const context = await browser.newContext({ viewport: VIEWPORT, acceptDownloads: true, permissions: [] });
	try {
		const page = await context.newPage();
		const session = await context.newCDPSession(page);
		const [{ targetInfo }] = await Promise.all([
			session.send('Target.getTargetInfo'),
			learnCredentials(session, credentials),
		]);
		const isMine = ({ type, browserContextId }: Pick<typeof targetInfo, 'type' | 'browserContextId'>) =>
			type === 'page' && browserContextId === targetInfo.browserContextId;
		return {
			context,
			page,
			newPage: () => whileAlive(context.newPage()),
			downloadsDir,
			countPages: async () => (await (await root).send('Target.getTargets')).targetInfos.filter(isMine).length,
		};
	} catch (error) {
		await context.close().catch(() => undefined);
		throw error;
	}
}

/**
 * Lets a context learn its proxy credentials from one request that the proxy answers itself: from then on the browser
 * sends them by itself with everything, web sockets and service workers included, and nothing has to be held back.
 */
async function learnCredentials(session: CDPSession, credentials: Credentials): Promise<void> {
	session.on('Fetch.requestPaused', ({ requestId }) => {
		session.send('Fetch.continueRequest', { requestId }).catch(() => undefined);
	});
	session.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
		const response = authChallenge.source === 'Proxy' ? 'ProvideCredentials' : 'CancelAuth';
		session
			.send('Fetch.continueWithAuth', { requestId, authChallengeResponse: { response, ...credentials } })
			.catch(() => undefined);
	});
	const enabled = session.send('Fetch.enable', { handleAuthRequests: true, patterns: [{ urlPattern: '*' }] });
	// The proxy answers 204, so the page stays as blank as it was.
	await Promise.all([enabled, session.send('Page.navigate', { url: PROXY_GREETING })]);
	// Commands of one session are done in order, so nothing of the page's own is held back any more.
	session
		.send('Fetch.disable')
		.then(() => session.detach())
		.catch(() => undefined);
}

async function closeBrowser(browser: Browser, folder: string): Promise<void> {
	const pid = Number(await readFile(join(folder, PID_FILE), 'utf8').catch(() => ''));
	const timer = setTimeout(() => pid > 1 && kill(pid), CLOSE_TIMEOUT_MS);
	await browser.close().catch(() => undefined);
	clearTimeout(timer);
	await removeFolder(folder);
}

function kill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It is gone already.
	}
}

async function removeFolder(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }).catch(() => undefined);
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const VIEWPORT = { width: 1_280, height: 900 };
const LAUNCH_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 2_000;

// Every way past the proxy is closed: no UDP (QUIC, WebRTC), no name service of its own, no traffic on its own account.
const ARGUMENTS = [
	'--disable-gpu',
	'--disable-quic',
	'--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
	'--webrtc-ip-handling-policy=disable_non_proxied_udp',
	'--dns-prefetch-disable',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
	'--disable-domain-reliability',
	'--no-pings',
] as const;
