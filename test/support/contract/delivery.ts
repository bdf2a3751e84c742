import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seen, soon } from '../../harness/frontend-errand.ts';
import { LONG_LIST } from '../../harness/scripted-mind.ts';
import { naughtyStrings } from './naughty-strings.ts';
import type { Misbehaviour } from './platform-driver.ts';
import type { Suite } from './suite.ts';
import { answers, isMarkedRepeated, saying } from './words.ts';

/** describeDelivery: what reaches people, in which shape, and what when the platform has a bad day. */
export function describeDelivery({ errand, platform }: Suite): void {
	it('says nothing about a quick task but its answer', async () => {
		const person = await errand().member();
		for (const name of ['quicka', 'quickb', 'quickc']) {
			const before = person.sees().length;
			const saidAt = performance.now();
			await person.say(`Show ${name} after 300 ms`);
			await seen(person, saying(name));
			// On a machine that others keep busy it may not be quick, and the next one is.
			if (performance.now() - saidAt > platform().traits.quietMs) continue;
			await wait(500);
			expect(person.sees()).toHaveLength(before + 1);
			return;
		}
	});

	it('shows one progress message for a task that takes a while, and changes it where the platform can', async () => {
		const person = await errand().member();
		const before = person.sees().length;
		const { quietMs, edits } = platform().traits;
		await person.say(`Show finally after ${quietMs + 5_000} ms in 5 steps`);
		const answer = await seen(person, saying('finally'), quietMs + 30_000);
		const said = person.sees().slice(before);
		expect(said.length).toBeLessThanOrEqual(2);
		expect(said.at(-1)?.id).toBe(answer.id);
		if (edits) {
			expect(said).toHaveLength(2);
			await soon(() => (person.sees()[before]?.edits ?? 0) > 1, 'it was changed');
			expect(person.sees()[before]?.edits).toBeLessThanOrEqual(30);
		}
	});

	describe('when sending goes wrong', () => {
		const passing: readonly Misbehaviour[] = ['rate-limited', 'error', 'slow', 'lost-answer'];
		for (const how of passing) {
			it(`(${how}) the answer arrives all the same`, async () => {
				const person = await errand().member();
				platform().misbehave(how, 1, person);
				await person.say(`Tell me: in spite of ${how}`);
				await seen(person, saying(`in spite of ${how}`), 40_000);
				await person.say('Tell me: afterwards');
				await seen(person, saying('afterwards'), 40_000);
				const there = answers(person, `in spite of ${how}`);
				if (platform().traits.deduplicates || how !== 'lost-answer') expect(there).toHaveLength(1);
				else expect(there.filter((one) => !isMarkedRepeated(one))).toHaveLength(1);
			});
		}

		it('for good, what comes after it arrives', async () => {
			const person = await errand().member();
			platform().misbehave('refused', 1, person);
			await person.say('Tell me: never seen');
			await soon(() => errand().planned('never seen') === 1, 'it is answered');
			await person.say('Tell me: seen again');
			await seen(person, saying('seen again'), 40_000);
			expect(answers(person, 'never seen')).toEqual([]);
		});

		it('more than once, what was said meanwhile arrives in its order, and once', async () => {
			const person = await errand().member();
			platform().misbehave('error', 2, person);
			const words = ['alpha', 'bravo', 'charlie'];
			for (const word of words) await person.say(`/nothing${word}`);
			await soon(() => words.every((word) => answers(person, `nothing${word}`).length > 0), 'all arrive', 60_000);
			const told = person.sees().flatMap(({ text }) => /nothing([a-z]+)/.exec(text)?.[1] ?? []);
			expect(told).toEqual(words);
		});
	});

	it('shows a long answer whole, in parts the platform takes, or its beginning and where the rest is', async () => {
		const person = await errand().member();
		const before = person.sees().length;
		await person.say('Write a long list');
		const { whole, longest } = platform().traits;
		await seen(person, saying(`Line ${whole ? LONG_LIST : 1} of`), 60_000);
		const parts = person.sees().slice(before);
		for (const { text } of parts) expect(text.length).toBeLessThanOrEqual(longest);
		if (!whole) return;
		const lines = parts.flatMap(({ text }) => [...text.matchAll(/Line (\d+) of/g)].map(([, line]) => Number(line)));
		expect(lines).toEqual(Array.from({ length: LONG_LIST }, (_, at) => at + 1));
	});

	it('brings files both ways', async () => {
		if (!platform().traits.files) return;
		const person = await errand().member();
		await person.say('Write a file');
		const { files } = await seen(person, (one) => one.files.length > 0);
		expect(files[0]?.name).toBe('note.txt');
		expect(Buffer.from(files[0]?.content ?? []).toString()).toBe('The content of the note.');
		const content = Buffer.from('Twenty-four characters!!');
		await person.say('Show what came along', [{ name: 'plan.txt', type: 'text/plain', content }]);
		await seen(person, ({ text }) => text.includes('plan.txt') && text.includes('24'));
	});

	it('brings text made to break things as harmless text, and takes it in', async () => {
		const person = await errand().member();
		for (const text of naughtyStrings) {
			const before = person.sees().length;
			await person.say(`Tell me: § ${text}`);
			await soon(() => person.sees().slice(before).some(saying('§')), `an answer to ${JSON.stringify(text)}`);
			for (const one of person.sees().slice(before)) {
				expect(one.text).not.toMatch(/[\0\u202a-\u202e]|\p{M}{5}/u);
				expect(one.text).not.toMatch(platform().traits.harmful);
			}
		}
	});
}
