import { describe, expect, test } from 'vitest';
import { chooseDomains, DOMAINS } from './choose-domains.ts';
import { examplesIn, fitPrompt, promptText } from './prompt-files.ts';

const PROMPT = `# Title
[web.search] Search first.
[no web.search] Ask for an address.
[web.links, web.gather] Follow links.
Read. [web.search] in the middle stays.

Goal: Find it
\`\`\`json
{"steps":[{"capability":"web.search"},{"capability": "web.read"}]}
\`\`\`

Goal: Read it
\`\`\`json
{"steps":[{"capability":"web.read"}]}
\`\`\`

The end.`;

describe('fitPrompt', () => {
	test('keeps what the catalogue can do', () => {
		const fit = (...names: string[]) => fitPrompt(PROMPT, new Set(names));
		const without = fit('web.read', 'web.links');
		expect(without).toContain('# Title\nAsk for an address.\nRead. [web.search] in');
		expect(examplesIn(without).map(({ goal }) => goal)).toEqual(['Read it']);
		expect(without).toMatch(/```\n\nThe end\.$/);
		const all = fit('web.read', 'web.search', 'web.links', 'web.gather');
		expect(all).toContain('# Title\nSearch first.\nFollow links.\n');
		expect(examplesIn(all).map(({ goal }) => goal)).toEqual(['Find it', 'Read it']);
	});
});

describe('promptText', () => {
	test('says in every domain when it applies, what a plan looks like and what to mind', () => {
		for (const domain of DOMAINS) {
			const text = promptText(domain);
			expect(text).toMatch(/^# [A-Z]/);
			expect(text).toMatch(/\nFor /);
			expect(text).toMatch(/\nPitfalls: /);
			expect(text.length).toBeLessThan(4_500);
		}
	});
});

describe('chooseDomains', () => {
	test.each([
		['Compare these two policies by price', 'comparison'],
		['Which one is cheaper, A or B?', 'comparison'],
		['Vergleiche die beiden Tarife', 'comparison'],
		['Research heat pumps and prepare talking points', 'research'],
		['Tell me all that is known on the history of Ghent', 'research'],
		['Fix the bug in this Python script', 'code'],
		['Help me study for the exam on photosynthesis', 'study'],
		['Keep an eye on the price and notify me daily', 'monitoring'],
		['hello', undefined],
		['What is the capital?', undefined],
	])('takes "%s" for %s', (goal, domain) => expect(chooseDomains(goal)[0]).toBe(domain));

	test('names two at most, the likelier first', () => {
		expect(chooseDomains('Research which laptop is best, compare prices and differences, track changes')).toEqual([
			'comparison',
			'monitoring',
		]);
		expect(chooseDomains('x'.repeat(100_000))).toEqual(['research']);
	});
});
