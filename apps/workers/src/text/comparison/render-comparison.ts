import type { Source } from '@errand/core/domain/capability.ts';
import { escapeMarkdown, SourceMarks, sourceIn } from '../facts/source-marks.ts';
import type { Grid, Reason, Verdict } from './grid.ts';

/** Rendered is the comparison as Markdown; `[n]` in it is the n-th of `sources`. */
export interface Rendered {
	readonly text: string;
	readonly sources: readonly Source[];
}

/** Remark is something worth knowing about one offer, with its quote. */
export interface Remark {
	readonly offer: number;
	readonly text: string;
	readonly quote: string;
}

/** What is told besides the table and the verdict; `by` names the language model that had a part in them. */
export interface Besides {
	readonly warnings: readonly string[];
	readonly remarks: readonly Remark[];
	readonly by?: string | undefined;
}

/** renderComparison writes the table, the recommendation and the caveats. */
export function renderComparison(grid: Grid, verdict: Verdict, { warnings, remarks, by }: Besides): Rendered {
	const marks = new Marks(grid);
	const parts = [grid.rows.length === 0 ? 'The documents state nothing that can be lined up.' : table(grid, marks)];
	const notes = notesOf(grid);
	parts.push('## Recommendation', recommendation(grid, verdict, marks));
	const told = remarks.map(({ offer, text, quote }) =>
		`**${escapeMarkdown(grid.offers[offer]?.name ?? '')}:** ${escapeMarkdown(text)} ${marks.ofQuote(offer, quote)}`.trim(),
	);
	const caveats = [...notes, ...told, ...verdict.caveats, ...warnings];
	if (caveats.length > 0) parts.push('## Good to know', caveats.map((caveat) => `- ${caveat}`).join('\n'));
	const how =
		by === undefined
			? 'Read from the documents by fixed rules, not by a language model; each figure is quoted from its source.'
			: `Read by fixed rules and the language model ${escapeMarkdown(by)}; each value was checked to be quoted from its source.`;
	parts.push(`*${how} “not stated” means that the document does not say.*`);
	return { text: parts.join('\n\n'), sources: marks.sources };
}

function table(grid: Grid, marks: Marks): string {
	const lines = [
		row(['', ...grid.offers.map((offer) => `**${escapeMarkdown(offer.name)}**`)]),
		row(['---', ...grid.offers.map(() => '---')]),
	];
	grid.rows.forEach((one, index) => {
		const cells = grid.offers.map((_, offer) => {
			const cell = grid.cells[index]?.[offer];
			if (cell === undefined || cell.value === null)
				return cell?.note === undefined ? '*not stated*' : `*not stated* ${marks.of(index, offer)}`.trim();
			return `${escapeMarkdown(cell.value)}${cell.note === undefined ? '' : ' †'} ${marks.of(index, offer)}`.trim();
		});
		lines.push(row([`**${escapeMarkdown(one.name)}**`, ...cells]));
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
	const lines = [`**${escapeMarkdown(grid.offers[verdict.offer]?.name ?? '')}**`, bullets(verdict.reasons, marks)];
	if (verdict.against.length > 0) lines.push('What speaks against it:', bullets(verdict.against, marks));
	return lines.filter((line) => line !== '').join('\n\n');
}

function bullets(reasons: readonly Reason[], marks: Marks): string {
	return reasons
		.map((reason) =>
			`- ${escapeMarkdown(reason.text)} ${reason.cells.map(([at, offer]) => marks.of(at, offer)).join('')}`.trim(),
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
				: [`† **${escapeMarkdown(offer.name)}, ${escapeMarkdown(one.name.toLowerCase())}:** ${escapeMarkdown(note)}`];
		}),
	);
}

/** The marks of a cell: one for each of its quotes. */
class Marks {
	private readonly grid: Grid;
	private readonly marks = new SourceMarks();

	constructor(grid: Grid) {
		this.grid = grid;
	}

	get sources(): readonly Source[] {
		return this.marks.sources;
	}

	of(row: number, at: number): string {
		const quotes = this.grid.cells[row]?.[at]?.quotes ?? [];
		return quotes.map((quote) => this.ofQuote(at, quote)).join('');
	}

	ofQuote(at: number, quote: string): string {
		const document = this.grid.offers[at]?.document;
		return document === undefined ? '' : this.marks.of(sourceIn(document, quote));
	}
}
