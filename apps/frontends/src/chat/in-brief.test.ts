import { describe, expect, it } from 'vitest';
import { inBrief } from './in-brief.ts';

describe('Markdown in brief', () => {
	it('has neither tables nor marks of sources', () => {
		const table = '| a | b |\n| --- | --- |\n| 1 | 2 |';
		expect(inBrief(`Before [1].\n\n${table}\n\nAfter [2][13], see [3](https://x.example/).`)).toBe(
			'Before.\n\nAfter, see [3](https://x.example/).',
		);
	});

	it('is all there is where there is nothing else', () => {
		const table = '| a | b |\n| --- | --- |\n| 1 | 2 |';
		expect(inBrief(table)).toBe(table);
	});

	it('comes without the list of sources under it', () => {
		const answer = 'Take the first. [1]\n\n**Sources**\n\n1. [A](https://a.example)\n2. B';
		expect(inBrief(answer)).toBe('Take the first.');
		expect(inBrief('**Sources**\n\nmatter, he said.')).toContain('matter, he said.');
	});
});
