import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('npm run model', () => {
	it.each([
		[['add', 'a.gguf'], { command: 'add', file: 'a.gguf', name: undefined, contextTokens: undefined }],
		[
			['add', 'a.gguf', '--name', 'x', '--context', '4096'],
			{ command: 'add', file: 'a.gguf', name: 'x', contextTokens: 4_096 },
		],
		[['list'], { command: 'list' }],
		[['try', 'x', 'Hi', 'there'], { command: 'try', name: 'x', words: 'Hi there' }],
		[['remove', 'x'], { command: 'remove', name: 'x' }],
		[['add', '--help'], { command: 'help' }],
	])('understands %j', (argv, typed) => {
		expect(parseArguments(argv)).toEqual(typed);
	});

	it.each([
		[[]],
		[['add']],
		[['add', 'a', 'b']],
		[['add', 'a', '--context', 'much']],
		[['list', 'x']],
		[['list', '--name', 'x']],
		[['try']],
		[['destroy', 'x']],
		[['add', 'a', '--force']],
	])('says how it is used for %j', (argv) => {
		expect(() => parseArguments(argv)).toThrow(
			expect.objectContaining({ code: 'invalid-input', hint: expect.stringContaining('npm run model -- add') }),
		);
	});
});
