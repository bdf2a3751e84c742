import { expect, it } from 'vitest';
import { SenderNotices } from './sender-notices.ts';

it('tells a sender about a refusal once in five minutes', () => {
	const notices = new SenderNotices();
	expect(notices.due('discord:1', 'unpaired', 0)).toBe(true);
	expect(notices.due('discord:1', 'unpaired', 299_999)).toBe(false);
	expect(notices.due('discord:1', 'too-large', 1)).toBe(true);
	expect(notices.due('discord:2', 'unpaired', 1)).toBe(true);
	expect(notices.due('discord:1', 'unpaired', 300_000)).toBe(true);
	expect(notices.due('discord:1', 'unpaired', 300_001)).toBe(false);
});

it('forgets the oldest senders rather than grow', () => {
	const notices = new SenderNotices();
	for (let sender = 0; sender <= 10_000; sender++) notices.due(`sms:${sender}`, 'unpaired', 0);
	expect(notices.due('sms:10000', 'unpaired', 1)).toBe(false);
	expect(notices.due('sms:0', 'unpaired', 1)).toBe(true);
});
