import type { Cell, Offer, Row } from '../../comparison/cell.ts';
import type { Grid } from '../../comparison/grid.ts';
import { areSimilar, normalLabel } from '../../comparison/labels.ts';
import type { Remark } from '../../comparison/render-comparison.ts';
import { findAmounts, perYear, readPeriod } from '../../facts/amounts.ts';
import { plainText } from '../../facts/inline.ts';
import type { Lexicon } from '../../facts/lexicon.ts';
import { isOrder } from '../../orders.ts';
import { meaningOf, termsOf } from '../../terms.ts';
import { inventedNames } from '../checking/invented-names.ts';
import { NO_ADDRESSES, plainWords, quotedIn } from '../checking/model-words.ts';
import { coverageIn } from '../checking/said-coverage.ts';
import { addressBookOf, addressWarnings } from '../checking/verify-addresses.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import { verifiedQuote } from '../checking/verify-quote.ts';
import type { Readings } from './ask-cells.ts';

/** CheckedCells is the table with what a model read besides the rules, as far as its words stand in the documents. */
export interface CheckedCells {
	readonly grid: Grid;
	readonly remarks: readonly Remark[];
	readonly warnings: readonly string[];
	/** How many cells are the model's. */
	readonly taken: number;
}

/**
 * checkCells lays a model's readings over the table of the rules. A value counts only with a quote of that item's document
 * that holds its figures. What the rules read stays where both differ: they follow footnotes, dates and struck-out
 * prices, which a model skips more often than they do, and a document can talk to the model but not to them.
 */
export function checkCells(base: Grid, lexicon: Lexicon, readings: Readings, open: boolean): CheckedCells {
	const table = new Table(base, lexicon, open);
	for (const cell of readings.cells.slice(0, MAX_CELLS)) table.lay(cell);
	for (const remark of readings.remarks.slice(0, MAX_CELLS)) table.remark(remark);
	return table.checked();
}

type ProposedCell = Readings['cells'][number];
type ProposedRemark = Readings['remarks'][number];

const MAX_CELLS = 800;
const MAX_NEW_ROWS = 6;
const MAX_REMARKS = 3;
const MAX_DROPS_TOLD = 8;
const NOTHING =
	/^(?:not (?:stated|mentioned|specified|given|available|known)|unknown|n\/?a|none stated|null|-|–|—)?\.?$/i;

class Table {
	private readonly base: Grid;
	private readonly lexicon: Lexicon;
	private readonly open: boolean;
	private readonly rows: Row[];
	private readonly cells: Cell[][];
	private readonly books: ReturnType<typeof addressBookOf>[];
	private readonly remarks: Remark[] = [];
	private readonly dropped: string[] = [];
	private readonly differing: string[] = [];
	private readonly removed: string[] = [];
	private readonly proposed = new Set<string>();
	private taken = 0;

	constructor(base: Grid, lexicon: Lexicon, open: boolean) {
		this.base = base;
		this.lexicon = lexicon;
		this.open = open;
		this.rows = [...base.rows];
		this.cells = base.cells.map((row) => [...row]);
		this.books = base.offers.map(({ document }) => addressBookOf([document]));
	}

	/** Rows of the model's own count only where they compare something. */
	checked(): CheckedCells {
		const kept = this.rows.flatMap((_, at) => {
			const own = at >= this.base.rows.length;
			const stated = (this.cells[at] ?? []).filter((cell) => cell.value !== null).length;
			if (own && stated < 2) {
				this.taken -= stated;
				return [];
			}
			return [at];
		});
		const grid: Grid = {
			offers: this.base.offers,
			rows: kept.flatMap((at) => this.rows[at] ?? []),
			cells: kept.map((at) => this.cells[at] ?? []),
		};
		const more = this.dropped.length - MAX_DROPS_TOLD;
		return {
			grid,
			remarks: this.remarks,
			taken: this.taken,
			warnings: [
				...this.differing,
				...this.dropped.slice(0, MAX_DROPS_TOLD),
				...(more > 0
					? [`${more} more statements of the language model are not in the documents and were left out.`]
					: []),
				...addressWarnings(this.removed),
			],
		};
	}

