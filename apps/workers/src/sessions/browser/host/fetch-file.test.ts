import { expect, test } from 'vitest';
import { fileName } from './fetch-file.ts';

test.each([
	['attachment; filename="a b.pdf"', 'http://x.test/y', 'a b.pdf'],
	['attachment; filename=plain.csv', 'http://x.test/y', 'plain.csv'],
	[`attachment; filename="fallback.txt"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt`, 'http://x.test/', 'résumé.txt'],
	[`attachment; filename*=UTF-8''broken%zz.txt`, 'http://x.test/', 'broken%zz.txt'],
	['', 'http://x.test/files/report%202.pdf?x=1', 'report 2.pdf'],
	['inline', 'http://x.test/', 'download'],
])('names a file by %j at %s', (disposition, url, name) => {
	expect(fileName(disposition, url)).toBe(name);
});
