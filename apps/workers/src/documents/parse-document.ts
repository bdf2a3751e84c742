import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { ParsedDocument, Raw } from './parsed-document.ts';
import { sniff } from './sniff.ts';

/**
 * parseDocument turns the bytes of a page or file into a document, by what they are rather than by what they are called.
 * The parsers and their libraries are loaded when they are needed. Throws `unsupported-type`, `unreadable-document` or `too-large`.
 */
export async function parseDocument(raw: Raw): Promise<ParsedDocument> {
	if (raw.content.length === 0) throw unreadable(raw, 'it is empty');
	const sniffed = sniff(raw.content, raw.contentType, raw.name);
	if ('unsupported' in sniffed) throw unsupported(raw, sniffed.unsupported);
	try {
		return await parseKind(raw, sniffed.kind);
	} catch (error) {
		raw.signal.throwIfAborted();
		if (isCoreError(error)) throw error;
		throw unreadable(raw, 'its content is damaged or made in a way that cannot be read', error);
	}
}

async function parseKind(
	raw: Raw,
	kind: Exclude<ReturnType<typeof sniff>, { unsupported: string }>['kind'],
): Promise<ParsedDocument> {
	switch (kind) {
		case 'html':
			return (await import('./html/read-html.ts')).readHtml(raw);
		case 'pdf':
			return (await import('./pdf/read-pdf.ts')).readPdf(raw);
		case 'zip':
		case 'docx': {
			const { openZip, readDocx } = await import('./read-docx.ts');
			const zip = openZip(raw.content);
			if (zip.kind !== 'docx') throw unsupported(raw, zip.kind);
			return await readDocx(raw, zip.entries);
		}
		case 'feed':
			return (await import('./read-feed.ts')).readFeed(raw);
		case 'json': {
			const { parseJson, readJson } = await import('./read-json.ts');
			const parsed = parseJson(raw);
			// What only looks like JSON, and is none, is text.
			if (parsed === undefined && !/json/i.test(`${raw.contentType} ${raw.name}`)) return await parseKind(raw, 'text');
			const feed = parsed && (await import('./read-feed.ts')).readJsonFeed(raw, parsed.value);
			return feed ?? readJson(raw, parsed);
		}
		case 'xml':
		case 'text':
			return (await import('./read-text.ts')).readText(raw);
	}
}

function unsupported(raw: Raw, what: string): CoreError {
	return new CoreError('unsupported-type', `Cannot read ${raw.url ?? raw.name}: it is ${what}.`, {
		hint: 'Readable are web pages, PDF, DOCX, plain text, Markdown, JSON and feeds.',
	});
}

function unreadable(raw: Raw, why: string, cause?: unknown): CoreError {
	return new CoreError('unreadable-document', `Cannot read ${raw.url ?? raw.name}: ${why}.`, {
		hint: 'Check the file in the program it was made for, or give another copy.',
		...(cause !== undefined && { cause }),
	});
}
