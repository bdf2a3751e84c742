import { expect, test } from 'vitest';
import { readTopic } from './topic.ts';

test('is covered by other forms of its words, and by words for the same', () => {
	const topic = readTopic('coming environmental bills');
	expect(topic.cover('The environment bill')).toBe(1);
	expect(topic.cover('Energy bills are coming down')).toBe(0.5);
	expect(topic.cover('A walk in the park')).toBe(0);
	expect(readTopic('price of heat pumps').cover('What a heat pump costs')).toBe(1);
});

test('is taken as it stands when all its words say only when or what kind', () => {
	expect(readTopic('latest news').cover('The news of today')).toBeGreaterThan(0);
	expect(readTopic('').cover('anything')).toBe(0);
});

test('can leave out what another topic covers', () => {
	const topic = readTopic('clean air bills');
	const rest = readTopic('Clean Air Zones Bill in Holtby', topic);
	expect([rest.size, rest.cover('The zones of Holtby'), rest.cover('clean air')]).toEqual([2, 1, 0]);
});
