import { expect, test } from 'vitest';
import { mapMarks, marksIn, normalizeMarks } from './citation-marks.ts';

test.each([
	['It costs €4. [3] It opens soon.', 'It costs €4 [3]. It opens soon.'],
	['It costs €4.[3][4]', 'It costs €4 [3][4].'],
	['It costs €4 [3, 5].', 'It costs €4 [3] [5].'],
	['It costs €4 [3-5].', 'It costs €4 [3] [4] [5].'],
	['It costs €4 [^3].', 'It costs €4 [3].'],
	['It costs €4 【3†source】.', 'It costs €4 [3].'],
	['It costs €4 [3](https://x.example/).', 'It costs €4 [3].'],
	['It costs €4 \\[3\\].', 'It costs €4 [3].'],
	['It costs €4 [Source 3].', 'It costs €4 [3].'],
	[
		'See [the plan](https://x.example/3) of [2026](x), [your name].',
		'See [the plan](https://x.example/3) of [2026], [your name].',
	],
	['It costs [3-9999] or [9-3].', 'It costs  or .'],
])('writes the citations of %j one way', (line, normal) => {
	expect(normalizeMarks(line)).toBe(normal);
});

test('reads and changes marks, and takes the space before one away with it', () => {
	expect(marksIn('A [3], b [12]. [x] [4](y)')).toEqual([3, 12]);
	expect(mapMarks('A [3], b [12].', (mark) => (mark === 3 ? '' : `[${mark + 1}]`))).toBe('A, b [13].');
});
