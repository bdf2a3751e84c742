import { describe, expect, test } from 'vitest';
import { comparePages } from './compare-pages.ts';

const body = 'The library opens at nine.\n\nBorrow up to ten books.';
const page = (line: string) => `# The library\n\n${line}\n\n${body}`;

describe('what is no change', () => {
	test.each([
		['an age', '3 minutes ago', '2 hours ago'],
		['an age in a sentence', 'Posted about an hour ago by Ann', 'Posted 3 days ago by Ann'],
		['an age in another language', 'vor 3 Stunden', 'vor einer Woche'],
		['a date of change', 'Updated 21 Nov 2026', 'Updated 22 Nov 2026'],
		[
			'a date and time of change',
			'Last modified on November 21, 2026 at 10:33 pm',
			'Last modified on November 22, 2026 at 7:01 am',
		],
		['an ISO date', 'Last updated: 2026-11-21T10:33:20Z', 'Last updated: 2026-11-22T00:00:01Z'],
		['a date alone', 'Saturday, 21 November 2026', 'Sunday, 22 November 2026'],
		['a German date', 'Stand: 21.11.2026, 10:33 Uhr', 'Stand: 22.11.2026, 11:05 Uhr'],
		['a clock', '10:33:20', '11:02:09'],
		['a clock with words', 'Server time: 10:33:20 UTC', 'Server time: 11:02:09 UTC'],
		['data as of a day', 'Figures as of 21/11/2026', 'Figures as of 22/11/2026'],
		['a year of copyright', 'The library © 2026', 'The library © 2027'],
		['a time of making', 'Page generated in 0.023 seconds', 'Page generated in 0.1 seconds'],
		['views', '1,234 views', '1,301 views'],
		['short views', '1.2K views · 14 comments', '3.4K views · 1 comment'],
		['comments', 'Comments (12)', 'Comments (15)'],
		['comments in words', '1,234 comments', '1,235 comments'],
		['likes', 'Liked it? 40 likes', 'Liked it? 41 likes'],
		['followers', 'Followers: 10,021', 'Followers: 10,044'],
		['people looking', '14 people are viewing this right now', '3 people are viewing this right now'],
		['people who bought', '250 people have bought this', '260 people have bought this'],
		['reviews behind a rating', 'Rated 4.6 (1,234 reviews)', 'Rated 4.6 (1,240 reviews)'],
		['downloads', '12,000 downloads', '12,400 downloads'],
		['a token', 'csrf token: a8Jd93kLq01', 'csrf token: Zk22mmQ9x81'],
		['a nonce in JSON', '"nonce": "9f8a7b6c5d"', '"nonce": "1a2b3c4d5e"'],
		['a request id', 'Ray ID: 8f1a2b3c4d5e', 'Ray ID: 7e6d5c4b3a21'],
		['a uuid', 'Visit 5f0c9c9e-1111-4222-8333-444455556666', 'Visit 6f0c9c9e-1111-4222-8333-444455556667'],
		['a session in an address', 'See https://a.example/x?sid=1&p=2', 'See https://a.example/x?p=2&sid=99'],
		['a session in a path', 'See https://a.example/x;jsessionid=AB1?p=2', 'See https://a.example/x;jsessionid=CD2?p=2'],
		['where a link was found', 'See https://a.example/x?utm_source=a', 'See https://a.example/x'],
		['quotes and dashes', '“Open” – it’s free…', '"Open" - it\'s free...'],
		['white space', 'Open  to\u00a0all', 'Open to all'],
		['capitals', 'OPEN TO ALL', 'Open to all'],
		['full stops', 'Open to all', 'Open to all.'],
		['how a price is written', 'Card: $1,200.00', 'Card: $1200'],
		['an advertisement', 'Advertisement', 'Sponsored by Tide Bank'],
		['cookies', 'We use cookies to improve this site.', 'This site uses cookies; manage your settings.'],
		['sign-up', 'Subscribe to our newsletter', 'Sign up for weekly updates'],
		['sharing', 'Share this article', 'Follow us on Tide'],
		[
			'related pages',
			'## Related articles\n\n- Otters\n- Herons\n\n## Hours',
			'## Related articles\n\n- Owls\n- Terns\n\n## Hours',
		],
		['popular pages', '## Most read\n\n1. Otters\n\n## Hours', '## Most read\n\n1. Owls\n\n## Hours'],
		[
			'order of a list',
			'- Otters in May\n- Herons in June\n- Owls in July',
			'- Owls in July\n- Otters in May\n- Herons in June',
		],
		[
			'order of rows',
			'| Name | Day |\n| --- | --- |\n| Ann | Mon |\n| Bob | Tue |',
			'| Name | Day |\n| --- | --- |\n| Bob | Tue |\n| Ann | Mon |',
		],
		['how wide a table is drawn', '| Name |\n| --- |\n| Ann |', '| Name |\n| :---: |\n| Ann |'],
	])('%s', (_what, before, after) => {
		const compared = comparePages(page(before), page(after));
		expect(compared).toMatchObject({ changed: false, changes: [] });
		if (!/^(?:\| Name \|\n|Open {2})/.test(before))
			expect(Object.values(compared.ignored).length, 'counted').toBeGreaterThan(0);
	});
});

