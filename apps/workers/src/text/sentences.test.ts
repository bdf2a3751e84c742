import { describe, expect, test } from 'vitest';
import { splitSentences } from './sentences.ts';

describe('splitSentences', () => {
	test.each([
		[
			'keeps titles, initials and firms whole',
			'Mr. J. R. Smith paid Acme Inc. in the U.S. on Jan. 5, 2026. It was late.',
			2,
		],
		[
			'keeps decimals, versions and addresses whole',
			'Version 2.1.3 costs $3.50. See e.g. https://a.example/b.c?d=1.5 for more.',
			2,
		],
		[
			'ends after a firm or a time when a usual opener follows',
			'It belongs to Acme Inc. The firm closes at 5 p.m. It opens at 9.',
			3,
		],
		['keeps a question within a report whole', '“Why?” he asked. “Go on!” She went.', 3],
		['keeps German dates and abbreviations whole', 'Am 3. März 2026 kam Dr. Huber. Das war z. B. gut.', 2],
		['does not take the number of an item for a sentence', '1. Scope of the act. 2. Definitions of terms.', 2],
		['cuts before a footnote mark’s next sentence', 'The end.[^1] Next one.¹ Last one.', 3],
		['cuts where no spaces are written', '这是第一句。这是第二句！第三句', 3],
		['lets an ellipsis go on in small letters', 'She left… and came back.', 1],
	])('%s', (_, text, count) => {
		const sentences = splitSentences(text);
		expect(sentences).toHaveLength(count);
		for (const sentence of sentences) expect(text).toContain(sentence);
	});

	test('takes time by length alone', () => {
		for (const piece of ['.', '. ', 'Abc.', '!?', 'a']) splitSentences(piece.repeat(500_000));
	});
});
