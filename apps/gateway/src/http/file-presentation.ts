/** FilePresentation is how a browser may treat a stored file: what it is, whether to show it, and what it may do. */
export interface FilePresentation {
	readonly type: string;
	readonly inline: boolean;
	/** The Content-Security-Policy of the answer. */
	readonly policy: string;
}

const SHOWN = new Set([
	'application/json',
	'application/pdf',
	'image/avif',
	'image/bmp',
	'image/gif',
	'image/jpeg',
	'image/png',
	'image/webp',
	'text/csv',
	'text/markdown',
	'text/plain',
]);
const SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";
// Chrome's PDF viewer is refused in a sandbox and counts as an object of its page; a PDF runs nothing in this origin.
const PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** presentationOf decides by the type alone; only what cannot run anything is shown, all else is saved. */
export function presentationOf(stored: string): FilePresentation {
	const essence = (stored.split(';')[0] ?? '').trim().toLowerCase();
	if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence)) {
		return { type: 'application/octet-stream', inline: false, policy: SANDBOX };
	}
	const isText = essence.startsWith('text/') || essence === 'application/json';
	return {
		type: isText ? `${essence}; charset=utf-8` : essence,
		inline: SHOWN.has(essence),
		policy: essence === 'application/pdf' ? PDF : SANDBOX,
	};
}

/** contentDisposition words the header for any file name (RFC 6266): plain ASCII for old readers, UTF-8 for the rest. */
export function contentDisposition(how: 'inline' | 'attachment', name: string): string {
	const clean =
		name
			.toWellFormed()
			.replace(/[\p{Cc}\p{Cf}/\\]/gu, '_')
			.slice(0, 255)
			.toWellFormed() || 'file';
	const ascii = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_');
	const utf8 = encodeURIComponent(clean).replace(
		/['()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `${how}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