	lay({ document, criterion, value: written, quote: given, note }: ProposedCell): void {
		const offer = this.base.offers[document - 1];
		const row = offer === undefined ? -1 : this.rowOf(criterion);
		const { text: value, removed } = plainWords(written, this.books[document - 1] ?? NO_ADDRESSES, 200);
		this.removed.push(...removed);
		if (offer === undefined) {
			this.dropped.push(`The language model stated ${quotedIn(value, 80)} for an item that is not compared.`);
			return;
		}
		if (row < 0 || NOTHING.test(value) || this.proposed.has(`${row} ${document}`)) return;
		this.proposed.add(`${row} ${document}`);
		const [about, known] = [this.rows[row], this.cells[row]?.[document - 1]];
		if (about === undefined || known === undefined) return;
		const isOpen = known.value === null && known.note === undefined;
		if (!isOpen && agrees(known, value, about)) return;
		const quote = verifiedQuote(given, offer.document);
		if (quote === undefined || !this.supports(quote, value, about)) {
			this.dropped.push(
				`The language model stated ${quotedIn(value, 80)} for ${offer.name}, ${quotedIn(about.name, 60)}, but the document does not say so.`,
			);
		} else if (isOpen) this.take(row, document - 1, { value, quote, note });
		else this.differ(offer, about, known, value, quote);
	}

	remark({ document, text: written, quote: given }: ProposedRemark): void {
		const offer = this.base.offers[document - 1];
		if (offer === undefined) return;
		const { text, removed } = plainWords(written, this.books[document - 1] ?? NO_ADDRESSES, 300);
		this.removed.push(...removed);
		const quote = verifiedQuote(given, offer.document);
		const isFull = this.remarks.filter((one) => one.offer === document - 1).length >= MAX_REMARKS;
		if (isFull || text === '' || removed.length > 0 || isOrder(text) || PUSHES.test(text)) return;
		const known = [offer.document.markdown, ...this.base.offers.map(({ name }) => name)];
		const isBorneOut =
			quote !== undefined &&
			unsupportedFigures(text, [quote]).length === 0 &&
			meet(text, quote) &&
			inventedNames(text, known).length === 0;
		if (!isBorneOut) {
			this.dropped.push(
				`The language model noted ${quotedIn(text, 80)} for ${offer.name}, but the document does not say so.`,
			);
			return;
		}
		this.remarks.push({ offer: document - 1, text, quote });
	}

	private take(
		at: number,
		offer: number,
		{ value, quote, note }: Pick<ProposedCell, 'value' | 'quote' | 'note'>,
	): void {
		const [row, cells] = [this.rows[at], this.cells[at]];
		if (row === undefined || cells === undefined) return;
		const words = note === undefined ? '' : plainWords(note, NO_ADDRESSES, 200).text;
		const isNoted = words !== '' && unsupportedFigures(words, [quote]).length === 0 && !isOrder(words);
		cells[offer] = {
			value,
			quotes: [quote],
			...(isNoted && { note: words }),
			...figureOf(value, row),
			...(row.topic !== undefined && withCoverage(value)),
		};
		this.taken++;
	}

	private differ(offer: Offer, row: Row, known: Cell, value: string, quote: string): void {
		const ours = quotedIn(known.value ?? known.note ?? 'not stated', 80);
		this.differing.push(
			`${offer.name}, ${row.name.toLowerCase()}: the rules read ${ours}, the language model ${quotedIn(value, 80)} from ${quotedIn(quote)}. The table keeps the former: check the document.`,
		);
	}

