import type { Document } from '@errand/core/domain/document.ts';

/** Sniffed is the kind of a document, or in words what else it is and cannot be read as text. */
export type Sniffed = { readonly kind: Document['kind'] | 'zip' | 'xml' } | { readonly unsupported: string };

/**
 * sniff tells what bytes are from their beginning, and from what the server or the name says only where the beginning
 * leaves it open: servers send PDFs as `text/html`, feeds as `text/plain` and images as anything.
 */
export function sniff(content: Uint8Array, contentType: string | undefined, name: string): Sniffed {
	const magic = fromMagic(content);
	if (magic !== undefined) return magic;
	const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
	if (looksBinary(content))
		return { unsupported: DECLARED.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'a binary file' };
	return fromText(textHead(content), type, name);
}

function fromMagic(content: Uint8Array): Sniffed | undefined {
	const head = latin1(content.subarray(0, 1024));
	if (/^\s{0,16}%PDF-/.test(head) || head.includes('\n%PDF-')) return { kind: 'pdf' };
	if (head.startsWith('PK\u0003\u0004') || head.startsWith('PK\u0005\u0006')) return { kind: 'zip' };
	for (const [pattern, what] of MAGIC) if (pattern.test(head)) return { unsupported: what };
	return undefined;
}

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: file signatures are made of them
const MAGIC: readonly (readonly [RegExp, string])[] = [
	[/^\x89PNG/, 'an image (PNG)'],
	[/^\xff\xd8\xff/, 'an image (JPEG)'],
	[/^GIF8[79]a/, 'an image (GIF)'],
	[/^RIFF[\s\S]{4}WEBP/, 'an image (WebP)'],
	[/^RIFF[\s\S]{4}AVI /, 'a video (AVI)'],
	[/^RIFF/, 'a sound file (WAV)'],
	[/^(?:II\*\0|MM\0\*)/, 'an image (TIFF)'],
	[/^BM[\s\S]{4}\0\0\0\0/, 'an image (BMP)'],
	[/^\0\0\x01\0/, 'an image (icon)'],
	[/^[\s\S]{4}ftyp(?:avif|heic|heix|mif1)/, 'an image (HEIF)'],
	[/^[\s\S]{4}ftyp/, 'a video (MP4)'],
	[/^\x1aE\xdf\xa3/, 'a video (Matroska)'],
	[/^(?:ID3|\xff[\xfb\xf3\xf2])/, 'a sound file (MP3)'],
	[/^OggS/, 'a sound file (Ogg)'],
	[/^fLaC/, 'a sound file (FLAC)'],
	[/^\x1f\x8b/, 'an archive (gzip)'],
	[/^BZh[1-9]/, 'an archive (bzip2)'],
	[/^\xfd7zXZ\0/, 'an archive (xz)'],
	[/^7z\xbc\xaf\x27\x1c/, 'an archive (7z)'],
	[/^Rar!\x1a\x07/, 'an archive (RAR)'],
	[/^\x28\xb5\x2f\xfd/, 'an archive (zstd)'],
	[/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, 'an old Office file (.doc, .xls or .ppt)'],
	[/^\{\\rtf/, 'a rich text file (RTF)'],
	[/^MZ[\s\S]{60,}PE\0\0/, 'a Windows program'],
	[/^\x7fELF/, 'a program'],
	[/^\0asm/, 'a WebAssembly module'],
	[/^SQLite format 3\0/, 'a SQLite database'],
	[/^%!PS/, 'a PostScript file'],
	[/^wOF[F2]/, 'a font'],
];
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: file signatures are made of them

const DECLARED: readonly (readonly [prefix: string, what: string])[] = [
	['image/', 'an image'],
	['video/', 'a video'],
	['audio/', 'a sound file'],
	['font/', 'a font'],
];

function looksBinary(content: Uint8Array): boolean {
	const [a, b] = content;
	if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return false;
	const sample = content.subarray(0, 4096);
	const zeros = [0, 0];
	let odd = 0;
	for (const [index, byte] of sample.entries()) {
		if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
		else if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 0x1b) odd += 1;
	}
	const [even = 0, uneven = 0] = zeros;
	// Zeros in every second place only are UTF-16 without a mark.
	const utf16 = (even === 0) !== (uneven === 0) && even + uneven > sample.length * 0.3;
	return !utf16 && (even + uneven > 0 || odd > sample.length * 0.05);
}

function textHead(content: Uint8Array): string {
	const head = latin1(content.subarray(0, 4096));
	return head
		.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
		.replaceAll('\0', '')
		.trimStart();
}

function fromText(head: string, type: string, name: string): Sniffed {
	const start = head.replace(/^(?:<\?xml[^<>]*>|<!--[\s\S]*?-->|<!doctype [^<>[]*>|\s)+/i, '');
	if (/^<svg[\s>]/i.test(start)) return { unsupported: 'an image (SVG)' };
	if (/^<(?:rss|feed|rdf:rdf)[\s>]/i.test(start)) return { kind: 'feed' };
	if (/^\s*<!doctype html/i.test(head) || /^<(?:html|head|body)[\s>]/i.test(start)) return { kind: 'html' };
	if (/^application\/(?:[\w.+-]+\+)?json\b|^text\/json/.test(type)) return { kind: 'json' };
	if (/^\s*<\?xml/.test(head)) return { kind: 'xml' };
	if (/^text\/html|^application\/xhtml/.test(type)) return { kind: /^[{[]\s*["{[\]}]/.test(start) ? 'json' : 'html' };
	if (/[/+]xml$/.test(type)) return { kind: 'xml' };
	if (/^(?:text\/(?:plain|markdown|csv)|application\/(?:x-)?(?:yaml|ndjson))/.test(type)) return { kind: 'text' };
	if (/\.json$/i.test(name) || /^[{[]\s*["{[\]}]/.test(start)) return { kind: 'json' };
	if (/\.x?html?$/i.test(name) || /^<(?:div|p|h[1-6]|table|ul|ol|article|main|section|title|meta)[\s>]/i.test(start)) {
		return { kind: 'html' };
	}
	return { kind: 'text' };
}

/** Byte for byte, unlike the standard's "latin1", which is Windows-1252. */
function latin1(content: Uint8Array): string {
	return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
}
