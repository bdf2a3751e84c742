import { describe, expect, it } from 'vitest';
import { isPassing, parseProblem, problemOf } from './problem.ts';

describe('problems', () => {
	it('shows the detail and the hint of a problem document', () => {
		const body = { title: 'Too large', detail: 'The file has 40 MB.', hint: 'Send at most 20 MB.', code: 'too-large' };
		expect(parseProblem(413, body)).toEqual({
			status: 413,
			code: 'too-large',
			message: 'The file has 40 MB.',
			hint: 'Send at most 20 MB.',
		});
	});

	it('words an answer that is no problem document by its status', () => {
		expect(parseProblem(502, '<html>').message).toBe('The server answered with status 502.');
	});

	it('takes a failed fetch for a lost connection, which passes', () => {
		const problem = problemOf(new TypeError('Failed to fetch'));
		expect(problem.code).toBe('offline');
		expect(isPassing(problem)).toBe(true);
		expect(isPassing(parseProblem(422, {}))).toBe(false);
	});
});
