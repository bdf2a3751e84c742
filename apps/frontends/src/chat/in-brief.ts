import { lexMarkdown } from './lex-markdown.ts';

/** The list under an answer to which the marks lead. */
const SOURCES = /\n\*\*Sources\*\*\n\n(?:(?:\d{1,3}\.|-) [^\n]*\n?)*$/;

/**
 * inBrief is Markdown without its tables, sources and their marks, for where only a few sentences fit; all of it if nothing
 * else is left.
 */
export function inBrief(markdown: string): string {
	const prose = lexMarkdown(markdown.replace(SOURCES, ''))
		.filter(({ type }) => type !== 'table' && type !== 'space')
		.map(({ raw }) => raw.trimEnd())
		.join('\n\n')
		.replace(/[ \t]?(?:\[\d{1,3}\])+(?![(:])/g, '');
	return prose.trim() === '' ? markdown : prose;
}
