import { expect, test } from 'vitest';
import { audienceOf, countOf, criteriaOf, lengthOf, saysOnlyLength, thingsOf, topicOf } from './phrases.ts';

test('topicOf finds what it is about, up to the next phrase', () => {
	expect(topicOf('collect what these pages say about heat pumps in old houses and prepare talking points')).toBe(
		'heat pumps in old houses',
	);
	expect(topicOf('a briefing on the merger from these pages')).toBe('the merger');
	expect(topicOf('a report about cats from \uE000')).toBe('cats');
	expect(topicOf('summarise it focusing on risks, in 3 bullets')).toBe('risks');
	expect(topicOf('write an e-mail about it')).toBeUndefined();
	expect(topicOf('write about these pages')).toBeUndefined();
	expect(topicOf('summarise it')).toBeUndefined();
});

test('criteriaOf reads lists of criteria, and nothing that says when', () => {
	expect(criteriaOf('compare them by premium, deductible and exclusions for a family')).toEqual([
		'premium',
		'deductible',
		'exclusions',
	]);
	expect(criteriaOf('Compare \uE000 and \uE000 on price and battery life.')).toEqual(['price', 'battery life']);
	expect(criteriaOf('compare in terms of cost/benefit and recommend one')).toEqual(['cost', 'benefit']);
	expect(criteriaOf('compare them. Criteria: price, weight, and warranty')).toEqual(['price', 'weight', 'warranty']);
	expect(criteriaOf('compare them by tomorrow')).toEqual([]);
	expect(criteriaOf('compare them')).toEqual([]);
});

test('lengthOf reads counts of sentences, bullets, words and paragraphs', () => {
	expect(lengthOf('in 3 bullets')).toEqual({ maxSentences: 3, style: 'bullets' });
	expect(lengthOf('the top five sentences')).toEqual({ maxSentences: 5 });
	expect(lengthOf('the three most important points')).toEqual({ maxSentences: 3, style: 'bullets' });
	expect(lengthOf('in 100 words')).toEqual({ maxSentences: 5 });
	expect(lengthOf('in two paragraphs')).toEqual({ maxSentences: 10, style: 'paragraph' });
	expect(lengthOf('briefly')).toEqual({ maxSentences: 3 });
	expect(lengthOf('as bullets')).toEqual({ style: 'bullets' });
	expect(lengthOf('in 0 sentences')).toEqual({ maxSentences: 1 });
	expect(lengthOf('summarise it')).toEqual({});
});

test('saysOnlyLength knows what is said of nothing but a length', () => {
	const only = ['in 1 bullet please', 'keep it to one sentence', 'as bullets', 'make it a bit shorter.', 'briefly'];
	expect(only.filter((words) => !saysOnlyLength(words))).toEqual([]);
	const more = [
		'in one bullet about the price',
		'a short letter to Sue',
		'the three most important points of it',
		'hm',
	];
	expect(more.filter(saysOnlyLength)).toEqual([]);
});

test('audienceOf reads whom a text is for', () => {
	expect(audienceOf('write an e-mail to my landlord about the heating')).toBe('my landlord');
	expect(audienceOf('talking points for the board')).toBe('the board');
	expect(audienceOf('email them to Sue')).toBe('Sue');
	expect(audienceOf('write a report for me')).toBeUndefined();
	expect(audienceOf('compare them for a family')).toBeUndefined();
});

test('countOf and thingsOf read what is meant', () => {
	expect(countOf('compare these three insurance policies')).toBe(3);
	expect(countOf('compare both offers')).toBe(2);
	expect(countOf('summarise the 12 pages')).toBe(12);
	expect(countOf('summarise the three most important points')).toBeUndefined();
	expect(countOf('compare them')).toBeUndefined();
	expect(thingsOf('compare these three insurance policies and recommend')).toBe('insurance policies');
	expect(thingsOf('compare them')).toBeUndefined();
});
