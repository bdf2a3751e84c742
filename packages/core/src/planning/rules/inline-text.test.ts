import { describe, expect, test } from 'vitest';
import { takePastedText } from './inline-text.ts';

const prose = 'The tenant pays the rent on the first of each month. The deposit is two rents.';

describe('takePastedText', () => {
	test('takes what follows a colon or stands under the request', () => {
		expect(takePastedText(`Summarise this: ${prose}`, false)).toEqual({ words: 'Summarise this', texts: [prose] });
		expect(takePastedText(`tl;dr\n\n${prose}`, false)).toEqual({ words: 'tl;dr', texts: [prose] });
		expect(takePastedText(`Extract the dates from the following text:\n"${prose}"`, false).texts).toEqual([prose]);
	});

	test('takes fenced and quoted text, and leaves short quotes where they are', () => {
		expect(takePastedText(`Analyse \`\`\`${prose}\`\`\` please`, false)).toEqual({
			words: 'Analyse please',
			texts: [prose],
		});
		expect(takePastedText(`Compare “${prose}” with “Another text: ${prose}”`, false).texts).toEqual([
			prose,
			`Another text: ${prose}`,
		]);
		expect(takePastedText('What does “force majeure” mean in it?', true).texts).toEqual([]);
	});

	test('takes a long text that nobody said anything about', () => {
		const long = `${prose} `.repeat(20);
		expect(takePastedText(long, false)).toEqual({ words: '', texts: [long.trim()] });
	});

	test('leaves lists of links, questions and orders to the request', () => {
		const links = 'Summarise these pages:\nhttps://a.example/first\nhttps://a.example/second (the longer one)';
		expect(takePastedText(links, true)).toEqual({ words: links, texts: [] });
		const questions =
			'Answer from the file:\n1. What is the rent of this flat?\n2. How many months is the notice period?';
		expect(takePastedText(questions, true).texts).toEqual([]);
		const orders =
			'Do the following:\n1. summarise https://a.example/x\n2. extract the dates of it\n3. write an e-mail to me';
		expect(takePastedText(orders, true).texts).toEqual([]);
	});

	test('does not mistake a need after a colon for material when documents came along', () => {
		const need = 'Compare them: I need a low price and a long battery life, nothing heavier than two kilos';
		expect(takePastedText(need, true).texts).toEqual([]);
		expect(takePastedText(`Compare this text: ${prose}`, true).texts).toEqual([prose]);
	});
});
