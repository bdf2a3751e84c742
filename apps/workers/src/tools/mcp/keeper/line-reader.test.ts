import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

it('gives the same lines however the bytes come in', () => {
	fc.assert(
		fc.property(
			fc.array(fc.string({ maxLength: 20 }).map((line) => line.replace(/[\r\n]/g, ' '))),
			fc.nat(7),
			(lines, cut) => {
				const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
				const reader = new LineReader(1_000);
				const read: string[] = [];
				for (let at = 0; at < bytes.length; at += cut + 1)
					read.push(...(reader.add(bytes.subarray(at, at + cut + 1)) ?? []));
				expect(read).toEqual(lines);
			},
		),
		{ numRuns: 50 },
	);
});

it('gives up over a line that is too long, whole or not', () => {
	expect(new LineReader(3).add(Buffer.from('abc\r\n'))).toBeUndefined();
	expect(new LineReader(4).add(Buffer.from('abc\r\n'))).toEqual(['abc']);
	const reader = new LineReader(3);
	expect(reader.add(Buffer.from('ab'))).toEqual([]);
	expect(reader.add(Buffer.from('cd'))).toBeUndefined();
});
