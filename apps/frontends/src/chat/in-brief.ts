import { lexMarkdown } from './lex-markdown.ts';

/** inBrief is Markdown without its tables and marks of sources, for where only a few sentences fit; all of it if nothing else is left. */
export function inBrief(markdown: string): string {
	const prose = lexMarkdown(markdown)
		.filter(({ type }) => type !== 'table' && type !== 'space')
		.map(({ raw }) => raw.trimEnd())
		.join('\n\n')
		.replace(/[ \t]?(?:\[\d{1,3}\])+(?![(:])/g, '');
	return prose.trim() === '' ? markdown : prose;
}
