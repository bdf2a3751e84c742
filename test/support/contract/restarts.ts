import { expect, it } from 'vitest';
import { readiness, seen, soon } from '../../harness/frontend-errand.ts';
import type { Suite } from './suite.ts';
import { answers, isMarkedRepeated, labelled, saying } from './words.ts';

/** describeRestarts: what a death of the server, or of the connection, leaves behind. */
export function describeRestarts({ errand, platform }: Suite): void {
	it('loses nothing when the server is killed', async () => {
		const [person, other] = [await errand().member(), await errand().member()];
		await person.say('Show survived after 3000 ms');
		await other.say('Find out my colour');
		const question = await seen(other, saying('Which colour?'));
		await soon(() => errand().planned('Show survived') === 1, 'it is planned');
		await errand().kill();
		if (platform().traits.keeps) await person.say('Tell me: said meanwhile');
		await errand().restart();
		await seen(person, saying('survived'), 40_000);
		if (platform().traits.keeps) await seen(person, saying('said meanwhile'), 40_000);
		if (question.buttons.length > 0) await other.press(question, labelled(question, 'blue'));
		else await other.say('blue');
		await seen(other, ({ text }) => text.includes('Which colour?') && text.includes('blue') && !text.includes('red'));
		await platform().redeliver(other);
		await person.say('Tell me: after all that');
		await seen(person, saying('after all that'));
		expect(answers(person, 'survived').filter((one) => !isMarkedRepeated(one))).toHaveLength(1);
		expect(answers(person, 'said meanwhile').length).toBe(platform().traits.keeps ? 1 : 0);
	});

	it('takes up a connection that was cut, and loses nothing meanwhile', async () => {
		if (!platform().traits.connected) return;
		const person = await errand().member();
		await person.say('Show connected after 1500 ms');
		await soon(() => errand().planned('Show connected') === 1, 'it is planned');
		await platform().cutConnection();
		await person.say('Tell me: through the cut');
		await seen(person, saying('connected'), 60_000);
		await seen(person, saying('through the cut'), 60_000);
		expect(answers(person, 'through the cut')).toHaveLength(1);
		const { name } = platform();
		await soon(async () => (await readiness(errand().process))[name]?.status === 'ready', 'it is ready again');
	});
}
