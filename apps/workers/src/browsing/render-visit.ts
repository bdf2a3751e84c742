import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';

/** VisitReport is what a person is told of a visit. */
export interface VisitReport {
	readonly title: string;
	readonly url: string;
	readonly markdown: string | undefined;
	readonly fields: Readonly<Record<string, Json>> | undefined;
	readonly screenshots: readonly ArtifactRef[];
	readonly downloads: readonly ArtifactRef[];
}

/** renderVisit writes a visit up as Markdown: pictures, what was read, files, and the page's own words, shortened. */
export function renderVisit({ title, url, markdown, fields, screenshots, downloads }: VisitReport): string {
	return [
		`**${plain(title) || 'Page'}** – <${url}>`,
		...screenshots.map(({ id }) => `![Screenshot](/v1/artifacts/${id})`),
		...(fields === undefined ? [] : [renderFields(fields)]),
		...(downloads.length === 0
			? []
			: [downloads.map(({ id, name }) => `- [${plain(name)}](/v1/artifacts/${id})`).join('\n')]),
		...(markdown === undefined || markdown.trim() === '' ? [] : [beginning(markdown)]),
	]
		.filter((part) => part !== '')
		.join('\n\n');
}

const MAX_MARKDOWN = 6_000;
const MAX_ROWS = 50;

function renderFields(fields: Readonly<Record<string, Json>>): string {
	return Object.entries(fields)
		.map(([name, value]) => `- ${plain(name)}: ${isList(value) ? renderList(value) : shown(value)}`)
		.join('\n');
}

function renderList(list: readonly Json[]): string {
	const shownRows = list.slice(0, MAX_ROWS).map((value) => `\n  - ${shown(value)}`);
	const rest = list.length - shownRows.length;
	return `${list.length}${shownRows.join('')}${rest > 0 ? `\n  - … and ${rest} more` : ''}`;
}

function shown(value: Json): string {
	if (value === null) return '–';
	if (!isJsonObject(value)) return plain(String(value));
	return Object.entries(value)
		.map(([name, part]) => `${plain(name)}: ${part === null ? '–' : plain(String(part))}`)
		.join(', ');
}

function beginning(markdown: string): string {
	if (markdown.length <= MAX_MARKDOWN) return markdown;
	const line = markdown.lastIndexOf('\n', MAX_MARKDOWN);
	return `${markdown.slice(0, line > 0 ? line : MAX_MARKDOWN).toWellFormed()}\n\n…`;
}

/** Words of a page inside a line of ours must not become markup. */
function plain(text: string): string {
	return text
		.replace(/\s+/g, ' ')
		.trim()
		.replace(/[\\`*_[\]<>|!]/g, (mark) => `\\${mark}`);
}

function isList(value: Json): value is readonly Json[] {
	return Array.isArray(value);
}
