import { CoreError } from '@errand/core/domain/errors.ts';
import { getDocumentProxy } from 'unpdf';
import { oneLine } from '../clean-text.ts';
import { pageLinks } from '../html/page-links.ts';
import { isoDate } from '../iso-date.ts';
import { cutMarkdown, DOCUMENT_LIMITS, type ParsedDocument, type Raw } from '../parsed-document.ts';
import { linesToMarkdown } from './lines-to-markdown.ts';
import { pageBars } from './page-bars.ts';
import { withoutRunningHeads } from './running-heads.ts';
import { withStrikes } from './struck-out.ts';
import { readingOrder } from './text-columns.ts';
import { type Line, type TextPiece, textLines } from './text-lines.ts';

/** readPdf rebuilds the text of a PDF from where its pieces stand. Throws `unreadable-document` for broken, locked and scanned ones. */
export async function readPdf(raw: Raw): Promise<ParsedDocument> {
	const pdf = await open(raw);
	try {
		const pages: Line[][] = [];
		const links: { href: string; text: string }[] = [];
		const empty: number[] = [];
		const count = Math.min(pdf.numPages, DOCUMENT_LIMITS.pdfPages);
		let chars = 0;
		for (let number = 1; number <= count && chars < DOCUMENT_LIMITS.markdownChars; number += 1) {
			raw.signal.throwIfAborted();
			const page = await pdf.getPage(number);
			const lines = await linesOf(page, number <= STRIKE_PAGES);
			if (lines.length === 0) empty.push(number);
			chars += lines.reduce((sum, line) => sum + line.text.length, 0);
			pages.push(lines);
			if (links.length < DOCUMENT_LIMITS.links) links.push(...(await linksOf(page)));
			page.cleanup();
		}
		if (chars === 0) throw noText(raw);
		const { markdown, heading } = linesToMarkdown(withoutRunningHeads(pages));
		const { title, date } = await propertiesOf(pdf);
		const cut = cutMarkdown(markdown);
		return {
			title: title ?? heading ?? raw.name,
			kind: 'pdf',
			markdown: cut.markdown,
			...(date !== undefined && { date }),
			links: pageLinks(links, raw.url),
			truncated: cut.truncated || pages.length < pdf.numPages,
			warnings: empty.length === 0 ? [] : [`${pagesInWords(empty)} without text; probably scanned.`],
		};
	} finally {
		await pdf.destroy();
	}
}

/** Looking at what is drawn costs as much as reading the text, so a book's later pages go without. */
const STRIKE_PAGES = 100;

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Pdf['getPage']>>;

async function open(raw: Raw): Promise<Pdf> {
	try {
		// pdf.js takes its bytes over and refuses a Buffer, so it gets a plain copy.
		return await getDocumentProxy(new Uint8Array(raw.content), {
			isEvalSupported: false,
			// Pictures are not looked at, so none is unpacked.
			maxImageSize: 1,
			disableFontFace: true,
			verbosity: 0,
		});
	} catch (cause) {
		const locked = cause instanceof Error && cause.name === 'PasswordException';
		const why = locked ? 'it is protected by a password' : 'the file is damaged';
		throw new CoreError('unreadable-document', `Cannot read the PDF ${raw.url ?? raw.name}: ${why}.`, {
			hint: locked
				? 'Save a copy without the password and give that.'
				: 'Open it in a PDF viewer, or give another copy.',
			cause,
		});
	}
}

async function linesOf(page: Page, lookForStrikes: boolean): Promise<Line[]> {
	const { items } = await page.getTextContent();
	const { transform, width } = page.getViewport({ scale: 1 });
	const pieces: TextPiece[] = [];
	for (const item of items.slice(0, 50_000)) {
		if (!('str' in item) || item.str === '') continue;
		const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = item.transform as number[];
		const [ta = 1, tb = 0, tc = 0, td = 1, te = 0, tf = 0] = transform as number[];
		const across = Math.abs(ta * a + tc * b);
		const down = Math.abs(tb * a + td * b);
		// Text that runs up or down the page's edge is a stamp, not a line.
		if (down > across) continue;
		pieces.push({
			text: item.str,
			x: ta * e + tc * f + te,
			y: tb * e + td * f + tf,
			width: item.width,
			size: Math.hypot(c, d) || item.height,
		});
	}
	const bars = lookForStrikes && pieces.length > 0 ? await pageBars(page).catch(() => []) : [];
	return readingOrder(textLines(withStrikes(pieces, bars)), width);
}

async function linksOf(page: Page): Promise<{ href: string; text: string }[]> {
	const annotations: { url?: unknown }[] = await page.getAnnotations().catch(() => []);
	return annotations.flatMap(({ url }) => (typeof url === 'string' ? [{ href: url, text: '' }] : []));
}

async function propertiesOf(pdf: Pdf): Promise<{ title?: string; date?: string }> {
	const found = await pdf.getMetadata().catch(() => undefined);
	const info = (found?.info ?? {}) as Readonly<Record<string, unknown>>;
	const said = oneLine(String(info['Title'] ?? '')).slice(0, 500);
	const title = /^(?:untitled|microsoft word - .*|.*\.(?:docx?|pdf|indd))$/i.test(said) ? '' : said;
	const date = pdfDate(info['ModDate']) ?? pdfDate(info['CreationDate']);
	return { ...(title !== '' && { title }), ...(date !== undefined && { date }) };
}

/** PDF writes dates as `D:20260115103000+01'00'`, with everything after the year left out at will. */
function pdfDate(value: unknown): string | undefined {
	const parts = /^(?:D:)?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:([+-]\d{2})'?(\d{2})?|Z)?/.exec(
		String(value ?? ''),
	);
	if (parts === null) return undefined;
	const [, year, month, day, hour, minute, second = '00', zone, zoneMinutes = '00'] = parts;
	if (hour === undefined) return isoDate(`${year}-${month}-${day}`);
	return isoDate(
		`${year}-${month}-${day}T${hour}:${minute}:${second}${zone === undefined ? 'Z' : `${zone}:${zoneMinutes}`}`,
	);
}

function pagesInWords(pages: readonly number[]): string {
	if (pages.length === 1) return `Page ${pages[0]} is`;
	return `Pages ${pages.slice(0, 10).join(', ')}${pages.length > 10 ? ' and more' : ''} are`;
}

function noText(raw: Raw): CoreError {
	return new CoreError(
		'unreadable-document',
		`Cannot read the PDF ${raw.url ?? raw.name}: it has no text layer; it is probably a scan.`,
		{ hint: 'Run it through text recognition (OCR) and give the result.' },
	);
}
