import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSearch } from './open-search.ts';
import { SEARCH_VARIABLES } from './search-variables.ts';

const schema = z.object(SEARCH_VARIABLES);
const named = (env: object) => openSearch(schema.parse(env), { now: () => 0 })?.name;

test('takes Brave where there is a key, else an own SearXNG, else nothing', () => {
	expect(named({ BRAVE_API_KEY: 'BSA', SEARXNG_URL: 'http://127.0.0.1:8888' })).toBe('brave');
	expect(named({ SEARXNG_URL: 'http://127.0.0.1:8888/' })).toBe('searxng');
	expect(named({})).toBeUndefined();
});

test('refuses values that cannot be meant', () => {
	for (const env of [
		{ BRAVE_API_KEY: 'two words' },
		{ SEARXNG_URL: 'localhost:8888' },
		{ SEARXNG_URL: 'https://a.example/search?q=' },
		{ BRAVE_API_URL: 'ftp://a.example' },
	]) {
		expect(schema.safeParse(env).success).toBe(false);
	}
	expect(schema.parse({ SEARXNG_URL: 'https://a.example/searx/' }).SEARXNG_URL).toBe('https://a.example/searx');
});
