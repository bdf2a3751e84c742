import { expect, it } from 'vitest';
import { codeIn, readiness, seen, soon } from '../../harness/frontend-errand.ts';
import type { Suite } from './suite.ts';
import { answers, saying } from './words.ts';

/** describeWhoIsServed: strangers, machines, and things that happen twice. */
export function describeWhoIsServed({ errand, platform }: Suite): void {
	it('gives a stranger a code, once, runs nothing of theirs, and serves them once they are let in', async () => {
		const stranger = platform().person();
		await stranger.say('Tell me: secrets');
		const { text } = await seen(stranger, ({ text }) => codeIn(text) !== undefined);
		await stranger.say('Tell me: secrets, please');
		await stranger.say('Tell me: secrets!');
		await errand().owner.say('Tell me: that took a while');
		await seen(errand().owner, saying('that took a while'));
		expect(stranger.sees()).toHaveLength(1);
		expect(errand().planned('secrets')).toBe(0);

		await errand().owner.command('pair', codeIn(text));
		await soon(
			() =>
				errand()
					.owner.sees()
					.some(({ text }) => text.includes('member')),
			'the owner is told',
		);
		await stranger.say('Tell me: come in');
		await seen(stranger, saying('come in'));
		expect(errand().planned('secrets')).toBe(0);
	});

	it('answers no other machine, and not itself', async () => {
		const person = await errand().member();
		await platform().otherBot().say('Tell me: a loop');
		await person.say('Tell me: after the loop');
		await seen(person, saying('after the loop'));
		expect(errand().planned('a loop')).toBe(0);
		expect(answers(person, 'after the loop')).toHaveLength(1);
		expect(errand().planned('after the loop')).toBe(1);
	});

	it('takes the same message once, however often the platform brings it', async () => {
		const person = await errand().member();
		await person.say('Tell me: only once');
		await platform().redeliver(person);
		await seen(person, saying('only once'));
		await platform().redeliver(person);
		await person.say('Tell me: next');
		await seen(person, saying('next'));
		expect(answers(person, 'only once')).toHaveLength(1);
		expect(errand().planned('only once')).toBe(1);
	});

	it('goes on after something it cannot make sense of', async () => {
		const person = await errand().member();
		await platform().poison();
		await person.say('Tell me: still here');
		await seen(person, saying('still here'));
	});

	it('is shown as ready', async () => {
		const shownNow = async () => (await readiness(errand().process))[platform().name];
		await expect.poll(shownNow).toEqual({ status: 'ready' });
	});
}
