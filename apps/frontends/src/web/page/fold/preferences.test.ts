import { asPersonId } from '@errand/core/domain/ids.ts';
import type { Preferences } from '@errand/core/domain/person/person-view.ts';
import { describe, expect, it } from 'vitest';
import { faultOf, formOf, notifyChoices, preferencesOf } from './preferences.ts';

const quiet = { from: '23:00', to: '06:30', timeZone: 'America/New_York' };

describe('the form of preferences', () => {
	it.each<Preferences>([
		{ notify: {} },
		{ notify: { questions: 'telegram' } },
		{ notify: { questions: 'sms', answers: 'web' }, quiet },
		{ notify: {}, timeZone: 'Asia/Tokyo' },
	])('gives %j back as it was', (preferences) => {
		const { notify, quiet, timeZone } = preferencesOf(formOf(preferences, 'UTC'));
		expect(notify).toEqual({ questions: null, answers: null, ...preferences.notify });
		expect(quiet).toEqual(preferences.quiet ?? null);
		expect(timeZone).toBe(preferences.timeZone ?? null);
	});

	it('offers a night where the browser is', () => {
		expect(formOf({ notify: {} }, 'Europe/Berlin')).toMatchObject({
			quiet: false,
			from: '22:00',
			timeZone: 'Europe/Berlin',
		});
	});

	it('offers a night where somebody lives, wherever the browser is', () => {
		expect(formOf({ notify: {}, timeZone: 'Asia/Tokyo' }, 'UTC')).toMatchObject({ timeZone: 'Asia/Tokyo' });
	});

	it.each([
		[{ quiet: true }, undefined],
		[{ quiet: true, to: '22:00' }, 'same time'],
		[{ quiet: true, from: '' }, 'a beginning'],
		[{ quiet: true, timeZone: 'Nowhere/Else' }, 'time zone'],
		[{ quiet: true, timeZone: '' }, 'time zone'],
		[{ quiet: false, from: '', timeZone: 'x' }, undefined],
		[{ home: 'Nowhere' }, 'time zone'],
	])('finds fault with %j: %s', (change, words) => {
		const fault = faultOf({ ...formOf({ notify: {} }, 'UTC'), ...change });
		if (words === undefined) expect(fault).toBeUndefined();
		else expect(fault).toContain(words);
	});

	it('offers platforms with an account, and one chosen before', () => {
		const person = {
			id: asPersonId('p'),
			role: 'member' as const,
			tokens: [],
			preferences: { notify: { answers: 'discord' } },
		};
		const identities = [{ identity: 'sms:+1555' }, { identity: 'telegram:1' }, { identity: 'telegram:2' }];
		expect(notifyChoices({ ...person, identities })).toEqual(['web', 'sms', 'telegram', 'discord']);
	});
});
