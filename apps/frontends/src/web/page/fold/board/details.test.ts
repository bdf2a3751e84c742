import { expect, it } from 'vitest';
import { readDetails } from './details.ts';

it('takes notes with their times out of a text, wherever they stand', () => {
	const at = '2026-11-21T10:00:00.000Z';
	const note = (text: string) => `<info added on ${at}>\n${text}\n</info added on ${at}>`;
	expect(readDetails(`Build it.\n${note('Feet too.')}\nThen test.\n${note('No metres.')}`)).toEqual({
		text: 'Build it.\n\nThen test.',
		notes: [
			{ at: Date.parse(at), text: 'Feet too.' },
			{ at: Date.parse(at), text: 'No metres.' },
		],
	});
});

it('leaves what only looks like a note as it was written', () => {
	for (const text of ['<info added on someday>\nx\n</info added on someday>', '<info added on', '']) {
		expect(readDetails(text)).toEqual({ text, notes: [] });
	}
});
