import { expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { LatestWord } from './latest-word.ts';

test('sends the first word at once, then the newest every tenth of a second, and the last', async () => {
	const clock = new FakeClock(0);
	const sent: string[] = [];
	const words = new LatestWord<string>(clock, (word) => sent.push(`${clock.now()} ${word}`));
	for (let index = 0; index < 25; index++) {
		words.say(`w${index}`);
		await clock.advance(10);
	}
	await clock.advance(200);
	expect(sent).toEqual(['0 w0', '100 w9', '200 w19', '300 w24']);
	words.say('later');
	expect(sent.at(-1)).toBe('450 later');
});

test('drops what it holds back when it is stopped', async () => {
	const clock = new FakeClock(0);
	const sent: string[] = [];
	const words = new LatestWord<string>(clock, (word) => sent.push(word));
	words.say('one');
	words.say('two');
	words.stop();
	await clock.advance(1_000);
	expect(sent).toEqual(['one']);
	expect(clock.waiting).toBe(0);
});
