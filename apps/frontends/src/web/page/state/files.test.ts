import { describe, expect, it } from 'vitest';
import { addFiles, FILE_LIMITS, limitsInWords } from './files.ts';

const file = (name: string, size: number) => ({ name, size });

describe('addFiles', () => {
	it('takes files up to the count and names the others', () => {
		const many = Array.from({ length: FILE_LIMITS.count + 1 }, (_, index) => file(`f${index}`, 10));
		const { files, refused } = addFiles([], many);
		expect(files).toHaveLength(FILE_LIMITS.count);
		expect(refused).toEqual(['f20: a message takes 20 files']);
	});

	it('leaves out a file that is too large, or empty, and keeps the rest', () => {
		const added = [file('big.pdf', FILE_LIMITS.bytes + 1), file('empty.txt', 0), file('fine.txt', 5)];
		const { files, refused } = addFiles([], added);
		expect(files.map((each) => each.name)).toEqual(['fine.txt']);
		expect(refused).toEqual(['big.pdf has 15 MB', 'empty.txt is empty, or a folder']);
	});

	it('counts what was chosen before', () => {
		const { files, refused } = addFiles([file('first', 15_000_000)], [file('second', 9_000_000)]);
		expect(files).toHaveLength(1);
		expect(refused).toEqual(['second: together that is too much']);
	});

	it('says the limits', () => {
		expect(limitsInWords()).toBe('up to 20 files of 15 MB each, 23 MB together');
	});
});
