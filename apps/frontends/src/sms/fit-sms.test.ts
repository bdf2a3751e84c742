import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSms } from './fit-sms.ts';
import { smsSegments } from './segments.ts';

const LINK = 'https://errand.example/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const options = { maxSegments: 3, maxLength: 1_600, more: `… more: ${LINK}` };

describe('a text that has to fit', () => {
	it('is whole where it does', () => {
		expect(fitSms('  Done – all “good”. ', options)).toBe('Done - all "good".');
		expect(fitSms('a'.repeat(459), options)).toBe('a'.repeat(459));
	});

	it('ends after a sentence where it does not', () => {
		const text = `${'First sentence here. '.repeat(16)}${'x'.repeat(400)}`;
		expect(fitSms(text, options)).toBe(`${'First sentence here. '.repeat(16)}... more: ${LINK}`);
	});

	it('ends after a word where there is no sentence', () => {
		const text = fitSms('word '.repeat(300), options);
		expect(text).toMatch(/word \.\.\. more: /);
		expect(smsSegments(text).segments).toBe(3);
	});

	it('ends anywhere but inside a character where there is no word', () => {
		const family = '👨\u200d👩\u200d👧';
		const text = fitSms(family.repeat(100), options);
		expect(text.slice(0, text.indexOf(' …')).replaceAll(family, '')).toBe('');
		expect(smsSegments(text).segments).toBeLessThanOrEqual(3);
	});

	it('always keeps its ending', () => {
		const text = fitSms('long '.repeat(400), { ...options, ending: 'Reply YES or NO.' });
		expect(text.endsWith(`... more: ${LINK}\nReply YES or NO.`)).toBe(true);
		expect(smsSegments(text).segments).toBe(3);
	});

	it('fits, whatever it is', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'grapheme', maxLength: 900 }),
				fc.integer({ min: 2, max: 5 }),
				(text, maxSegments) => {
					const fitted = fitSms(text, { ...options, maxSegments });
					expect(smsSegments(fitted).segments).toBeLessThanOrEqual(maxSegments);
					expect(fitted.length).toBeLessThanOrEqual(1_600);
					expect(fitted.isWellFormed()).toBe(true);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('is made quickly from a very long one', () => {
		const text = fitSms('sentence. '.repeat(100_000), options);
		expect(smsSegments(text).segments).toBeLessThanOrEqual(3);
	});
});
