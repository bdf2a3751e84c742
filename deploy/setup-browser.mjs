// Gets a browser for browser.visit, by apt-get or by Playwright's own download, and tries it. `npm run setup-browser` runs
// this on the Node of the repository, which understands TypeScript.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from '@errand/workers/sessions/find-browser.ts';
import { chromium } from 'playwright-core';
import { BROWSER_COMPANIONS, installDebian, isDebianRoot } from './debian-packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

try {
	if (process.env.CHROMIUM_PATH === 'none')
		throw new Error('CHROMIUM_PATH=none says that tasks are to have no browser. Take it out first.');
	const browser = (await found()) ?? (await installed());
	if (browser === undefined) fail(`No browser could be installed. ${byHand()}`);
	else await tryOut(browser);
} catch (error) {
	fail(error instanceof Error ? `${error.message} ${'hint' in error ? error.hint : ''}` : String(error));
}

async function found() {
	const browser = await findBrowser({ configured: process.env.CHROMIUM_PATH || undefined });
	if (browser?.kind !== 'headless-shell' && process.env.CHROMIUM_PATH === undefined) return undefined;
	say(`There is a browser already: ${browser.path}`);
	if (isDebianRoot()) installDebian(BROWSER_COMPANIONS);
	return browser;
}

async function installed() {
	if (isDebianRoot()) {
		say(`Installing chromium-headless-shell and ${BROWSER_COMPANIONS.join(', ')} by apt-get …`);
		const browser = installDebian(['chromium-headless-shell', ...BROWSER_COMPANIONS]) ? await findBrowser() : undefined;
		if (browser !== undefined) return browser;
		// Ubuntu has no such package outside of snap.
		installDebian(BROWSER_COMPANIONS);
	}
	say("Downloading chromium-headless-shell by Playwright, into Playwright's own folder …");
	download();
	return await findBrowser();
}

/** What the browser needs of the system is installed along with it where that is allowed. */
function download() {
	const cli = join(root, 'node_modules/playwright-core/cli.js');
	const options = isDebianRoot() ? ['--with-deps'] : [];
	// Playwright's proxy, mirror and folder variables are the person's to set, so the environment goes along.
	spawnSync(process.execPath, [cli, 'install', ...options, 'chromium-headless-shell'], { stdio: 'inherit', cwd: root });
}

/** A browser that is there may still lack a library; one that has shown a page does not. */
async function tryOut({ path, kind }) {
	const before = performance.now();
	const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
	const browser = await chromium.launch({ executablePath: path, args }).catch((error) => {
		const [why] = String(error.message).split('\n');
		throw new Error(`${path} is there, but does not start: ${why} ${byHand()}`);
	});
	try {
		const page = await browser.newPage();
		await page.goto('data:text/html,<title>It works</title><h1>It works</h1>');
		const picture = await page.screenshot();
		const title = await page.title();
		if (title !== 'It works' || picture.byteLength < 100) throw new Error(`${path} started, but showed no page.`);
	} finally {
		await browser.close();
	}
	const took = Math.round(performance.now() - before);
	say(`${path} (${kind}, ${browser.version()}) opened a page and drew it in ${took} ms.`);
	say('Errand offers browser.visit from its next start on.');
}

function byHand() {
	if (process.platform === 'linux')
		return 'Install the package chromium-headless-shell or chromium (or Google Chrome), and bubblewrap; if it stands in an unusual place, set CHROMIUM_PATH to it.';
	return 'Install Chromium or Google Chrome; if it stands in an unusual place, set CHROMIUM_PATH to it.';
}

function fail(text) {
	say(text);
	process.exitCode = 1;
}

function say(text) {
	process.stderr.write(`${text}\n`);
}
