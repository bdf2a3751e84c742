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
	for (let sender = 0; sender <= 10_000; sender++) notices.due(`sms:${sender}`, 'unpaired', sender);
	for (let sender = 0; sender <= 10_000; sender++) notices.due(`sms:${sender}`, 'unpaired', 1e9 + sender * 1_000);
	expect(notices.due('sms:10000', 'unpaired', 1e9 + 10_001_000)).toBe(false);
	expect(notices.due('sms:0', 'unpaired', 1e9 + 10_002_000)).toBe(true);
});

it('tells a flood of senders little, and those whom it did not tell when they write again later', () => {
	const notices = new SenderNotices();
	const flood = (code: string, now: number) =>
		Array.from({ length: 1_000 }, (_, sender) => sender).filter((sender) => notices.due(`sms:${sender}`, code, now));
	expect(flood('rate-limited', 0)).toHaveLength(5);
	expect(flood('unpaired', 1_000)).toHaveLength(96);
	expect(flood('unpaired', 60_000)).toEqual(Array.from({ length: 59 }, (_, at) => 96 + at));
	expect(notices.due('sms:999', 'rate-limited', 120_000)).toBe(true);
});

it('bears a clock that goes back', () => {
	const notices = new SenderNotices();
	for (let sender = 0; sender < 200; sender++) notices.due(`sms:${sender}`, 'unpaired', 1_000_000);
	expect(notices.due('sms:a', 'unpaired', 0)).toBe(false);
	expect(notices.due('sms:a', 'unpaired', 1_000)).toBe(true);
});
