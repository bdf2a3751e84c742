import { describe, expect, it } from 'vitest';
import { readSms, SMS_HELP } from './keywords.ts';
import { smsSegments } from './segments.ts';

const read = (text: string, optedOut = false, optOutType?: string) => {
	const word = readSms(text, { optedOut, optOutType });
	return word.kind === 'text' ? word.text : word.kind;
};

describe('the words of a text', () => {
	it('end all texts where they stand alone', () => {
		for (const text of [
			'STOP',
			'stop',
			' Stop. ',
			'STOPALL',
			'Unsubscribe',
			'CANCEL',
			'cancel!',
			'END',
			'Quit',
			'OPT OUT',
		]) {
			expect(read(text), text).toBe('stop');
		}
		for (const text of ['stop the music', 'Please cancel my order', 'the end', 'I quit my job']) {
			expect(read(text), text).toBe(text);
		}
	});

	it('begin them again, YES only for somebody who stopped them', () => {
		expect(read('START')).toBe('start');
		expect(read('unstop', true)).toBe('start');
		expect(read('Yes', true)).toBe('start');
		expect(read('YES')).toBe('YES');
		expect(read('YES', false, 'START')).toBe('YES');
		expect(read('oui', true, 'START')).toBe('start');
	});

	it('in other languages are what Twilio took them for', () => {
		expect(read('ARRET', false, 'STOP')).toBe('stop');
		expect(read('AIDE', false, 'HELP')).toBe('help');
	});

	it('are commands without a slash', () => {
		expect(read('tasks')).toBe('/tasks');
		expect(read('Status')).toBe('/status');
		expect(read('STATUS #3')).toBe('/status 3');
		expect(read('cancel 12.')).toBe('/cancel 12');
		expect(read('Retry 2')).toBe('/retry 2');
		expect(read('follow 4')).toBe('/follow 4');
		expect(read('answer 2 the blue one')).toBe('/answer 2 the blue one');
		expect(read('LINK 4XK9-27QM')).toBe('/link 4XK9-27QM');
		expect(read('pair 4xk927qm guest')).toBe('/pair 4xk927qm guest');
		expect(read('PAIR KXQF-MWTD')).toBe('/pair KXQF-MWTD');
		expect(read('/status 3')).toBe('/status 3');
	});

	it('stay a request where they only look like a command', () => {
		for (const text of [
			'status of my order',
			'new shoes',
			'new',
			'answer the door',
			'cancel 3 subscriptions',
			'link me up',
			'Retry the oven cleaning',
			'toString',
			'constructor 3',
		]) {
			expect(read(text), text).toBe(text);
		}
	});

	it('that answer pass as they are', () => {
		for (const text of ['1', '2', '3', 'no', 'Yes please', '']) expect(read(text)).toBe(text);
	});
});

it('the help says how to make it stop, within two segments', () => {
	expect(SMS_HELP).toMatch(/CANCEL alone.*ends all texts/);
	expect(smsSegments(SMS_HELP)).toMatchObject({ encoding: 'GSM-7', segments: 2 });
});