	/** A row of the table by its name or its meaning, else a new one. */
	private rowOf(criterion: string): number {
		const name = plainWords(criterion, NO_ADDRESSES, 60).text;
		const folded = normalLabel(name);
		if (folded === '') return -1;
		const exact = this.rows.findIndex((row) => normalLabel(row.name) === folded);
		if (exact >= 0) return exact;
		const meaning = this.lexicon.meaningOf(name);
		const key =
			meaning &&
			(meaning.scope !== undefined && !meaning.base
				? `${meaning.criterion.id}/${meaning.scope}`
				: meaning.criterion.id);
		const same = this.rows.findIndex(
			(row) => row.key === key || (meaning === undefined && areSimilar(normalLabel(row.name), folded)),
		);
		if (same >= 0) return same;
		const isName = name.split(' ').length <= 5 && unsupportedFigures(name, []).length === 0 && !PUSHES.test(name);
		if (!this.open || this.rows.length - this.base.rows.length >= MAX_NEW_ROWS || !isName) return -1;
		const criterionOf = meaning?.scope === undefined || meaning.base ? meaning?.criterion : undefined;
		this.rows.push({
			key: key ?? `model:${folded}`,
			name,
			keys: new Set(),
			...(criterionOf && { criterion: criterionOf }),
		});
		this.cells.push(this.base.offers.map(() => ({ value: null, quotes: [] })));
		return this.rows.length - 1;
	}

	/** The quote holds the figures, speaks of the same thing, and not of another criterion alone; it says yes where the value does. */
	private supports(quote: string, value: string, row: Row): boolean {
		const plain = plainText(quote);
		if (unsupportedFigures(value, [quote]).length > 0 || isOrder(plain)) return false;
		if (!meet(`${value} ${row.name}`, plain)) return false;
		const anchors = this.lexicon.anchorsIn(plain);
		const { criterion } = row;
		if (
			criterion !== undefined &&
			anchors.length > 0 &&
			!anchors.some((anchor) => anchor.criterion.id === criterion.id)
		)
			return criterion.expects === 'list' || criterion.expects === 'text';
		if (row.topic === undefined) return true;
		const said = coverageIn(value);
		return said === undefined || said === 'optional' || (said === 'no') === NEGATED.test(plain);
	}
}

const NEGATED = /\b(?:not|no|never|none|without|exclud\w*|except\w*|nor|nicht|kein\w*|ausgeschlossen)\b|n['’]t\b/i;

/** A remark tells; to recommend is the recommendation's, which has its reasons checked. */
const PUSHES = /\b(?:recommend\w*|best|choose|chosen|prefer\w*|perfect|should (?:buy|take|pick|sign)|must-have)\b/i;

/** They share a word that carries meaning, or a figure. */
function meet(one: string, other: string): boolean {
	const known = new Set(termsOf(other).map(meaningOf));
	const terms = termsOf(one);
	return terms.length === 0 || terms.some((term) => known.has(meaningOf(term)));
}

/** The same figures, else the same side; different words for a list or a text are no contradiction. */
function agrees(known: Cell, value: string, row: Row): boolean {
	// The name may say what the value leaves out: "Annual premium", "$576".
	const ours = [`${row.name}: ${known.value ?? ''}`, known.note ?? ''];
	const [theirs, stated] = [findAmounts(value), findAmounts(known.value ?? '')];
	if (row.criterion?.expects === 'list') return true;
	const side = row.topic === undefined ? undefined : coverageIn(value);
	if (side !== undefined && known.coverage !== undefined && side !== known.coverage) return false;
	if (theirs.length === 0) return stated.length === 0 || meet(value, ours.join(' ')) || side !== undefined;
	if (stated.length === 0 && (row.topic !== undefined || row.criterion === undefined)) return true;
	return unsupportedFigures(value, ours).length === 0;
}

function withCoverage(value: string): Pick<Cell, 'coverage'> {
	const coverage = coverageIn(value);
	return coverage === undefined ? {} : { coverage };
}

/** What scores: a recurring price without its period would be compared wrongly. */
function figureOf(value: string, { criterion }: Row): Pick<Cell, 'figure'> {
	const amount = findAmounts(value).find(
		(one) => one.kind === criterion?.expects && (criterion.unit === undefined || criterion.unit === one.unit),
	);
	if (amount === undefined || criterion === undefined) return {};
	const period = amount.period ?? readPeriod(value);
	if (criterion.recurring && period === undefined) return {};
	const figure = criterion.recurring ? perYear(amount, period) : amount.value;
	return { figure: { value: figure, unit: amount.unit, kind: amount.kind } };
}
