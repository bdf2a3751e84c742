import { MONTH_NAMES } from '@errand/core/domain/calendar-names.ts';
import type { Document } from '@errand/core/domain/document.ts';

/** nameSource says who says something, and when: "Harrow Gazette, 12 March 2026". */
export function nameSource(document: Document): string {
	const day = dayOf(document);
	return day === undefined ? publisherOf(document) : `${publisherOf(document)}, ${day}`;
}

/** publisherOf is the name of the site, else its address, else the document's title. */
export function publisherOf({ publisher, url, title }: Document): string {
	if (publisher !== undefined) return publisher;
	const host = url !== undefined && URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : '';
	// An address of digits names nobody.
	return /\.\p{L}{2,}$/u.test(host) ? host : title || 'Document';
}

/** dayOf writes a document's date as people do; undefined when it gives none. */
export function dayOf({ date }: Pick<Document, 'date'>): string | undefined {
	const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(date ?? '') ?? [];
	const name = MONTH_NAMES[Number(month) - 1];
	if (year === undefined || name === undefined) return /^\d{4}$/.test(date ?? '') ? date : undefined;
	return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}
