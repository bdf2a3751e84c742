import { describe, expect, it } from 'vitest';
import { labelOf, linkingWords, placeOf, platformOf, remaining } from './platform.ts';

describe('platformOf', () => {
	it('names the platform and who it is there', () => {
		expect(platformOf('telegram:4711')).toEqual({ name: 'telegram', label: 'Telegram', who: '4711' });
		expect(platformOf('sms:+15551230001')).toMatchObject({ label: 'SMS', who: '+15551230001' });
	});

	it('takes one that it does not know as it is', () => {
		expect(platformOf('matrix:@ann:example.org')).toEqual({ name: 'matrix', label: 'matrix', who: '@ann:example.org' });
		expect(platformOf('nobody')).toEqual({ name: '', label: '', who: 'nobody' });
		expect(labelOf('toString')).toBe('toString');
	});
});

describe('placeOf', () => {
	it.each([
		['discord-dm-123', 'direct messages'],
		['discord-77-88-123', 'channel 77'],
		['telegram-4711', 'private chat'],
		['telegram--100123.5-4711', 'group -100123'],
		['sms-+15551230001', '+15551230001'],
		['web-owner', 'main conversation'],
		['web-owner-travel', 'travel'],
	])('reads %s as %s', (conversation, place) => {
		expect(placeOf(conversation)).toBe(place);
	});
});

it('says what to write to link an account, in the platform’s own shape', () => {
	expect(linkingWords('sms', 'K7QF-2M9D').write).toBe('LINK K7QF-2M9D');
	expect(linkingWords('telegram', 'K7QF-2M9D').write).toBe('/link K7QF-2M9D');
});

it('counts down in minutes and seconds, never below nothing', () => {
	expect(remaining(600_000, 18_000)).toBe('9:42');
	expect(remaining(1_000, 1)).toBe('0:01');
	expect(remaining(1_000, 2_000)).toBe('0:00');
	expect(remaining(24 * 3_600_000, 60_000)).toBe('23 h 59 min');
});
