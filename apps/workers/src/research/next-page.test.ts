import { expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { nextPageOf } from './next-page.ts';

function next(here: string, url: string, anchor: string) {
	const from = givenDocument('', { url: `https://site.example${here}` });
	return nextPageOf({ url: new URL(url, 'https://site.example').href, anchor, from });
}

test('finds the page that goes on', () => {
	expect(next('/laws', '/laws?page=2', 'Next page')).toBe(2);
	expect(next('/laws?page=2&sort=date', '/laws?sort=date&page=3', '3')).toBe(3);
	expect(next('/laws/', '/laws/page/2/', '›')).toBe(2);
	expect(next('/laws/page/4', '/laws/page/5', 'Older posts')).toBe(5);
	expect(next('/laws', 'https://www.site.example/laws?p=2', '2')).toBe(2);
});

test('takes no other page for it', () => {
	expect(next('/laws?page=2', '/laws?page=1', 'Previous')).toBeUndefined();
	expect(next('/laws', '/laws?page=7', '7')).toBeUndefined();
	expect(next('/laws', '/walks?page=2', 'Next')).toBeUndefined();
	expect(next('/laws', '/laws?page=2', 'The law on dogs')).toBeUndefined();
	expect(next('/laws', 'https://other.example/laws?page=2', 'Next')).toBeUndefined();
	expect(next('/laws', '/laws/dogs', 'Next')).toBeUndefined();
});
