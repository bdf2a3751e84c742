import { describe, expect, it } from 'vitest';
import { createBlockCutter } from './growing-blocks.ts';
import { closeHalfOpen } from './half-open.ts';
import { blocksOf, markdownTokens } from './markdown.ts';

const TEXT = `# Heat pumps

They move heat [1], *quietly*, and **save** money
2024 and later. See [the terms](https://example.org/a_(b)).

1. one

2. two
   - nested **bold**

   a second paragraph

3. three

> quoted
> lines

| Plan | Price |
|------|------:|
| A    | 10 €  |
| B    | **20** €  |

\`\`\`ts
const list = ['a'];

list[1] = '- not an item';
\`\`\`
Right after the code

Setext
------

* star

- dash

    indented code

<div>

shown as text

</div>

Last words [2] and \`code\`.
`;

const how = { open: false, sources: 3 };
const whole = (text: string) => blocksOf(markdownTokens(text, how.sources), how.sources);
const drawn = (blocks: ReturnType<typeof whole>) => blocks.map((block) => [block.source, block.html()]);

describe('createBlockCutter', () => {
	it('gives the same blocks as one reading of the whole, sign by sign', () => {
		const closed = createBlockCutter();
		const open = createBlockCutter();
		for (let length = 0; length <= TEXT.length; length++) {
			const part = TEXT.slice(0, length);
			expect(drawn(closed(part, how))).toEqual(drawn(whole(part)));
			expect(drawn(open(part, { ...how, open: true }))).toEqual(drawn(whole(closeHalfOpen(part))));
		}
	});

	it('gives the same blocks whatever pieces it grows by', () => {
		for (const size of [2, 3, 7, 24, 100]) {
			const cut = createBlockCutter();
			for (let length = 0; length < TEXT.length + size; length += size) {
				const part = TEXT.slice(0, length);
				expect(drawn(cut(part, how))).toEqual(drawn(whole(part)));
			}
		}
	});

	it('reads only the end again', () => {
		const cut = createBlockCutter();
		cut(`${TEXT}\nm`, how);
		const first = cut(`${TEXT}\nmore`, how);
		const later = cut(`${TEXT}\nmore and more`, how);
		const kept = later.filter((block) => first.includes(block)).length;
		expect(kept).toBeGreaterThan(later.length - 4);
	});

	it('starts over with a text that shrank or is another', () => {
		const cut = createBlockCutter();
		cut(TEXT, how);
		for (const text of [TEXT.slice(0, 40), 'Another text.', '', TEXT.replace('pumps', 'pipes')])
			expect(drawn(cut(text, how))).toEqual(drawn(whole(text)));
	});

	it('draws earlier blocks again when the address of their reference link comes', () => {
		const cut = createBlockCutter();
		const text = 'See [the terms][t].\n\nTwo.\n\nThree.\n\nFour.';
		cut(text, how);
		expect(cut(`${text}\n\n[t]: https://example.org/`, how)[0]?.html()).toContain('href="https://example.org/"');
	});

	it('reads the ends of lines of any system', () => {
		const cut = createBlockCutter();
		const windows = TEXT.replaceAll('\n', '\r\n');
		expect(drawn(cut(windows, how))).toEqual(drawn(whole(TEXT)));
		expect(drawn(cut(`${windows}more`, how))).toEqual(drawn(whole(`${TEXT}more`)));
	});
});
