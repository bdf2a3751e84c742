import type { PieceRequest } from './piece.ts';

/** titled is the heading of a piece: the one asked for, else made of the topic or of the only document. */
export function titled({ title, topic, documents }: PieceRequest, kind: string): string {
	const given = title?.trim() ?? '';
	if (given !== '')
		return given.toLowerCase().includes(kind.toLowerCase()) || kind === '' ? given : `${kind}: ${given}`;
	const about = topic?.trim() || (documents.length === 1 ? documents[0]?.title : '') || '';
	if (about === '') return kind;
	return kind === '' ? sentenceCase(about) : `${kind}: ${sentenceCase(about)}`;
}

/** fileNameOf makes a file's name of a title: "talking-points-river-restoration-bill.md". */
export function fileNameOf(title: string, fallback: string, extension: string): string {
	const slug = title
		.normalize('NFKD')
		.replace(/[\p{M}’']/gu, '')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '');
	const short = [...slug]
		.slice(0, 70)
		.join('')
		.replace(/-[^-]*$/, (end) => ([...slug].length > 70 ? '' : end));
	return `${short || fallback}.${extension}`;
}

function sentenceCase(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
