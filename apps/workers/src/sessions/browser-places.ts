/** BrowserKind tells the small headless browser from a whole one. */
export type BrowserKind = 'headless-shell' | 'chromium';

/** NO_BROWSER is what CHROMIUM_PATH says where tasks are to have no browser. */
export const NO_BROWSER = 'none';

interface BrowserPlace {
	readonly path: string;
	readonly kind: BrowserKind;
}

const shell = (path: string): BrowserPlace => ({ path, kind: 'headless-shell' });
const whole = (path: string): BrowserPlace => ({ path, kind: 'chromium' });

/** BROWSER_PLACES is where systems put a Chromium, the better first. Snap's stays out: it cannot use a profile folder of ours. */
export const BROWSER_PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly BrowserPlace[]>>> = {
	linux: [
		shell('/usr/lib/chromium/chromium-headless-shell'),
		shell('/usr/lib64/chromium-browser/headless_shell'),
		shell('/usr/lib/chromium-browser/headless_shell'),
		whole('/usr/lib/chromium/chromium'),
		whole('/usr/lib64/chromium-browser/chromium-browser'),
		whole('/usr/lib/chromium-browser/chromium-browser'),
		whole('/usr/lib/chromium/chrome'),
		whole('/opt/google/chrome/chrome'),
		whole('/usr/bin/chromium'),
		whole('/usr/bin/chromium-browser'),
		whole('/usr/bin/google-chrome'),
	],
	darwin: ['', '~'].flatMap((home) => [
		whole(`${home}/Applications/Chromium.app/Contents/MacOS/Chromium`),
		whole(`${home}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`),
	]),
	win32: [
		whole('C:\\Program Files\\Chromium\\Application\\chrome.exe'),
		whole('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'),
		whole('C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe'),
		whole('~\\AppData\\Local\\Chromium\\Application\\chrome.exe'),
		whole('~\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe'),
	],
};

/** DOWNLOADS_FOLDER is where Playwright keeps what it downloads, below the home folder. */
export const DOWNLOADS_FOLDER: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
	darwin: 'Library/Caches/ms-playwright',
	win32: 'AppData/Local/ms-playwright',
};

/** DOWNLOADED_PLACES is what Playwright's folders `<prefix>-<revision>` hold, on whichever platform. */
export const DOWNLOADED_PLACES: readonly {
	readonly prefix: string;
	readonly kind: BrowserKind;
	readonly paths: readonly string[];
}[] = [
	{
		prefix: 'chromium_headless_shell',
		kind: 'headless-shell',
		paths: [
			'chrome-headless-shell-linux64/chrome-headless-shell',
			'chrome-headless-shell-linux-arm64/chrome-headless-shell',
			'chrome-linux/headless_shell',
			'chrome-headless-shell-mac-arm64/chrome-headless-shell',
			'chrome-headless-shell-mac-x64/chrome-headless-shell',
			'chrome-headless-shell-win64/chrome-headless-shell.exe',
		],
	},
	{
		prefix: 'chromium',
		kind: 'chromium',
		paths: [
			'chrome-linux64/chrome',
			'chrome-linux-arm64/chrome',
			'chrome-linux/chrome',
			'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
			'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
			'chrome-win64/chrome.exe',
		],
	},
];
