import type { Source } from '@errand/core/domain/capability.ts';
import { escapeMarkdown } from '../facts/source-marks.ts';
import type { Piece } from './piece.ts';

/** completeFile is the whole piece as a file: title, text, and the sources with their words. */
export function completeFile({ title, body, sources, warnings }: Piece): string {
	const parts = [`# ${escapeMarkdown(title)}`, body];
	if (warnings.length > 0)
		parts.push(`## Please note\n\n${warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join('\n')}`);
	if (sources.length > 0) parts.push(`## Sources\n\n${sources.map(sourceLine).join('\n')}`);
	return `${parts.join('\n\n')}\n`;
}

function sourceLine({ title, url, quote }: Source, index: number): string {
	const place = url === undefined ? '' : `, <${url.replace(/[<>\s]/g, (sign) => encodeURIComponent(sign))}>`;
	const words = quote === undefined ? '' : `: “${escapeMarkdown(quote)}”`;
	return `${index + 1}. ${escapeMarkdown(title)}${place}${words}`;
}
