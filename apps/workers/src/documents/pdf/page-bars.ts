import { getResolvedPDFJS } from 'unpdf';
import type { Bar } from './struck-out.ts';

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Drawing is the part of a pdf.js page that tells what is drawn on it. */
interface Drawing {
	getOperatorList(): Promise<{ readonly fnArray: readonly number[]; readonly argsArray: readonly unknown[] }>;
	getViewport(options: { scale: number }): { readonly transform: readonly number[] };
}

const MAX_BARS = 1_000;

/** pageBars finds the thin horizontal lines on a page, in the same measure as its text. */
export async function pageBars(page: Drawing): Promise<Bar[]> {
	const { OPS } = await getResolvedPDFJS();
	const { fnArray, argsArray } = await page.getOperatorList();
	const bars: Bar[] = [];
	const stack: Matrix[] = [];
	let matrix = matrixOf(page.getViewport({ scale: 1 }).transform) ?? IDENTITY;
	for (const [at, operation] of fnArray.entries()) {
		const args = argsArray[at];
		if (operation === OPS.save) stack.push(matrix);
		else if (operation === OPS.restore || operation === OPS.paintFormXObjectEnd) matrix = stack.pop() ?? matrix;
		else if (operation === OPS.transform) matrix = times(matrix, matrixOf(args) ?? IDENTITY);
		else if (operation === OPS.paintFormXObjectBegin) {
			stack.push(matrix);
			matrix = times(matrix, matrixOf(Array.isArray(args) ? args[0] : undefined) ?? IDENTITY);
		} else if (operation === OPS.constructPath) {
			const bar = barOf(args, matrix);
			if (bar !== undefined && bars.push(bar) >= MAX_BARS) break;
		}
	}
	return bars;
}

/** The third argument of a path is the box around it. */
function barOf(args: unknown, matrix: Matrix): Bar | undefined {
	const box: unknown = Array.isArray(args) ? args[2] : undefined;
	if (!(box instanceof Float32Array) && !Array.isArray(box)) return undefined;
	const [x0 = Number.NaN, y0 = Number.NaN, x1 = Number.NaN, y1 = Number.NaN] = box as Iterable<number>;
	const [left, top] = placed(matrix, x0, y0);
	const [right, bottom] = placed(matrix, x1, y1);
	const width = Math.abs(right - left);
	const height = Math.abs(bottom - top);
	if (!(width > 4 && height <= 2.5 && width > 3 * height)) return undefined;
	return { x: Math.min(left, right), right: Math.max(left, right), y: (top + bottom) / 2, height };
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

function matrixOf(value: unknown): Matrix | undefined {
	if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
	const numbers = [...(value as Iterable<number>)];
	const [a, b, c, d, e, f] = numbers;
	if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined) {
		return undefined;
	}
	return [a, b, c, d, e, f];
}

function times(m: Matrix, n: Matrix): Matrix {
	return [
		m[0] * n[0] + m[2] * n[1],
		m[1] * n[0] + m[3] * n[1],
		m[0] * n[2] + m[2] * n[3],
		m[1] * n[2] + m[3] * n[3],
		m[0] * n[4] + m[2] * n[5] + m[4],
		m[1] * n[4] + m[3] * n[5] + m[5],
	];
}

function placed(m: Matrix, x: number, y: number): [number, number] {
	return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}
