import { type Dialect, renderMarkdown } from './render-markdown.ts';

/** toDiscord writes Markdown as Discord reads it: nobody is mentioned by it, and what looks like a mark but is none stays text. */
export function toDiscord(markdown: string): string {
	return renderMarkdown(markdown, DISCORD);
}

const DISCORD: Dialect = {
	text: plainText,
	lines: (inner) =>
		inner.replace(
			/^([ \t]*)(?:([#>+-])|(\d{1,9})(?=[.)]))/gm,
			(_, blank, mark, digits) => `${blank}${mark === undefined ? `${digits}\\` : `\\${mark}`}`,
		),
	strong: (inner) => `**${inner}**`,
	em: (inner) => `*${inner}*`,
	del: (inner) => `~~${inner}~~`,
	code: codeSpan,
	link: ({ href: address, bare }, words) => {
		const href = address.replace(MENTION, '%40');
		// In angle brackets a link brings no preview. Words with an address in them cannot be a link's.
		if (bare) return `<${href}>`;
		return words.includes('://') ? `${words} <${href}>` : `[${words}](<${href}>)`;
	},
	heading: (inner, depth) => (depth <= 3 ? `${'#'.repeat(depth)} ${oneLine(inner)}` : `**${oneLine(inner)}**`),
	fence: (code, language) =>
		`\`\`\`${/^[\w+#-]{1,24}$/.test(language) ? language : ''}\n${unfenced(unmentioned(code))}\n\`\`\``,
	// There is one level of quotes.
	quote: (inner) => inner.replace(/^(?:> )?/gm, '> '),
	bullet: '-',
	rule: '───',
	tableColumns: 56,
};

const INVISIBLE = '\u200b';
const MENTION = /@(?=everyone|here|[!&\d])/gi;

function plainText(words: string): string {
	return unmentioned(words)
		.replace(/[\\*_~`|[\]]/g, '\\$&')
		.replace(/<(?=[:/a-z])/gi, `<${INVISIBLE}`);
}

/** In code too: what a reader sees as code need not be code for whoever sends the notifications. */
function unmentioned(words: string): string {
	return words.replace(MENTION, `@${INVISIBLE}`).replace(/<(?=[@#])/g, `<${INVISIBLE}`);
}

function codeSpan(words: string): string {
	const text = unmentioned(oneLine(words));
	if (text === '') return '';
	if (!text.includes('`')) return `\`${text}\``;
	return text.includes('``') || /^`|`$/.test(text) ? `\`${text.replaceAll('`', 'ˋ')}\`` : `\`\`${text}\`\``;
}

/** Three backticks in code would end it. */
function unfenced(code: string): string {
	return code.replace(/`(?=``)/g, `\`${INVISIBLE}`).replace(/``$/, `\`${INVISIBLE}\``);
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
