import { expect, it } from 'vitest';
import { plainOfHtml } from './plain-of-html.ts';

it('shows Telegram’s HTML as it is read', () => {
	expect(
		plainOfHtml('<b>1 &lt; 2</b> &amp; <a href="https://x.example/?a=1&amp;b=2">so &quot;on&quot;</a> &#128512;'),
	).toBe('1 < 2 & so "on" 😀');
	expect(plainOfHtml('&amp;lt; is not a tag')).toBe('&lt; is not a tag');
});
