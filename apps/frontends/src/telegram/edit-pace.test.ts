import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { expect, it } from 'vitest';
import { EditPace } from './edit-pace.ts';

it('makes the first edit at once, and of those that come too soon only the latest, when it is time', async () => {
	const clock = new FakeClock();
	const pace = new EditPace(clock, 3_000);
	const made: string[] = [];
	const edit = (message: string, text: string) =>
		pace.edit(message, async () => {
			made.push(text);
		});
	await edit('a', 'one');
	await edit('a', 'two');
	await edit('a', 'three');
	await edit('b', 'other');
	expect(made).toEqual(['one', 'other']);
	await clock.advance(3_000);
	expect(made).toEqual(['one', 'other', 'three']);
	await edit('a', 'four');
	pace.forget('a');
	await clock.advance(10_000);
	expect(made).toEqual(['one', 'other', 'three']);
	await edit('a', 'five');
	expect(made.at(-1)).toBe('five');
	await clock.advance(10_000);
	expect(clock.waiting).toBe(0);
});
