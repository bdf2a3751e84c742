import { constants } from 'node:fs';
import { access, open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { BROWSER_PLACES, type BrowserKind, DOWNLOADED_PLACES, DOWNLOADS_FOLDER, NO_BROWSER } from './browser-places.ts';

/** FoundBrowser is a browser of this machine: the program itself, not a script that starts it. */
export interface FoundBrowser {
	readonly path: string;
	readonly kind: BrowserKind;
}

/** BrowserSearch says where to look; all but `configured` is for machines other than this one. */
export interface BrowserSearch {
	/** The operator's choice (`CHROMIUM_PATH`), which is taken or refused, never replaced; `none` finds none. */
	readonly configured?: string | undefined;
	readonly platform?: NodeJS.Platform;
	/** Where a file of the machine's own stands, e.g. `/usr`. */
	readonly root?: string;
	readonly home?: string;
}

/**
 * findBrowser finds a Chromium: the configured one, else a headless shell (it starts three times quicker and takes a third of
 * the memory), else any other. Undefined where there is none; throws `invalid-config` if the configured one cannot be run.
 */
export async function findBrowser(search: BrowserSearch = {}): Promise<FoundBrowser | undefined> {
	const { configured, platform = process.platform, root = '', home = homedir() } = search;
	if (configured === NO_BROWSER) return undefined;
	if (configured !== undefined) return await configuredBrowser(configured);
	const installed = (BROWSER_PLACES[platform] ?? []).map(({ path, kind }) => ({
		path: path.startsWith('~') ? join(home, path.slice(1)) : root + path,
		kind,
	}));
	const all = [...installed, ...(await downloaded(platform, home))];
	const isShell = ({ kind }: FoundBrowser) => Number(kind === 'headless-shell');
	for (const browser of all.toSorted((one, other) => isShell(other) - isShell(one)))
		if (await isProgram(browser.path)) return browser;
	return undefined;
}

async function configuredBrowser(configured: string): Promise<FoundBrowser> {
	if (!(await isExecutable(configured))) {
		throw new CoreError('invalid-config', `CHROMIUM_PATH="${configured}" is no program that can be run.`, {
			hint: 'Name the file of a Chromium, or leave it out to have one found.',
		});
	}
	const path = await programOf(configured);
	return { path, kind: /headless[-_]shell/.test(basename(path)) ? 'headless-shell' : 'chromium' };
}

/** Distributions put scripts into /usr/bin that start the program in the background; killing the script leaves the program. */
async function programOf(path: string): Promise<string> {
	if (await isProgram(path)) return path;
	const name = basename(path);
	const places = (BROWSER_PLACES[process.platform] ?? []).map((place) => place.path);
	const same = name.startsWith('google-chrome')
		? places.filter((place) => place.endsWith('/chrome'))
		: places.filter((place) => basename(place) === name);
	for (const place of same) if (await isProgram(place)) return place;
	return path;
}

async function isProgram(path: string): Promise<boolean> {
	if (!(await isExecutable(path))) return false;
	const file = await open(path, 'r').catch(() => undefined);
	if (file === undefined) return false;
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return bytesRead === 2 && buffer.toString('latin1') !== '#!';
	} finally {
		await file.close();
	}
}

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

/** What Playwright has downloaded, the newest revision first. */
async function downloaded(platform: NodeJS.Platform, home: string): Promise<FoundBrowser[]> {
	const folder = join(home, DOWNLOADS_FOLDER[platform] ?? '.cache/ms-playwright');
	const names = await readdir(folder).catch(() => []);
	const revision = (name: string) => Number(name.split('-')[1]);
	return DOWNLOADED_PLACES.flatMap(({ prefix, kind, paths }) =>
		names
			.filter((name) => name.startsWith(`${prefix}-`) && revision(name) > 0)
			.toSorted((one, other) => revision(other) - revision(one))
			.flatMap((name) => paths.map((path) => ({ path: join(folder, name, path), kind }))),
	);
}
