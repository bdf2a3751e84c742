import { describe, expect, test } from 'vitest';
import { pdfTable, tableRun } from './pdf-table.ts';
import { type Line, textLines } from './text-lines.ts';

/** Lines of 10-point text; each cell is written where the number before it says. */
function lines(...rows: readonly (readonly [y: number, ...cells: (readonly [x: number, text: string])[]])[]): Line[] {
	return textLines(
		rows.flatMap(([y, ...cells]) => cells.map(([x, text]) => ({ text, x, y, width: text.length * 5, size: 10 }))),
	);
}

describe('a table on a page', () => {
	test('puts wrapped cells together where rows stand further apart than lines', () => {
		const table = lines(
			[0, [0, 'Benefit'], [150, 'Limit'], [250, 'Excess']],
			[20, [0, 'Theft of bicycles'], [150, 'USD'], [250, 'USD 500']],
			[32, [0, 'and tools'], [150, '10,000']],
			[52, [0, 'Glass'], [150, 'USD 1,000']],
		);
		expect(tableRun(table, 0)).toBe(4);
		expect(pdfTable(table)).toEqual({
			caption: '',
			header: ['Benefit', 'Limit', 'Excess'],
			rows: [
				['Theft of bicycles and tools', 'USD 10,000', 'USD 500'],
				['Glass', 'USD 1,000', ''],
			],
		});
	});

	test('keeps close rows apart, also those with an empty cell', () => {
		const table = lines(
			[0, [0, 'Year'], [100, 'Premium'], [200, 'Note']],
			[18, [0, '2024'], [100, 'USD 398']],
			[30, [0, '2025'], [100, 'USD 405'], [200, 'raised']],
			[42, [0, '2026'], [100, 'USD 412']],
		);
		expect(pdfTable(table).rows).toEqual([
			['2024', 'USD 398', ''],
			['2025', 'USD 405', 'raised'],
			['2026', 'USD 412', ''],
		]);
	});

	test('ends where running text begins, and is not one line of two words far apart', () => {
		const text = lines(
			[0, [0, 'Premium'], [200, 'USD 412']],
			[14, [0, 'Deductible'], [200, 'USD 500']],
			[28, [0, 'This sentence runs across both of the columns of the table above it.']],
			[60, [0, 'Signed'], [300, 'Date']],
		);
		expect(tableRun(text, 0)).toBe(2);
		expect(tableRun(text, 2)).toBe(0);
		expect(tableRun(text, 3)).toBe(0);
	});

	test('takes right-aligned numbers and a missing first cell for what they are', () => {
		const table = lines(
			[0, [0, 'Basic'], [100, '9.00']],
			[20, [0, 'Plus'], [90, '1,109.00']],
			[40, [0, 'Total'], [95, '118.00']],
		);
		expect(pdfTable(table).rows).toEqual([
			['Basic', '9.00'],
			['Plus', '1,109.00'],
			['Total', '118.00'],
		]);
	});
});
