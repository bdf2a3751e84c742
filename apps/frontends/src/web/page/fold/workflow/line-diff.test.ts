import { expect, it } from 'vitest';
import { type DiffLine, diffParts, lineDiff } from './line-diff.ts';

const shown = (lines: readonly DiffLine[]) =>
	lines.map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`);

it('says what was added and removed, and keeps what is the same', () => {
	expect(shown(lineDiff('a\nb\nc\nd\n', 'a\nx\nc\nd\ne\n'))).toEqual([' a', '-b', '+x', ' c', ' d', '+e']);
	expect(shown(lineDiff('a\n', 'a'))).toEqual([' a']);
	expect(shown(lineDiff('a\nb', 'b\na'))).toEqual(['-a', ' b', '+a']);
});

it('gives both texts back', () => {
	const texts = ['', 'a', 'a\nb\na\nb', 'b\na\nc\na', 'c\nc\nc', 'a\nc\nb\nb\na'];
	for (const older of texts) {
		for (const newer of texts) {
			const lines = lineDiff(older, newer);
			const without = (kind: DiffLine['kind']) =>
				lines
					.filter((line) => line.kind !== kind)
					.map(({ text }) => text)
					.join('\n');
			expect([without('added'), without('removed')]).toEqual([older, newer]);
		}
	}
});

it('leaves out what is far from any difference', () => {
	const long = Array.from({ length: 20 }, (_, at) => `line ${at}`);
	const parts = diffParts(lineDiff(long.join('\n'), long.with(10, 'other').join('\n')));
	expect(parts.map((part) => ('left' in part ? part.left : part.lines.length))).toEqual([7, 8, 6]);
	expect(diffParts(lineDiff('a\nb', 'a\nb'))).toEqual([{ left: 2 }]);
});
