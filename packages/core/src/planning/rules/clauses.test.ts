import { describe, expect, test } from 'vitest';
import { MAX_CLAUSES, splitClauses } from './clauses.ts';

describe('splitClauses', () => {
	test('ends a request at "then", a semicolon, a new line, a sentence and a numbered item', () => {
		expect(splitClauses('Summarise it, then write a report')).toEqual(['Summarise it', 'write a report']);
		expect(splitClauses('Summarise it and then extract the dates; list all prices')).toEqual([
			'Summarise it',
			'extract the dates',
			'list all prices',
		]);
		expect(splitClauses('1. Read it\n2) Extract the dates\n- Write an e-mail')).toEqual([
			'Read it',
			'Extract the dates',
			'Write an e-mail',
		]);
		expect(splitClauses('What is the price? Who sells it?')).toEqual(['What is the price?', 'Who sells it?']);
		expect(splitClauses('Please do: 1. summarise it 2. extract the dates')).toContain('extract the dates');
	});

	test('ends one at "and" or a comma only when a verb follows', () => {
		expect(splitClauses('Compare A and B and recommend one')).toEqual(['Compare A and B', 'recommend one']);
		expect(splitClauses('Compare them by price, size and review scores')).toEqual([
			'Compare them by price, size and review scores',
		]);
		expect(splitClauses('Read it, extract the dates, and tell me who signed')).toEqual([
			'Read it',
			'extract the dates',
			'tell me who signed',
		]);
		expect(splitClauses('Summarise the report and list of prices')).toEqual([
			'Summarise the report and list of prices',
		]);
	});

	test('leaves the courtesies out', () => {
		expect(splitClauses('Hi Errand, could you please summarise it?')).toEqual(['summarise it?']);
		expect(splitClauses('I would like you to compare these. Thanks!')).toEqual(['compare these.']);
		expect(splitClauses('I need a summary of it')).toEqual(['a summary of it']);
		expect(splitClauses('Help me to analyse it')).toEqual(['analyse it']);
	});

	test('takes in no more than it can look at', () => {
		expect(splitClauses('summarise it; '.repeat(100))).toHaveLength(MAX_CLAUSES);
		expect(splitClauses(' \n ; . , - ')).toEqual([]);
	});
});