describe('what is a change', () => {
	test.each([
		['a price', 'Card: $10', 'Card: $12'],
		['a price in euros', 'Karte: 10,50 €', 'Karte: 9,90 €'],
		['a price beside a counter', '$10 · 40 likes', '$12 · 44 likes'],
		['what is in stock', 'In stock', 'Sold out'],
		['how many are left', 'Only 3 left in stock', 'Only 2 left in stock'],
		['the day of an event', 'The fair is on 3 December 2026', 'The fair is on 5 December 2026'],
		['a day in a table', '| Fair | 3 December 2026 |', '| Fair | 5 December 2026 |'],
		['opening hours', 'Open 9:00 to 17:00', 'Open 10:00 to 17:00'],
		['a version', 'Version 2.3.1', 'Version 2.4.0'],
		['a headline', '## Otters are back', '## Otters are gone'],
		['a new item', '- Otters', '- Otters\n- Herons on the lake'],
		['an item that is gone', '- Otters\n- Herons on the lake', '- Otters'],
		['places in a ranking', '1. Ann\n2. Bob', '1. Bob\n2. Ann'],
		['one word', 'Dogs are allowed', 'Dogs are forbidden'],
		['a rating', 'Rated 4.6 of 5', 'Rated 4.2 of 5'],
		['a checksum', 'sha256: 9f86d081884c7d65', 'sha256: 60303ae22b998861'],
		['another page in an address', 'See https://a.example/x?p=2', 'See https://a.example/x?p=3'],
		['a phone number', 'Call 555 0101', 'Call 555 0199'],
	])('%s', (_what, before, after) => {
		expect(comparePages(page(before), page(after)).changed).toBe(true);
	});
});

test('a change quotes both versions of the line, and what is new or gone by itself', () => {
	const before = page('Card: $10\n\n- Otters live at the lake\n- Herons nest in spring');
	const after = page('Card: $12\n\n- Otters live at the lake\n- The café closes in March');
	expect(comparePages(before, after).changes).toEqual([
		{ kind: 'changed', before: 'Card: $10', after: 'Card: $12' },
		{ kind: 'removed', before: 'Herons nest in spring' },
		{ kind: 'added', after: 'The café closes in March' },
	]);
});

test('a part that is nothing but a date or a counter is watched as it stands', () => {
	expect(comparePages('Updated 21 Nov 2026', 'Updated 22 Nov 2026').changed).toBe(true);
	expect(comparePages('1,234 views', '1,235 views').changed).toBe(true);
	expect(comparePages('1,234 views', '1,234 views').changed).toBe(false);
});

test('what the person ignores is no change, nor are fewer words than they want to hear of, but for prices', () => {
	expect(comparePages(page('Weather: rain'), page('Weather: sun'), { ignore: ['weather'] }).changed).toBe(false);
	const [before, after] = [page('Dogs are allowed'), page('Dogs are forbidden')];
	expect(comparePages(before, after, { minChange: 3 })).toEqual({ changed: false, changes: [], ignored: { small: 1 } });
	expect(comparePages(page('Card: $10'), page('Card: $12'), { minChange: 50 }).changed).toBe(true);
});

test('a long page with many changes, and hostile lines, are compared in good time', () => {
	const lines = (count: number, word: string) =>
		Array.from({ length: count }, (_, n) => `- ${word} number ${n} of the list`);
	expect(comparePages(lines(3_000, 'otter').join('\n'), lines(3_000, 'heron').join('\n')).changed).toBe(true);
	const hostile = [
		'1,'.repeat(2_000),
		'updated '.repeat(500),
		'1 '.repeat(2_000),
		'a.'.repeat(2_000),
		'("'.repeat(2_000),
	];
	expect(comparePages(hostile.join('\n'), `${hostile.join('\n')}\nNew`).changed).toBe(true);
});
