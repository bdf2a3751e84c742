/** LEDGER_COLUMNS are the tables of the book of models with what of them moves between stores; both name them alike. */
export const LEDGER_COLUMNS = {
	calls: [
		...['id', 'at', 'person', 'task', 'step', 'purpose', 'complexity', 'provider', 'model', 'reason', 'input_tokens'],
		...['cached_tokens', 'output_tokens', 'micro_usd', 'ms', 'first_ms', 'outcome', 'error'],
	],
	totals: ['day', 'person', 'micro_usd'],
	transcripts: ['call', 'request', 'reply', 'until'],
} as const;

/** LedgerPage is some rows of one of these tables. */
export interface LedgerPage {
	readonly table: keyof typeof LEDGER_COLUMNS;
	readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

/** ILedgerCopy reads or fills a book row by row; into an empty one only. */
export interface ILedgerCopy {
	/** Calls in the order they were written. */
	pages(): AsyncIterable<LedgerPage>;
	add(page: LedgerPage): Promise<void>;
}

/** copyLedger fills one book with what stands in another; resolves with the number of calls. */
export async function copyLedger(from: Pick<ILedgerCopy, 'pages'>, to: Pick<ILedgerCopy, 'add'>): Promise<number> {
	let calls = 0;
	for await (const page of from.pages()) {
		if (page.table === 'calls') calls += page.rows.length;
		if (page.rows.length > 0) await to.add(page);
	}
	return calls;
}
