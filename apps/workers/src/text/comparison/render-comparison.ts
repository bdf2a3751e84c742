import type { Source } from '@errand/core/domain/capability.ts';
import { sourceOf } from './cell.ts';
import type { Grid, Reason, Verdict } from './recommend.ts';

/** Rendered is the comparison as Markdown; `[n]` in it is the n-th of `sources`. */
export interface Rendered {
	readonly text: string;
	readonly sources: readonly Source[];
}

/** renderComparison writes the table, the recommendation and the caveats. */
export function renderComparison(grid: Grid, verdict: Verdict, warnings: readonly string[]): Rendered {
	const marks = new Marks(grid);
	const parts = [table(grid, marks)];
	const notes = notesOf(grid);
	parts.push('## Recommendation', recommendation(grid, verdict, marks));
	const caveats = [...notes, ...verdict.caveats, ...warnings];
	if (caveats.length > 0) parts.push('## Good to know', caveats.map((caveat) => `- ${caveat}`).join('\n'));
	parts.push(
		`*Read from the documents by fixed rules, not by a language model; each figure is quoted from its source. “not stated” means that the document does not say.*`,
	);
	return { text: parts.join('\n\n'), sources: marks.sources };
}

function table(grid: Grid, marks: Marks): string {
	const lines = [
		row(['', ...grid.offers.map((offer) => `**${escapeCell(offer.name)}**`)]),
		row(['---', ...grid.offers.map(() => '---')]),
	];
	grid.rows.forEach((one, index) => {
		const cells = grid.offers.map((_, offer) => {
			const cell = grid.cells[index]?.[offer];
			if (cell === undefined || cell.value === null)
				return cell?.note === undefined ? '*not stated*' : `*not stated* ${marks.of(index, offer)}`.trim();
			return `${escapeCell(cell.value)}${cell.note === undefined ? '' : ' †'} ${marks.of(index, offer)}`.trim();
		});
		lines.push(row([`**${escapeCell(one.name)}**`, ...cells]));
	});
	return lines.join('\n');
}

function row(cells: readonly string[]): string {
	return `| ${cells.join(' | ')} |`;
}

function recommendation(grid: Grid, verdict: Verdict, marks: Marks): string {
	if (verdict.offer === undefined) {
		return [`No recommendation. ${verdict.why}`, bullets(verdict.reasons, marks)]
			.filter((part) => part !== '')
			.join('\n\n');
	}
	const lines = [`**${escapeCell(grid.offers[verdict.offer]?.name ?? '')}**`, bullets(verdict.reasons, marks)];
	if (verdict.against.length > 0) lines.push('What speaks against it:', bullets(verdict.against, marks));
	return lines.filter((line) => line !== '').join('\n\n');
}

function bullets(reasons: readonly Reason[], marks: Marks): string {
	return reasons
		.map((reason) =>
			`- ${escapeText(reason.text)} ${reason.cells.map(([at, offer]) => marks.of(at, offer)).join('')}`.trim(),
		)
		.join('\n');
}

/** Notes stand under the table: a cell that has one is marked †. */
function notesOf(grid: Grid): string[] {
	return grid.rows.flatMap((one, index) =>
		grid.offers.flatMap((offer, at) => {
			const note = grid.cells[index]?.[at]?.note;
			return note === undefined
				? []
				: [`† **${escapeText(offer.name)}, ${escapeText(one.name.toLowerCase())}:** ${escapeText(note)}`];
		}),
	);
}

function escapeCell(text: string): string {
	return escapeText(text).replace(/\|/g, '\\|');
}

/** What a document says must not become markup of the answer. */
function escapeText(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/([\\`*_[\]<>])/g, '\\$1');
}

/** Numbers sources in the order they are first pointed at; the same quote keeps its number. */
class Marks {
	readonly sources: Source[] = [];
	private readonly numbers = new Map<string, number>();
	private readonly grid: Grid;

	constructor(grid: Grid) {
		this.grid = grid;
	}

	of(row: number, at: number): string {
		const offer = this.grid.offers[at];
		if (offer === undefined) return '';
		const quotes = this.grid.cells[row]?.[at]?.quotes ?? [];
		return quotes
			.map((quote) => {
				const key = `${at}\n${quote}`;
				const known = this.numbers.get(key);
				if (known !== undefined) return `[${known}]`;
				this.sources.push(sourceOf(offer, quote));
				this.numbers.set(key, this.sources.length);
				return `[${this.sources.length}]`;
			})
			.join('');
	}
}
