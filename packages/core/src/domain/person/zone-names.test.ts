import { describe, expect, it } from 'vitest';
import { readChatCommand } from '../conversation/chat-command.ts';
import { timeZoneOf } from './zone-names.ts';

describe('words for a time zone', () => {
	it.each([
		['Europe/Berlin', 'Europe/Berlin'],
		[' america/new_york ', 'America/New_York'],
		['utc', 'UTC'],
		['CET', 'Europe/Berlin'],
		['tokyo', 'Asia/Tokyo'],
		['New York time', 'America/New_York'],
		['Munich', 'Europe/Berlin'],
		['etc/gmt+5', 'Etc/GMT+5'],
	])('%s means %s', (words, zone) => {
		expect(timeZoneOf(words)?.toLowerCase()).toBe(zone.toLowerCase());
	});

	it.each(['', 'Atlantis', 'constructor', '__proto__', '+02:00 or so', 'x'.repeat(1_000)])('%s means none', (words) => {
		expect(timeZoneOf(words)).toBeUndefined();
	});

	it('follow /timezone, or /tz for short', () => {
		expect(readChatCommand('/tz Europe/Berlin')).toMatchObject({ name: 'timezone', rest: 'Europe/Berlin' });
		expect(readChatCommand('/constructor')).not.toHaveProperty('name');
	});
});
