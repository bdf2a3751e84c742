import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDiscord } from './discord-markdown.ts';
import { anyMarkdown, anyScraps, naughtyStrings } from './fixture/any-markdown.ts';
import { toPlainText } from './plain-markdown.ts';
import { splitFor } from './split-for.ts';
import { telegramLength, toTelegramHtml } from './telegram-markdown.ts';

const TABLE = '| Plan | Price |\n|:--|--:|\n| Alder | $120 |\n| Birch | $90 |';
const LINKED = '| Plan | Price | Where |\n|---|---|---|\n| Alder | $120 | [shop](https://s.example/) |';

describe('Discord', () => {
	it('reads headings, marks, lists, quotes, code and tables', () => {
		expect(toDiscord('# One\n\n##### Five')).toBe('# One\n\n**Five**');
		expect(toDiscord('**b** *i* ~~s~~ `c` `` a`b ``')).toBe('**b** *i* ~~s~~ `c` ``a`b``');
		expect(toDiscord('- a\n  - b\n- [x] c\n\n3. d\n4. e')).toBe('- a\n  - b\n- ☑ c\n\n3. d\n4. e');
		expect(toDiscord('> a\n> > b')).toBe('> a\n> \n> b');
		expect(toDiscord('~~~py\nx = "```"\n~~~')).toBe('```py\nx = "`\u200b``"\n```');
		expect(toDiscord(TABLE)).toBe('```\nPlan   Price\n─────  ─────\nAlder   $120\nBirch    $90\n```');
		expect(toDiscord(LINKED.replace('Alder', '**Alder**'))).toBe(toDiscord(LINKED));
		expect(toDiscord('##### **Five** and *six*\n\n**a __b__ c**')).toBe('**Five and *six***\n\n**a b c**');
		expect(toDiscord(LINKED)).toBe('**Alder**\n- Price: $120\n- Where: [shop](<https://s.example/>)');
	});

	it('shows marks that are none as they are', () => {
		expect(toDiscord('snake_case_name 2 * 3 * 4 ||no spoiler|| \\*plain\\*')).toBe(
			'snake\\_case\\_name 2 \\* 3 \\* 4 \\|\\|no spoiler\\|\\| \\*plain\\*',
		);
		expect(toDiscord('1986\\. A year\n\\# no title\n\\- no item\n\\> no quote')).toBe(
			'1986\\. A year\n\\# no title\n\\- no item\n\\> no quote',
		);
	});

	it('mentions nobody', () => {
		for (const hostile of [
			'@everyone',
			'@here',
			'<@123>',
			'<@!123>',
			'<@&1>',
			'<#42>',
			'</cmd:1>',
			'<:x:1>',
			'<a:x:1>',
			'<t:0:R>',
			'<id:home>',
		]) {
			expect(toDiscord(`https://x.example/${hostile}?a=${hostile}`)).not.toMatch(/@(?:everyone|here)|<[@#]/);
			for (const text of [
				hostile,
				`**${hostile}**`,
				`# ${hostile}`,
				`[${hostile}](https://x.example)`,
				hostile.replace('<', '&lt;').replace('@', '&#64;'),
			]) {
				expect(toDiscord(text).replaceAll(/<https:[^>]*>/g, '')).not.toMatch(/@(?:everyone|here)|<[@#/:ait][^>\s]*>/);
			}
		}
	});
});

describe('Telegram', () => {
	it('reads headings, marks, lists, quotes, code and tables as its HTML', () => {
		expect(toTelegramHtml('# One `x`\n\ntext')).toBe('<b>One x</b>\n\ntext');
		expect(toTelegramHtml('**b *i*** ~~s~~ `<c>`')).toBe('<b>b <i>i</i></b> <s>s</s> <code>&lt;c&gt;</code>');
		expect(toTelegramHtml('> a\n> > b')).toBe('<blockquote>a\n\nb</blockquote>');
		expect(toTelegramHtml('```ts\na < b && "c"\n```')).toBe(
			'<pre><code class="language-ts">a &lt; b &amp;&amp; &quot;c&quot;</code></pre>',
		);
		expect(toTelegramHtml(TABLE)).toBe('<pre>Plan   Price\n─────  ─────\nAlder   $120\nBirch    $90</pre>');
		expect(toTelegramHtml('- a\n- b')).toBe('• a\n• b');
	});

	it('takes links to pages only, and calls nobody', () => {
		expect(toTelegramHtml('[a](https://x.example/?a=1&b=2)')).toBe('<a href="https://x.example/?a=1&amp;b=2">a</a>');
		for (const address of [
			'javascript:alert(1)',
			'tg://user?id=1',
			'data:text/html,x',
			'/local',
			'#source-1',
			'file:///etc/passwd',
			'ton://x',
		]) {
			expect(toTelegramHtml(`[words](${address}) <${address}>`)).not.toContain('<a');
			expect(toTelegramHtml(`[words](${address})`)).toBe('words');
		}
		expect(toTelegramHtml('Hi @someone, write to bob@example.org or tg://user?id=1')).toBe(
			'Hi @\u200bsomeone, write to bob@example.org or tg:\u200b//user?id=1',
		);
	});

	it('is measured as Telegram counts', () => {
		expect(telegramLength(toTelegramHtml('**a < b** [c](https://x.example)'))).toBe('a < b c'.length);
	});
});

describe('plain text', () => {
	it('has no marks left, addresses beside their words, and tables row by row', () => {
		expect(toPlainText('# One\n\n**b** `c` [d](https://d.example/x) https://e.example/')).toBe(
			'One\n\nb c d: https://d.example/x https://e.example/',
		);
		expect(toPlainText(TABLE)).toBe('Alder\n- Price: $120\n\nBirch\n- Price: $90');
	});
});

describe('a link', () => {
	it('whose words look like another address says where it leads', () => {
		const said = (text: string) => toTelegramHtml(text).replace(/<[^>]*>/g, '');
		expect(said('[https://bank.example/login](https://evil.example/x)')).toContain('(evil.example)');
		expect(said('[bank.example](https://bank.example@evil.example/)')).toContain('(evil.example)');
		expect(said('[Sign in at ｂank.example](https://evil.example)')).toContain('(evil.example)');
		expect(said('[ba\u200bnk.example](https://bänk.example/)')).toContain('(xn--bnk-qla.example)');
		expect(said('[docs.bank.example](https://bank.example/)')).toContain('(bank.example)');
		expect(said('[www.bank.example](https://bank.example/x)')).not.toContain('(');
		expect(said('[bank.example](https://docs.bank.example/x)')).not.toContain('(');
		expect(said('[the report](https://a.example/)')).toBe('the report');
		expect(toDiscord('[https://bank.example](https://evil.example/)')).toBe(
			'https://bank.example (evil.example) <https://evil.example/>',
		);
	});
});

const ALLOWED = /^<(\/?)(b|i|u|s|code|pre|a|blockquote)((?: href="https?:\/\/[^"<>]*"| class="language-[\w+#-]+")?)>$/;

function expectTelegramHtml(html: string): void {
	const open: string[] = [];
	for (const [tag] of html.matchAll(/<[^>]*>?/g)) {
		const [, closing, name = ''] = ALLOWED.exec(tag) ?? [];
		expect(name, tag).not.toBe('');
		if (closing === '/') expect(open.pop()).toBe(name);
		else {
			if (name !== 'code') expect(open).not.toContain('pre');
			expect(open).not.toContain('code');
			expect(open).not.toContain(name === 'a' || name === 'blockquote' ? name : '-');
			open.push(name);
		}
	}
	expect(open).toEqual([]);
	expect(html.replace(/<[^>]*>/g, '').replace(/&(?:lt|gt|amp|quot);/g, '')).not.toMatch(/[<>&]/);
}

function expectDiscord(text: string): void {
	expect((text.match(/```/g) ?? []).length % 2).toBe(0);
	expect(text).not.toMatch(/@(?:everyone|here)|<[@#][^>\s]*>/);
	// From left to right: a backslash escapes what follows outside of code only, and code ends at its own marks only.
	const outside = text.replace(/```[\s\S]*?```|\\`|``.*?``|`[^`]*`/g, '');
	expect(outside.replace(/<https?:[^>]*>/g, '')).not.toMatch(/<[:/][^>\s]*>/);
}

describe('any text', () => {
	const text = fc.oneof(anyMarkdown, anyScraps);

	it('becomes parts within the limit that are valid on their own', () => {
		const holds = (markdown: string, limit: number) => {
			for (const part of splitFor(markdown, { limit, render: toTelegramHtml, measure: telegramLength })) {
				expect(telegramLength(part)).toBeLessThanOrEqual(limit);
				expectTelegramHtml(part);
			}
			for (const part of splitFor(markdown, { limit, render: toDiscord })) {
				expect(part.length).toBeLessThanOrEqual(limit);
				expectDiscord(part);
			}
			for (const part of splitFor(markdown, { limit, render: toPlainText })) {
				expect(part.length).toBeLessThanOrEqual(limit);
				expect(part).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e]/u);
			}
		};
		fc.assert(fc.property(text, fc.integer({ min: 60, max: 2_000 }), holds), { numRuns: 60 });
		for (const naughty of naughtyStrings) holds(naughty, 100);
	});

	it('keeps its words', () => {
		const words = fc.array(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1, maxLength: 400 });
		const shaped = fc.tuple(
			words,
			fc.constantFrom(' ', '\n', '\n\n', '\n- ', '\n\n1. ', ' **', '\n\n> ', '\n```\n', ' | ', '\n# '),
		);
		fc.assert(
			fc.property(shaped, fc.constantFrom(toDiscord, toTelegramHtml, toPlainText), ([list, between], render) => {
				const parts = splitFor(list.join(between), { limit: 300, render });
				const kept =
					parts
						.join(' ')
						.replace(/<[^>]*>/g, ' ')
						.match(/[a-z]{3,}/g) ?? [];
				expect(kept).toEqual(list);
			}),
			{ numRuns: 60 },
		);
	});

	it('of 12,000 characters takes no longer for being hostile', () => {
		const pieces = [
			'[',
			'[a](',
			'*a_ ',
			'> ',
			'- ',
			'`',
			'<',
			'<!--',
			'**a',
			'__a',
			'1. ',
			'|a|b|\n|-|-|\n',
			'&#1;',
			'[[a]',
			'x',
			'\u0301',
			'  - a\n',
		];
		for (const piece of pieces) {
			const hostile = piece.repeat(Math.ceil(12_000 / piece.length));
			for (const part of splitFor(hostile, { limit: 2_000, render: toDiscord }))
				expect(part.length).toBeLessThanOrEqual(2_000);
		}
	});
});
