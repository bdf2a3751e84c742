import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { BrowserAction } from '@errand/core/ports/browser.ts';
import type { Download } from 'playwright-core';
import { type FetchedFile, fetchFile, tookTooLong, tooLarge } from './fetch-file.ts';
import { discard, type RunPage } from './run-page.ts';

/** NewFile is a file on its way to the artifact store. */
export type NewFile = FetchedFile;

/** DownloadLimits bound one download. */
export interface DownloadLimits {
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
	readonly checkUrl: (url: string) => URL;
}

/**
 * download gets a file: by its address, with the cookies of the page, or by clicking what offers it. A link that shows
 * its file instead of offering it is followed by its address.
 */
export async function download(
	run: RunPage,
	{ target, url }: Extract<BrowserAction, { do: 'download' }>,
	limits: DownloadLimits,
): Promise<NewFile> {
	if (url !== undefined) return await fetched(run, url, limits);
	if (target === undefined) {
		throw new CoreError('invalid-input', 'Cannot download: neither an address nor an element was given.', {
			hint: 'Name the address of the file, or the link or button that offers it.',
		});
	}
	const { page } = run;
	const link = page.locator(target).filter({ visible: true }).first();
	const href = await link.getAttribute('href', { timeout: limits.timeoutMs });
	const address = href !== null && URL.canParse(href, page.url()) ? new URL(href, page.url()).href : '';
	let offered: Download | undefined;
	await run.downloadDuring(async (starts) => {
		const shown = Promise.withResolvers<undefined>();
		const notOffered = () => shown.resolve(undefined);
		const navigated = (frame: unknown) => frame === page.mainFrame() && notOffered();
		page.once('popup', notOffered).on('framenavigated', navigated);
		try {
			await link.click({ timeout: limits.timeoutMs });
			offered = await Promise.race([starts, shown.promise, late(limits.timeoutMs)]);
		} finally {
			page.off('popup', notOffered).off('framenavigated', navigated);
		}
	});
	if (offered !== undefined) return await received(offered, run.downloadsDir, limits);
	if (/^https?:/.test(address)) return await fetched(run, address, limits);
	throw new CoreError('not-found', `Cannot download ${target.slice(0, 120)}: a click there offered no file.`, {
		hint: 'Aim at the link or button that offers the file, or give the address of the file.',
	});
}

function fetched({ context, page }: RunPage, url: string, limits: DownloadLimits): Promise<NewFile> {
	const { href } = limits.checkUrl(url);
	return fetchFile(context, { ...limits, url: href, referrer: page.url(), maxBytes: MAX_BYTES });
}

async function received(offered: Download, folder: string, { timeoutMs }: DownloadLimits): Promise<NewFile> {
	const overflow = Promise.withResolvers<never>();
	const watch = setInterval(async () => {
		if ((await largestIn(folder)) > MAX_BYTES) overflow.reject(tooLarge(MAX_BYTES));
	}, WATCH_EVERY_MS);
	try {
		const path = await Promise.race([offered.path(), late(timeoutMs), overflow.promise]);
		if (path === undefined) throw tookTooLong(timeoutMs);
		const pieces: Buffer[] = [];
		let bytes = 0;
		for await (const piece of createReadStream(path)) {
			bytes += piece.length;
			if (bytes > MAX_BYTES) throw tooLarge(MAX_BYTES);
			pieces.push(piece);
		}
		const name = offered.suggestedFilename();
		return { name, type: typeOf(name), content: Buffer.concat(pieces) };
	} finally {
		clearInterval(watch);
		await discard(offered);
	}
}

/** Bytes of the largest file of a folder: a browser does not say how far a download is. */
async function largestIn(folder: string): Promise<number> {
	const names = await readdir(folder).catch(() => []);
	const files = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
	return Math.max(0, ...files.map((file) => (file?.isFile() ? file.size : 0)));
}

/** Resolves with nothing when the time is over. */
function late(timeoutMs: number): Promise<undefined> {
	return new Promise((resolve) => {
		setTimeout(resolve, timeoutMs, undefined).unref();
	});
}

/** A browser does not tell the type of what it saved; the name mostly does. */
function typeOf(name: string): string {
	const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
	return TYPES[ending] ?? 'application/octet-stream';
}

const MAX_BYTES = 50_000_000;
const WATCH_EVERY_MS = 200;
const TYPES: Readonly<Record<string, string>> = {
	csv: 'text/csv',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	gif: 'image/gif',
	htm: 'text/html',
	html: 'text/html',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	md: 'text/markdown',
	pdf: 'application/pdf',
	png: 'image/png',
	txt: 'text/plain',
	webp: 'image/webp',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	xml: 'application/xml',
	zip: 'application/zip',
};
