import { expect, test } from 'vitest';
import { clipSize, roomFor, sizeOf } from './text-size.ts';

test('measures East Asian text by what it costs a model', () => {
	expect(sizeOf('abc')).toBe(3);
	expect(sizeOf('洪水')).toBe(6);
	expect(sizeOf(clipSize('洪水保険。'.repeat(1_000), 1_000))).toBeLessThanOrEqual(1_000);
	expect(clipSize('one two three four', 15)).toBe('one two three');
	expect(roomFor(8_192, 2_000)).toBe(14_076);
	expect(roomFor(1_000, 2_000)).toBe(3_000);
	expect(roomFor(1_000_000, 4_000)).toBe(300_000);
});
