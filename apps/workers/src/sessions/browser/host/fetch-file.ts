import { CoreError } from '@errand/core/domain/errors.ts';
import type { CDPSession } from 'playwright-core';

/** FetchedFile is a file as the browser itself fetched it, with the cookies of its context. */
export interface FetchedFile {
	readonly name: string;
	readonly type: string;
	readonly content: Uint8Array;
}

/**
 * fetchFile fetches an address in the name of a page, as the browser's developer tools do: through the browser's own
 * network and proxy, whatever the page may read itself. Throws `fetch-failed` or `too-large`.
 */
export async function fetchFile(session: CDPSession, url: string, maxBytes: number): Promise<FetchedFile> {
	const { frameTree } = await session.send('Page.getFrameTree');
	const { resource } = await session.send('Network.loadNetworkResource', {
		frameId: frameTree.frame.id,
		url,
		options: { disableCache: false, includeCredentials: true },
	});
	const { success, stream, httpStatusCode, netErrorName } = resource;
	if (!success || stream === undefined) {
		const seen = httpStatusCode === undefined ? (netErrorName ?? 'it did not load') : `status ${httpStatusCode}`;
		throw new CoreError('fetch-failed', `Cannot download ${url.slice(0, 200)}: ${seen}.`, {
			hint: 'Check the address, and whether the page has to be opened or logged in to first.',
		});
	}
	const headers = new Map(Object.entries(resource.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
	const content = await readStream(session, stream, maxBytes);
	return {
		name: fileName(headers.get('content-disposition') ?? '', url),
		type: (headers.get('content-type') ?? 'application/octet-stream').split(';', 1)[0]?.trim() ?? '',
		content,
	};
}

async function readStream(session: CDPSession, handle: string, maxBytes: number): Promise<Uint8Array> {
	const pieces: Buffer[] = [];
	let bytes = 0;
	try {
		for (;;) {
			const { data, base64Encoded, eof } = await session.send('IO.read', { handle, size: PIECE_BYTES });
			const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
			bytes += piece.byteLength;
			if (bytes > maxBytes) throw tooLarge(maxBytes);
			pieces.push(piece);
			if (eof) return Buffer.concat(pieces);
		}
	} finally {
		await session.send('IO.close', { handle }).catch(() => undefined);
	}
}

/** tooLarge refuses a file beyond the bound. */
export function tooLarge(maxBytes: number): CoreError {
	return new CoreError('too-large', `The download is larger than ${Math.round(maxBytes / 1_000_000)} MB.`, {
		hint: 'Download it in a browser of your own and attach the part that is needed.',
	});
}

/** The name a server gives (RFC 6266), else the last part of the address. */
export function fileName(disposition: string, url: string): string {
	const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1];
	const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(disposition);
	const given = decoded(extended?.trim()) ?? plain?.[1] ?? plain?.[2]?.trim();
	const last = URL.canParse(url) ? new URL(url).pathname.split('/').findLast((part) => part !== '') : undefined;
	return given || decoded(last) || 'download';
}

function decoded(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

const PIECE_BYTES = 1024 * 1024;
