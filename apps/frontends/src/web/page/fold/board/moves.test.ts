import { describe, expect, it } from 'vitest';
import { answered, begun, ended, heard } from './moves.ts';

const one = begun(new Map(), 5, 'done');

describe('a move', () => {
	it('shows until both the answer and word of the change are here, whichever comes first', () => {
		expect(answered(one, 5).get(5)?.to).toBe('done');
		expect(heard(answered(one, 5), [5]).size).toBe(0);
		expect(heard(one, [5]).get(5)?.to).toBe('done');
		expect(answered(heard(one, [5]), 5).size).toBe(0);
	});

	it('is not touched by word of other cards', () => {
		expect(heard(one, [4, 6])).toBe(one);
		expect(answered(one, 6)).toBe(one);
	});

	it('ends when it is refused', () => {
		expect(ended(one, 5).size).toBe(0);
		expect(ended(one, 6)).toBe(one);
	});
});
