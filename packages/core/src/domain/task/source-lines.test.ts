import { expect, test } from 'vitest';
import { sourceLines } from './source-lines.ts';

test('sources keep the numbers by which the text cites them', () => {
	const sources = [{ title: 'A' }, { title: 'B [draft]\n2', url: 'https://b.example/x_(y)' }];
	expect(sourceLines(sources, { text: 'So it is [2].' })).toEqual([
		'1. A',
		'2. [B draft 2](https://b.example/x_%28y%29)',
	]);
});

test('sources that are not cited are named once each, where there is something to open', () => {
	const sources = [
		{ title: 'A', url: 'https://a.example' },
		{ title: 'A', url: 'https://a.example', quote: 'x' },
		{ title: 'Your text' },
		{ title: 'F', artifact: 'f1' },
	];
	expect(sourceLines(sources, { text: 'So it is.' })).toEqual(['- [A](https://a.example)']);
	const fileAddress = (id: string) => `https://e.example/${id}`;
	expect(sourceLines(sources, { text: 'So it is.', fileAddress })).toContain('- [F](https://e.example/f1)');
});
