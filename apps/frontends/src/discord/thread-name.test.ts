import { expect, it } from 'vitest';
import { threadName } from './thread-name.ts';

it('a thread is named by the first words of its goal, in one line', () => {
	expect(threadName('Compare **three**\n laptops <@123>')).toBe('Compare three laptops');
	expect(threadName(' \n ')).toBe('Errand');
	const long = threadName('word '.repeat(100));
	expect(long.length).toBeLessThanOrEqual(100);
	expect(long).toMatch(/word…$/);
	expect(threadName('\u202e@everyone 🏳️‍🌈'.repeat(30)).length).toBeLessThanOrEqual(100);
});
