import { expect, it } from 'vitest';
import { z } from 'zod';
import { TWILIO_VARIABLES, twilioAccount } from './variables.ts';

const Variables = z.object(TWILIO_VARIABLES);
const TOKEN = '0b'.repeat(16);
const SID = `AC${'0a'.repeat(16)}`;

it('reads an account with its number as people write it', () => {
	const variables = Variables.parse({
		TWILIO_ACCOUNT_SID: SID,
		TWILIO_AUTH_TOKEN: TOKEN,
		TWILIO_PHONE_NUMBER: '+1 (555) 123-0001',
	});
	expect(twilioAccount(variables)).toEqual({
		accountSid: SID,
		authToken: TOKEN,
		phoneNumber: '+15551230001',
		apiUrl: 'https://api.twilio.com',
	});
});

it('is no account when nothing is set, and a mistake when half of it is', () => {
	expect(twilioAccount({})).toBeUndefined();
	expect(() => twilioAccount({ TWILIO_ACCOUNT_SID: SID })).toThrow('TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER');
});

it('refuses what cannot be right', () => {
	for (const [name, value] of [
		['TWILIO_ACCOUNT_SID', 'SK1234'],
		['TWILIO_AUTH_TOKEN', 'a token of twenty words'],
		// The log hides a token wherever it stands, so a short one would hide half of everything.
		['TWILIO_AUTH_TOKEN', 'e'],
		['TWILIO_AUTH_TOKEN', TOKEN.slice(0, 15)],
		['TWILIO_PHONE_NUMBER', '5551230001'],
		['TWILIO_API_URL', 'ftp://x'],
	] as const) {
		expect(Variables.safeParse({ [name]: value }).success, name).toBe(false);
	}
});
