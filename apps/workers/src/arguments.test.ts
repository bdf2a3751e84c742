import { expect, test } from 'vitest';
import { parseWorkerArguments } from './arguments.ts';

const known = new Set(['web.read', 'browser.visit']);
const parse = (...args: string[]) => parseWorkerArguments(args, known);

test('reads what a worker is to do', () => {
	expect(
		parse('--capabilities', ' web.read, browser.visit,web.read', '--concurrency', '8', '--name', 'r', '--pool', 'p'),
	).toEqual({
		capabilities: ['web.read', 'browser.visit'],
		concurrency: 8,
		name: 'r',
		pool: 'p',
	});
});

test('leaves open what nobody said', () => {
	const nothing = { capabilities: undefined, concurrency: undefined, name: undefined, pool: undefined };
	expect(parse()).toEqual(nothing);
	expect(parse('--capabilities', 'all')).toEqual(nothing);
});

test('says every mistake at once, and what there is', () => {
	const wrong = () => parse('--capabilities', 'web.reed', '--concurrency', '0.5', '--name', 'a b', '--pool', '-');
	expect(wrong).toThrow(/"web\.reed".*"0\.5".*"a b".*"-"/);
	expect(wrong).toThrow(expect.objectContaining({ hint: expect.stringContaining('browser.visit, web.read') }));
	expect(() => parse('--capabilities', ',')).toThrow(/names none/);
	expect(() => parse('--capability', 'web.read')).toThrow(/Unknown option '--capability'/);
	expect(() => parse('web.read')).toThrow(expect.objectContaining({ code: 'invalid-config' }));
});
