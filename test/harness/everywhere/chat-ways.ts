import type { Place } from '../../support/contract/platform-driver.ts';
import { seen, soon } from '../frontend-errand.ts';
import { type ChatWay, type Shown, seenMessage, spoken } from './way.ts';

/** Words that stand in the answer and nowhere else. */
const ANSWERED = 'Recommendation';

/** The report as Markdown, and as a page to print. */
const FILES = 2;

/** chatWay is somebody who writes in a chat; `write` is what they type for a goal. */
export function chatWay(
	name: string,
	place: Place,
	{ edits, write = (goal) => goal }: { edits: boolean; write?: (goal: string) => string },
): ChatWay {
	let said = '';
	let working = '';
	return {
		name,
		ask: async (goal) => {
			said = write(goal);
			await place.say(goal);
		},
		atWork: async () => {
			// One page is read, the other one is awaited.
			const message = await seen(place, ({ text }) =>
				edits ? /✓ Read .*\/a\n▸ Read .*\/b/.test(text) : text.includes('I read this as'),
			);
			working = seenMessage({ ...message, edits: 0 });
		},
		answered: async (): Promise<Shown> => {
			await seen(place, ({ text }) => text.includes(ANSWERED));
			if (edits) {
				await seen(place, ({ text }) => text.startsWith('✓ I read this as'));
				await soon(() => place.sees().flatMap(({ files }) => files).length >= FILES, 'the files are there');
			}
			const all = place.sees();
			const [progress, ...rest] = all.map(seenMessage);
			const changed = edits
				? [working, '       ┆ … and when it is done, in its place:', progress ?? '']
				: [progress ?? ''];
			return {
				answer: all
					.slice(1)
					.map(({ text }) => text)
					.join('\n'),
				transcript: [spoken('you', said), ...changed, ...rest].join('\n'),
			};
		},
	};
}
