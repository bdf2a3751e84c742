import { asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { expect, it } from 'vitest';
import { createPaint } from '../paint.ts';
import { parseLetterOrder } from './order.ts';
import { renderLetter, renderLetters } from './render-letters.ts';

const plain = createPaint(false);
const error = { code: 'fetch-failed', message: 'It did\u001b[2J not answer.', hint: 'Try later.' };
const letter = {
	...{ id: 't1.s1', taskId: asTaskId('t1'), stepId: asStepId('s1'), title: 'Read', capability: 'web.read' },
	...{ attempts: 4, error, at: 1_700_000_000_000 },
};

it('understands what was typed, and says how it is used where it does not', () => {
	expect(parseLetterOrder([])).toEqual({ kind: 'list' });
	expect(parseLetterOrder(['show', 'a.b'])).toEqual({ kind: 'show', id: 'a.b' });
	expect(parseLetterOrder(['drop', 'a.b', 'c.d'])).toEqual({ kind: 'drop', ids: ['a.b', 'c.d'] });
	expect(parseLetterOrder(['--help'])).toEqual({ kind: 'help' });
	for (const wrong of [['show'], ['replay'], ['drop'], ['list', 'x'], ['show', 'a', 'b'], ['burn', 'a']]) {
		expect(() => parseLetterOrder(wrong)).toThrow(expect.objectContaining({ hint: expect.stringContaining('Usage') }));
	}
});

it('shows steps that gave up, and nothing in them that steers the terminal', () => {
	expect(renderLetters([], plain)).toBe('Nothing of yours gave up.');
	const list = renderLetters([letter], plain);
	expect(list).toMatch(/^Read web\.read, 4 attempts, \d{4}-\d\d-\d\d .*\n {2}It did.* not answer\.\n {2}t1\.s1$/);
	expect(list).not.toContain('\u001b');
	const history = [{ attempt: 1, run: 2, at: letter.at, worker: 'w1', error }];
	const shown = renderLetter({ ...letter, goal: 'Read it', input: '{"url":"x"}', history }, plain);
	expect(shown).toMatch(/Goal\n {2}Read it\n\n.*Failure\n.*fetch-failed.*\{"url":"x"\}.*1\.2 {2}.* {2}w1 {2}It did/s);
	expect(shown).not.toContain('\u001b');
});
