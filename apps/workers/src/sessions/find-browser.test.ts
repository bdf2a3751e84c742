import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnvironment } from '@errand/core/infrastructure/environment.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BROWSER_VARIABLES } from './browser-variables.ts';
import { findBrowser } from './find-browser.ts';

let root: string;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'errand-browsers-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A file that could be run, by what it begins with. */
async function place(path: string, content = '\x7fELF', mode = 0o755): Promise<string> {
	const file = join(root, path);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, content);
	await chmod(file, mode);
	return file;
}
const search = () => findBrowser({ platform: 'linux', root, home: join(root, 'home') });
const CACHE = 'home/.cache/ms-playwright';

describe('the browser of a machine', () => {
	test('is none where there is none', async () => {
		await place('usr/bin/chromium', '#!/bin/sh\nexec /usr/lib/chromium/chromium');
		await place('usr/lib/chromium/chromium', '\x7fELF', 0o644);
		await mkdir(join(root, 'opt/google/chrome/chrome'), { recursive: true });
		expect(await search()).toBeUndefined();
	});

	test('is the program, not the script that starts it', async () => {
		await place('usr/bin/chromium', '#!/bin/sh\nexec /usr/lib/chromium/chromium');
		const path = await place('usr/lib/chromium/chromium');
		expect(await search()).toEqual({ path, kind: 'chromium' });
	});

	test('is a headless shell before anything else, wherever it stands', async () => {
		await place('usr/lib/chromium/chromium');
		const old = await place(`${CACHE}/chromium_headless_shell-1194/chrome-linux/headless_shell`);
		expect(await search()).toEqual({ path: old, kind: 'headless-shell' });
		const later = await place(
			`${CACHE}/chromium_headless_shell-10200/chrome-headless-shell-linux64/chrome-headless-shell`,
		);
		expect(await search()).toEqual({ path: later, kind: 'headless-shell' });
		const debian = await place('usr/lib/chromium/chromium-headless-shell');
		expect(await search()).toEqual({ path: debian, kind: 'headless-shell' });
	});

	test('is found in an application folder of macOS', async () => {
		const path = await place('home/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
		const found = await findBrowser({ platform: 'darwin', root, home: join(root, 'home') });
		expect(found).toEqual({ path, kind: 'chromium' });
	});
});

describe('a configured browser', () => {
	test('is taken as it is', async () => {
		await place('usr/lib/chromium/chromium-headless-shell');
		const chrome = await place('mine/chrome');
		expect(await findBrowser({ configured: chrome, root })).toEqual({ path: chrome, kind: 'chromium' });
		const shell = await place('mine/chrome-headless-shell');
		expect(await findBrowser({ configured: shell })).toEqual({ path: shell, kind: 'headless-shell' });
		const script = await place('mine/my-own-script', '#!/bin/sh\n');
		expect(await findBrowser({ configured: script })).toEqual({ path: script, kind: 'chromium' });
	});

	test('may be none at all', async () => {
		await place('usr/lib/chromium/chromium-headless-shell');
		expect(await findBrowser({ configured: 'none', platform: 'linux', root })).toBeUndefined();
		expect(parseEnvironment(BROWSER_VARIABLES, { CHROMIUM_PATH: 'none' })).toEqual({ CHROMIUM_PATH: 'none' });
	});

	test('that cannot be run is a mistake, not a reason to take another one', async () => {
		await place('usr/lib/chromium/chromium-headless-shell');
		for (const configured of [join(root, 'none'), root, await place('mine/chrome', 'x', 0o644)]) {
			await expect(findBrowser({ configured, platform: 'linux', root })).rejects.toMatchObject({
				code: 'invalid-config',
				message: expect.stringContaining(configured),
			});
			const parse = () => parseEnvironment(BROWSER_VARIABLES, { CHROMIUM_PATH: configured });
			expect(parse).toThrow(/CHROMIUM_PATH=.*must be the file of a Chromium/);
		}
		const path = await place('mine/chromium');
		expect(parseEnvironment(BROWSER_VARIABLES, { CHROMIUM_PATH: path })).toEqual({ CHROMIUM_PATH: path });
		expect(parseEnvironment(BROWSER_VARIABLES, {})).toEqual({});
	});
});
