import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('parseArguments', () => {
	it('joins the words of a goal and collects the files', () => {
		expect(parseArguments(['--file', 'a.pdf', 'compare', 'these', '-f', 'b.pdf', '--save', 'out'])).toEqual({
			goal: 'compare these',
			files: ['a.pdf', 'b.pdf'],
			save: 'out',
			help: false,
		});
	});

	it('has no goal when none was typed', () => {
		expect(parseArguments([]).goal).toBeUndefined();
		expect(parseArguments(['  ']).goal).toBeUndefined();
	});

	it('refuses what it does not know, with the way to the help', () => {
		expect(() => parseArguments(['--fiel', 'a'])).toThrow(
			expect.objectContaining({ code: 'invalid-input', hint: 'See npm run chat -- --help.' }),
		);
	});
});
