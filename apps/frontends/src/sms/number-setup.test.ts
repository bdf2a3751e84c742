import { describe, expect, it } from 'vitest';
import { setupState } from './number-setup.ts';

const NUMBER = '+15551230001';
const URL = 'https://errand.example';
const number = (smsUrl: string, smsMethod = 'POST') => ({ number: { smsUrl, smsMethod, takesPictures: true } });
const hintOf = (...of: Parameters<typeof setupState>) => {
	const state = setupState(...of);
	return state.status === 'degraded' ? state.hint : state.status;
};

describe('the state of the line', () => {
	it('is ready when texts come to us, however often Twilio tries', () => {
		expect(setupState(number(`${URL}/twilio/sms`), NUMBER, URL)).toEqual({ status: 'ready' });
		expect(setupState(number(`${URL}/twilio/sms#rc=3&rp=all`), NUMBER, URL)).toEqual({ status: 'ready' });
	});

	it('says what to do when they do not', () => {
		expect(hintOf(number(''), NUMBER, URL)).toContain(`${URL}/twilio/sms`);
		expect(hintOf(number(`${URL}/twilio/sms`, 'GET'), NUMBER, URL)).toContain('HTTP POST');
		expect(hintOf(number('http://errand.example/twilio/sms'), NUMBER, URL)).toContain(
			'https://errand.example/twilio/sms',
		);
		expect(hintOf(number(`${URL}/twilio/sms`), NUMBER, undefined)).toContain('ERRAND_PUBLIC_URL');
		expect(hintOf({ number: undefined }, NUMBER, URL)).toContain('TWILIO_PHONE_NUMBER');
		expect(hintOf({ trouble: { status: 401, message: 'Authenticate' } }, NUMBER, URL)).toContain('TWILIO_AUTH_TOKEN');
		expect(hintOf({ trouble: { network: 'ECONNREFUSED', message: 'x' } }, NUMBER, URL)).toContain('asked again');
	});
});
