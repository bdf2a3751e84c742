import type { Cell, Offer, Row } from './cell.ts';

/** Grid is the whole comparison: rows × offers. */
export interface Grid {
	readonly offers: readonly Offer[];
	readonly rows: readonly Row[];
	/** `cells[row][offer]`. */
	readonly cells: readonly (readonly Cell[])[];
}

/** Reason is one argument with the cells (`[row, offer]`) it quotes. */
export interface Reason {
	readonly text: string;
	readonly cells: readonly (readonly [number, number])[];
}

/** Verdict is the recommended offer, or why the documents do not allow one. */
export type Verdict =
	| {
			readonly offer: number;
			readonly reasons: readonly Reason[];
			readonly against: readonly Reason[];
			readonly caveats: readonly string[];
	  }
	| {
			readonly offer: undefined;
			readonly why: string;
			readonly reasons: readonly Reason[];
			readonly caveats: readonly string[];
	  };
