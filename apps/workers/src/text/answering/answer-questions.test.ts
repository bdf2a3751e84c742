import { describe, expect, test } from 'vitest';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { givenDocument } from '../fixture/given-document.ts';
import { answerQuestions } from './answer-questions.ts';

const page = givenDocument(
	`# The new library

The library was designed by Maria Lindqvist and opened on 4 May 2021. It cost €38 million, of which the state paid a third. The reading room has 240 seats.

## Opening hours and contact

The library is open until 9 p.m. on weekdays. Write to desk@library.example or call +44 20 7946 0123.

## Rules

The following is not allowed:

- eating in the reading room
- telephone calls in the reading room

A lost card is replaced within two weeks. Readers who lose a book must pay its price.`,
	{ title: 'The new library of Tamber', url: 'https://library.example/' },
);

const answerTo = (question: string, documents = [page]) => {
	const [answer] = answerQuestions(documents, [question]).answers;
	if (answer === undefined) throw new Error('no answer was given');
	return answer;
};

describe('answerQuestions', () => {
	test.each([
		['Who designed the library?', 'Maria Lindqvist'],
		['When did the library open?', '4 May 2021'],
		['How much did the library cost?', '€38 million'],
		['How many seats are there in the reading room?', '240 seats'],
		['How long does it take to replace a lost card?', 'two weeks'],
		['What is the e-mail address of the library?', 'desk@library.example'],
		['What must readers do who lose a book?', 'pay its price'],
	])('finds the sentence that answers "%s"', (question, words) => {
		const answer = answerTo(question);
		expect(answer.answer).toContain(words);
		expect(answer.confidence).not.toBe('not found');
		expect(answer.sources.every(({ quote = '' }) => quoteIsVerbatim(page, quote))).toBe(true);
	});

	test('gives the whole list when the words above it are what was asked for', () => {
		const { answer } = answerTo('What is not allowed?');
		expect(answer).toContain('eating');
		expect(answer).toContain('telephone calls');
	});

	test.each([
		'What is the capital of Mongolia?',
		'Who designed the museum of Oslo?',
		'How loud is the reading room?',
		'???',
	])('says that "%s" is not answered rather than guess', (question) => {
		const { text, answers } = answerQuestions([page], [question]);
		expect(answers).toEqual([{ question, answer: null, confidence: 'not found', sources: [] }]);
		expect(text).toContain('Not found in these documents.');
	});

	test('tells when documents differ on a figure, and who says it', () => {
		const other = givenDocument('The library cost €45 million, says the audit office.', {
			title: 'Audit',
			publisher: 'Audit Office',
			date: '2022-01-10',
		});
		const { text } = answerQuestions([page, other], ['How much did the library cost?']);
		expect(text).toContain('€38 million');
		expect(text).toContain('€45 million');
		expect(text).toMatch(/documents differ/);
	});

	test('does not take the figure of a worked example or of last year for the one in force', () => {
		const policy = givenDocument(
			'# Home insurance\n\nInsurance policy of the insurer for the insured: premium and deductible.\n\nExample: with a deductible of $200 you would pay $200 of the claim.\n\n| Cover | Your policy |\n| --- | --- |\n| Deductible | $500 |\n| Premium | $40 per month |',
			{ title: 'Home policy' },
		);
		expect(answerTo('What is the deductible?', [policy]).answer).toContain('$500');
	});

	test('answers twenty questions from hostile text in bounded time', () => {
		const hostile = givenDocument('[a]('.repeat(100_000) + '.'.repeat(200_000));
		answerQuestions(
			[hostile],
			Array.from({ length: 20 }, (_, index) => `Who is number ${index}?`),
		);
	});
});
