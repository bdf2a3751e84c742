/**
 * decodeText turns bytes into text. The order is that of browsers: byte order mark, header, what the document says of
 * itself (`<meta charset>`, XML declaration), UTF-8 if the bytes are valid UTF-8, and Windows-1252 for the rest.
 */
export function decodeText(content: Uint8Array, contentType: string | undefined): string {
	const label =
		fromByteOrderMark(content) ??
		known(/charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1]) ??
		fromContent(content);
	return new TextDecoder(label ?? (isUtf8(content) ? 'utf-8' : 'windows-1252')).decode(content);
}

function fromByteOrderMark(content: Uint8Array): string | undefined {
	const [a, b, c] = content;
	if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
	if (a === 0xff && b === 0xfe) return 'utf-16le';
	if (a === 0xfe && b === 0xff) return 'utf-16be';
	return undefined;
}

function fromContent(content: Uint8Array): string | undefined {
	const head = new TextDecoder('latin1').decode(content.subarray(0, 4096));
	const said =
		/<meta[^<>]{0,200}charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1] ??
		/^\s*<\?xml[^<>]{0,200}encoding\s*=\s*["']([\w:.-]+)/i.exec(head)?.[1];
	const label = known(said);
	// A page that can be read byte by byte as far as here is not UTF-16, whatever it says.
	return label?.startsWith('utf-16') ? 'utf-8' : (label ?? utf16WithoutMark(content));
}

function utf16WithoutMark(content: Uint8Array): string | undefined {
	const sample = content.subarray(0, 512);
	if (sample.length < 8) return undefined;
	let even = 0;
	let odd = 0;
	for (const [index, byte] of sample.entries()) if (byte === 0) index % 2 === 0 ? even++ : odd++;
	if (odd > sample.length * 0.3 && even === 0) return 'utf-16le';
	if (even > sample.length * 0.3 && odd === 0) return 'utf-16be';
	return undefined;
}

function known(label: string | undefined): string | undefined {
	if (label === undefined) return undefined;
	try {
		return new TextDecoder(label).encoding;
	} catch {
		return undefined;
	}
}

function isUtf8(content: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(content);
		return true;
	} catch {
		return false;
	}
}
