import { expect, it } from 'vitest';
import { QuickAnswers } from './quick-answers.ts';

const MACHINE = '+15558880000';

function exchange(quick: QuickAnswers, turns: number, delayMs: number, start = 0): string[] {
	return Array.from({ length: turns }, (_, turn) => {
		const at = start + turn * 10_000;
		quick.sent(MACHINE, at);
		return quick.received(MACHINE, at + delayMs);
	});
}

it('mutes whoever answers ten texts in a row at once, for an hour', () => {
	const quick = new QuickAnswers();
	const verdicts = exchange(quick, 12, 1_000);
	expect(verdicts).toEqual([...Array.from({ length: 9 }, () => 'take'), 'mute', 'ignore', 'ignore']);
	expect(quick.received(MACHINE, 30 * 60_000)).toBe('ignore');
	expect(quick.received(MACHINE, 2 * 60 * 60_000)).toBe('take');
	expect(quick.received('+15558880001', 1_000)).toBe('take');
});

it('mutes nobody who takes their time now and then, or writes without being written to', () => {
	const quick = new QuickAnswers();
	exchange(quick, 9, 1_000);
	expect(exchange(quick, 1, 5_000, 200_000)).toEqual(['take']);
	expect(exchange(quick, 9, 1_000, 300_000)).not.toContain('mute');
	const other = new QuickAnswers();
	for (let text = 0; text < 50; text += 1) expect(other.received(MACHINE, text)).toBe('take');
});
