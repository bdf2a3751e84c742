import type { Source } from '@errand/core/domain/capability.ts';
import { sourceIn } from '../facts/source-marks.ts';
import type { Cell, Offer } from './cell.ts';
import { documentWarnings } from './document-warnings.ts';
import type { Grid, Verdict } from './grid.ts';
import { type Remark, renderComparison } from './render-comparison.ts';

/** Comparison is the table as data and as Markdown. */
export interface Comparison {
	readonly text: string;
	readonly items: { name: string; url?: string; artifact?: string }[];
	readonly criteria: string[];
	readonly cells: ComparedCell[];
	readonly recommendation: { item: string; reasons: string[] } | null;
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
}

/** ComparedCell is one cell; `quotes[0]` is `quote`, the others support the note or further list items. */
interface ComparedCell {
	readonly item: string;
	readonly criterion: string;
	readonly value: string | null;
	readonly note?: string;
	readonly quote?: string;
	readonly quotes: string[];
	readonly source: Source | null;
}

/** What a language model had a part in: its name, if its work is in the grid or the verdict, and what else it made of the documents. */
export interface ModelPart {
	readonly by?: string | undefined;
	readonly remarks: readonly Remark[];
	readonly warnings: readonly string[];
}

/** conclude makes the answer of a finished table and its verdict. */
export function conclude(
	grid: Grid,
	verdict: Verdict,
	{ by, remarks, warnings: more }: ModelPart = { remarks: [], warnings: [] },
): Comparison {
	const { offers, rows, cells } = grid;
	const warnings = [...documentWarnings(grid), ...conflicts(grid), ...more];
	const { text, sources } = renderComparison(grid, verdict, { warnings, remarks, by });
	return {
		text,
		items: offers.map(({ name, document: { url, artifact } }) => ({
			name,
			...(url !== undefined && { url }),
			...(artifact !== undefined && { artifact }),
		})),
		criteria: rows.map((row) => row.name),
		cells: rows.flatMap((row, at) => offers.map((offer, index) => compared(row.name, offer, cells[at]?.[index]))),
		recommendation: recommendationOf(verdict, grid),
		sources: [...sources],
		warnings: [
			...warnings,
			...verdict.caveats,
			...(verdict.offer === undefined ? [`No recommendation: ${verdict.why}`] : []),
		],
		method: by === undefined ? 'rules' : 'model',
	};
}

function compared(criterion: string, offer: Offer, cell: Cell | undefined): ComparedCell {
	const [quote] = cell?.quotes ?? [];
	return {
		item: offer.name,
		criterion,
		value: cell?.value ?? null,
		...(cell?.note !== undefined && { note: cell.note }),
		...(quote !== undefined && { quote }),
		quotes: [...(cell?.quotes ?? [])],
		source: quote === undefined ? null : sourceIn(offer.document, quote),
	};
}

function recommendationOf(verdict: Verdict, grid: Grid): Comparison['recommendation'] {
	if (verdict.offer === undefined) return null;
	return { item: grid.offers[verdict.offer]?.name ?? '', reasons: verdict.reasons.map((reason) => reason.text) };
}

function conflicts(grid: Grid): string[] {
	return grid.rows.flatMap((row, at) =>
		grid.offers.flatMap((offer, index) => {
			const conflict = grid.cells[at]?.[index]?.conflict;
			return conflict === undefined
				? []
				: [`${offer.name} contradicts itself on the ${row.name.toLowerCase()}: it ${conflict}.`];
		}),
	);
}
