import type { Place, Seen } from '../../support/contract/platform-driver.ts';
import { seen } from '../frontend-errand.ts';
import { type Shown, seenMessage, spoken } from './way.ts';

const GOAL = 'Ask me which of red, green or blue I prefer';
const QUESTION = 'Which of red, green or blue do you prefer?';

/** showQuestion has a person asked for a choice, who presses a button or, where there are none, writes its number. */
export async function showQuestion(place: Place): Promise<Shown> {
	await place.say(GOAL);
	const asked = await seen(place, isQuestion);
	const [, green] = asked.buttons;
	if (green === undefined) await place.say('2');
	else await place.press(asked, green);
	const answer = await seen(place, ({ text }) => /prefer\?(?:\*\*)? green/.test(text));
	const told =
		green === undefined
			? [spoken('you', '2')]
			: [
					`       ┆ presses [ ${green} ], and the question becomes:`,
					seenMessage(await seen(place, (one) => isQuestion(one) && one.text.includes('✓'))),
				];
	const lines = [spoken('you', GOAL), seenMessage(asked), ...told, seenMessage(answer)];
	return { answer: answer.text, transcript: lines.join('\n') };
}

function isQuestion({ text }: Seen): boolean {
	return text.startsWith(QUESTION);
}
