import { expect, test } from 'vitest';
import { lexiconOf } from '../facts/lexicon.ts';
import { vocabularyFor } from '../facts/vocabulary.ts';
import { readNeed } from './needs.ts';

const lexicon = lexiconOf(vocabularyFor(['insurance policy premium deductible claim insurer']));
const read = (need: string) => {
	const { wishes, topics, bounds } = readNeed(need, lexicon);
	return {
		wishes: wishes.map((wish) => `${wish.better} ${wish.key}`),
		topics: topics.map((topic) => topic.id),
		bounds,
	};
};

test('reads wishes from everyday words', () => {
	expect(read('I have an old car and want low monthly cost')).toMatchObject({ wishes: ['lower premium'], topics: [] });
	expect(read('a high limit matters to us, and a low excess').wishes.sort()).toEqual([
		'higher limit',
		'lower deductible',
	]);
	expect(read('')).toEqual({ wishes: [], topics: [], bounds: [] });
});

test('reads what must be covered, and what does not matter', () => {
	expect(read('family of four with a house by a river').topics).toEqual(['flood']);
	expect(read('flood does not matter, but theft does').topics).toEqual(['theft']);
	expect(read("we don't need flood cover").topics).toEqual([]);
	expect(read('our house is not near a river').topics).toEqual([]);
});

test('brings bounds on the price to a year', () => {
	expect(read('at most $50 a month').bounds).toMatchObject([{ key: 'premium', most: 600, unit: 'USD' }]);
	expect(read('a deductible under $500').bounds).toMatchObject([{ key: 'deductible', most: 500 }]);
});
