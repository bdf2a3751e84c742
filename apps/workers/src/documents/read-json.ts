import { decodeText } from './charset.ts';
import { cleanText } from './clean-text.ts';
import { cutMarkdown, DOCUMENT_LIMITS, type ParsedDocument, type Raw } from './parsed-document.ts';

/** parseJson is the value in a JSON document; undefined if it is not valid. */
export function parseJson(raw: Raw): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(decodeText(raw.content, raw.contentType)) };
	} catch {
		return undefined;
	}
}

/** readJson shows JSON indented in a code block; what is not valid JSON is shown as it is, with a warning. */
export function readJson(raw: Raw, parsed: { value: unknown } | undefined): ParsedDocument {
	const pretty = parsed === undefined ? undefined : indent(parsed.value);
	const text = pretty ?? cleanText(decodeText(raw.content, raw.contentType)).trim();
	const cut = text.slice(0, DOCUMENT_LIMITS.markdownChars - 20);
	const { markdown } = cutMarkdown(`\`\`\`json\n${cut.replaceAll('```', "'''")}\n\`\`\``);
	return {
		title: titleIn(parsed?.value) ?? raw.name,
		kind: 'json',
		markdown,
		links: [],
		truncated: cut.length < text.length,
		warnings: parsed === undefined ? ['It says it is JSON, but it is not valid; shown as plain text.'] : [],
	};
}

/** Undefined where the nesting is too deep to be written again. */
function indent(value: unknown): string | undefined {
	try {
		return JSON.stringify(value, undefined, 2);
	} catch {
		return undefined;
	}
}

function titleIn(value: unknown): string | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const said = ['title', 'name'].map((key) => (value as Readonly<Record<string, unknown>>)[key]);
	return said.find((text) => typeof text === 'string' && text.trim() !== '' && text.length <= 200) as
		| string
		| undefined;
}
