import { expect, test } from 'vitest';
import { secretsOf } from './process-variables.ts';

test('keeps out of logs what is secret, and the passwords of addresses as drivers say them', () => {
	const data = {
		ERRAND_TOKEN: 'token',
		DATABASE_URL: 'postgres://errand:s%40lt-and-more@db/errand',
		REDIS_URL: 'redis://:errand@redis:6379',
		OPENAI_API_KEY: undefined,
	};
	expect(secretsOf(data, ['ERRAND_TOKEN', 'DATABASE_URL', 'REDIS_URL', 'OPENAI_API_KEY'])).toEqual([
		'token',
		...[data.DATABASE_URL, 's%40lt-and-more', 's@lt-and-more'],
		data.REDIS_URL,
	]);
	expect(secretsOf({ URL: 'redis://:100%25-%zz-percent@redis' }, ['URL'])).toContain('100%25-%zz-percent');
});
