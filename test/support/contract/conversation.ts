import { describe, expect, it } from 'vitest';
import { seen, soon } from '../../harness/frontend-errand.ts';
import type { PlatformPerson, Seen } from './platform-driver.ts';
import type { Suite } from './suite.ts';
import { answers, labelled, saying } from './words.ts';

/** describeConversation: commands, questions, and what is said while something runs. */
export function describeConversation({ errand, platform }: Suite): void {
	const asked = async (person: PlatformPerson, goal: string, words: string): Promise<Seen> => {
		await person.say(goal);
		return seen(person, saying(words));
	};

	it('understands commands in the shape the platform has for them', async () => {
		const person = await errand().member();
		await person.command('help');
		await seen(person, ({ text }) => /cancel/i.test(text) && /tasks/i.test(text));
		await person.say('Show nothing after 60000 ms');
		await soon(() => errand().planned('Show nothing') === 1, 'the task is planned');
		await person.command('tasks');
		const { text } = await seen(person, saying('Show nothing'));
		const number = /(\d+)[ *_.)]*Show nothing/.exec(text)?.[1] ?? '';
		expect(number, text).not.toBe('');
		const before = person.sees().length;
		await person.command('status', number);
		await soon(() => person.sees().length > before, 'the status is told');
		await person.command('cancel', number);
		await seen(person, saying('Stopped'));
	});

	describe('a question', () => {
		const questionOf = (person: PlatformPerson) => asked(person, 'Find out my colour', 'Which colour?');
		/** The end of the task names what was answered. */
		const ended = (person: PlatformPerson, colour: string) =>
			seen(person, ({ text }) => text.includes('Which colour?') && text.includes(colour) && !text.includes('green'));

		it('of choices is answered by number', async () => {
			const person = await errand().member();
			await questionOf(person);
			await person.say('3');
			await ended(person, 'blue');
		});

		it('of choices is answered by words', async () => {
			const person = await errand().member();
			await questionOf(person);
			await person.say('Red');
			await ended(person, 'red');
		});

		it('is asked again when a few words do not fit, and keeps waiting', async () => {
			const person = await errand().member();
			await questionOf(person);
			await person.say('mauve');
			await soon(() => answers(person, 'Which colour?').length === 2, 'it is asked again');
			await person.say('2');
			await seen(person, ({ text }) => text.includes('green') && !text.includes('red') && !text.includes('mauve'));
			expect(errand().planned('mauve')).toBe(0);
		});

		it('is answered by a press, once, and its buttons go away', async () => {
			if (!platform().traits.buttons) return;
			const person = await errand().member();
			const question = await questionOf(person);
			expect(question.buttons).toHaveLength(3);
			// Twice, and another one right after it.
			const presses = ['blue', 'blue', 'red'].map((colour) => person.press(question, labelled(question, colour)));
			await Promise.all(presses);
			await ended(person, 'blue');
			await soon(() => person.sees().find(({ id }) => id === question.id)?.buttons.length === 0, 'no buttons are left');
			await platform().redeliver(person);
			await person.say('Tell me: done with colours');
			await seen(person, saying('done with colours'));
			expect(person.sees().filter(({ text }) => /Which colour\?.*\bred$/s.test(text))).toEqual([]);
		});

		it('of words takes any words', async () => {
			const person = await errand().member();
			await asked(person, 'Find out my name', 'What are you called?');
			await person.say('Ada Lovelace');
			await seen(person, saying('Ada Lovelace'));
			expect(errand().planned('Ada')).toBe(0);
		});

		it('of permission is answered with yes', async () => {
			const person = await errand().member();
			const question = await asked(person, 'Get permission', 'May I?');
			const [yes] = question.buttons;
			if (platform().traits.buttons && yes !== undefined) await person.press(question, yes);
			else await person.say('yes');
			await seen(person, ({ text }) => text.includes('May I?') && text.includes('approve'));
		});

		it('is not answered by somebody else', async () => {
			const [person, other] = [await errand().member(), await errand().member()];
			const room = await platform().room?.([person, other]);
			if (room === undefined) {
				await questionOf(person);
				await other.say('red');
				await soon(() => other.sees().length > 1, 'the other one is told something');
			} else {
				await room(person).say('Find out my colour');
				const question = await seen(room(person), saying('Which colour?'));
				if (question.buttons.length > 0) await room(other).press(question, labelled(question, 'red'));
				await room(other).say('red');
				await other.say('Tell me: moving on');
				await seen(other, saying('moving on'));
			}
			const place = room === undefined ? person : room(person);
			await place.say('blue');
			await seen(place, ({ text }) => text.includes('Which colour?') && text.includes('blue') && !text.includes('red'));
		});
	});

	it('answers where it was asked', async () => {
		const person = await errand().member();
		const room = await platform().room?.([person]);
		if (room === undefined) return;
		await room(person).say('Tell me: in the room');
		await seen(room(person), saying('in the room'));
		await person.say('Tell me: in private');
		await seen(person, saying('in private'));
		expect(answers(person, 'in the room')).toEqual([]);
		expect(answers(room(person), 'in private')).toEqual([]);
	});

	it('keeps the order of what it says', async () => {
		const person = await errand().member();
		const words = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot'];
		for (const word of words) await person.say(`/nothing${word}`);
		await soon(() => words.every((word) => answers(person, `nothing${word}`).length > 0), 'all are answered');
		const told = person.sees().flatMap(({ text }) => /nothing([a-z]+)/.exec(text)?.[1] ?? []);
		expect(told).toEqual(words);
	});

	describe('a message while a task is running', () => {
		let slow = 0;
		const running = async () => {
			const person = await errand().member();
			const name = `slow${'abcdefgh'[slow++]}`;
			await person.say(`Show ${name} after 75000 ms in 3 steps`);
			await soon(() => errand().planned(`Show ${name} `) > 0, 'it is planned');
			return person;
		};
		/** What is left running would speak up in the middle of another test. */
		const stopped = async (person: PlatformPerson) => {
			await person.say('/cancel');
			await seen(person, saying('Stopped'));
		};

		it('stops it, if it says so', async () => {
			const person = await running();
			await person.say('never mind');
			await seen(person, saying('Stopped'));
			expect(errand().planned('never mind')).toBe(0);
		});

		it('is a task of its own, if it asks for something', async () => {
			const person = await running();
			await person.say('Tell me: something else');
			await seen(person, saying('something else'));
			await stopped(person);
		});

		it('is asked about if it is unclear, and is not lost', async () => {
			const person = await running();
			await person.say('purple elephants');
			const question = await seen(person, saying('running task'));
			if (question.buttons.length > 0) await person.press(question, labelled(question, 'new'));
			else await person.say('2');
			await seen(person, saying('You said: purple elephants'));
			await stopped(person);
		});

		it('changes it, if it adds to it', async () => {
			const person = await running();
			await person.say('also mention the weather');
			await soon(() => errand().planned('also mention the weather') > 0, 'it is planned again, with the addition');
			await stopped(person);
		});
	});
}
