import { CoreError } from '@errand/core/domain/errors.ts';
import { XMLParser } from 'fast-xml-parser';
import mammoth from 'mammoth';
import { pageLinks } from './html/page-links.ts';
import { htmlToMarkdown } from './html/read-html.ts';
import { isoDate } from './iso-date.ts';
import { cutMarkdown, DOCUMENT_LIMITS, type ParsedDocument, type Raw } from './parsed-document.ts';
import { xmlTags } from './xml-shape.ts';
import { inflateEntry, type ZipEntry, zipEntries } from './zip-entries.ts';

/** openZip checks an archive before anything unpacks it, and says what kind of document it holds. */
export function openZip(content: Uint8Array): {
	readonly entries: readonly ZipEntry[];
	readonly kind: 'docx' | string;
} {
	const entries = zipEntries(content);
	const has = (name: string) => entries.some((entry) => entry.name === name);
	if (has('word/document.xml')) return { entries, kind: 'docx' };
	const other = ZIP_KINDS.find(([name]) => has(name))?.[1];
	return { entries, kind: other ?? 'a ZIP archive' };
}

/** readDocx turns a Word document into Markdown, by way of HTML: tables, lists, footnotes, struck-out text. */
export async function readDocx(raw: Raw, entries: readonly ZipEntry[]): Promise<ParsedDocument> {
	const core = checkedParts(raw.content, entries);
	raw.signal.throwIfAborted();
	const html = await convert(raw.content);
	raw.signal.throwIfAborted();
	const { markdown, heading, truncated, links } = htmlToMarkdown(html);
	const properties = coreProperties(core);
	return {
		title: properties.title ?? heading ?? raw.name,
		kind: 'docx',
		...cutMarkdown(markdown),
		...(properties.date !== undefined && { date: properties.date }),
		links: pageLinks(links, undefined),
		truncated,
		warnings: markdown === '' ? ['The document holds no text.'] : [],
	};
}

/** Unpacks every part once within the limits, and gives the one that holds the document's properties. */
function checkedParts(content: Uint8Array, entries: readonly ZipEntry[]): string {
	let left: number = DOCUMENT_LIMITS.zipBytes;
	let xmlBytes = 0;
	let tags = 0;
	let core = '';
	for (const entry of entries) {
		const bytes = inflateEntry(content, entry, left);
		left -= bytes.length;
		if (entry.name === 'docProps/core.xml') core = new TextDecoder().decode(bytes.subarray(0, 100_000));
		if (!/\.(?:xml|rels)$/.test(entry.name)) continue;
		xmlBytes += bytes.length;
		if (xmlBytes > DOCUMENT_LIMITS.zipXmlBytes) throw tooMuchText('its text unpacks to more than 24 MB');
		tags += xmlTags(bytes);
		if (tags > DOCUMENT_LIMITS.zipXmlTags) throw tooMuchText('it has too many parts');
	}
	return core;
}

async function convert(content: Uint8Array): Promise<string> {
	const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
	const withoutImages = mammoth.images.imgElement(async () => ({ src: '' }));
	try {
		const { value } = await mammoth.convertToHtml(
			{ buffer },
			{ convertImage: withoutImages, externalFileAccess: false },
		);
		return value;
	} catch (cause) {
		throw new CoreError('unreadable-document', 'Cannot read the Word document: its content is damaged.', {
			hint: 'Open it in a word processor and save it again, or give it as PDF.',
			cause,
		});
	}
}

function coreProperties(xml: string): { title?: string; date?: string } {
	let properties: Record<string, unknown>;
	try {
		const parser = new XMLParser({
			removeNSPrefix: true,
			parseTagValue: false,
			ignoreAttributes: true,
			processEntities: true,
		});
		properties = parser.parse(xml)?.coreProperties ?? {};
	} catch {
		return {};
	}
	const text = (name: string) => (typeof properties[name] === 'string' ? properties[name].trim() : '');
	const title = text('title').slice(0, 500);
	const date = isoDate(text('modified')) ?? isoDate(text('created'));
	return { ...(title !== '' && { title }), ...(date !== undefined && { date }) };
}

function tooMuchText(why: string): CoreError {
	return new CoreError('too-large', `Refused to read the Word document: ${why}.`, {
		hint: 'Split the document, or give the part that matters.',
	});
}

const ZIP_KINDS: readonly (readonly [entry: string, what: string])[] = [
	['xl/workbook.xml', 'a spreadsheet (XLSX)'],
	['ppt/presentation.xml', 'a presentation (PPTX)'],
	['META-INF/container.xml', 'an electronic book (EPUB)'],
	['META-INF/MANIFEST.MF', 'a Java archive'],
	['AndroidManifest.xml', 'an Android app'],
	['content.xml', 'an OpenDocument file'],
];
