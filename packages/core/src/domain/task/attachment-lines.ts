import type { Json } from '../json.ts';
import type { Attachment } from './facts.ts';

/**
 * attachmentLines writes attachments as lines of text, because the answer to a text question is text: an address as it is,
 * a stored file as `artifact:<id> <type> <name>`.
 */
export function attachmentLines(attachments: readonly Attachment[]): string {
	return attachments
		.map((one) =>
			one.kind === 'url' ? one.url : `artifact:${one.id} ${one.type || '-'} ${one.name.replace(/\s+/g, ' ')}`,
		)
		.join('\n');
}

/** NamedFile is a stored file as an answer names it. */
export interface NamedFile {
	readonly artifact: string;
	readonly type: string;
	readonly name: string;
}

/** readFileLines takes the `artifact:` lines out of an answer; addresses stay in the text, where any text may have them. */
export function readFileLines(answer: string): { text: string; files: NamedFile[] } {
	const files: NamedFile[] = [];
	const text = answer.replace(/^artifact:(\S{1,200}) (\S{1,200}) ([^\n]*)$/gm, (_line, artifact, type, name) => {
		files.push({ artifact, type, name });
		return '';
	});
	return { text: text.trim(), files };
}

/** answerInWords is an answer as a person reads it: its files by their names. */
export function answerInWords(answer: Json = null): string {
	if (typeof answer !== 'string') return JSON.stringify(answer);
	const { text, files } = readFileLines(answer);
	const names = files.map(({ name }) => name).join(', ');
	if (names === '') return text;
	return text === '' ? names : `${text} (with ${names})`;
}
