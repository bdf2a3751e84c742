import { CoreError } from '../../domain/errors.ts';
import { firstHash } from '../../domain/history/seal.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { HistoryRows } from './history-rows.ts';
import type { SealChain } from './seal-chain.ts';
import { type HistoryBreak, headBreak, sealBreak } from './verify-history.ts';

interface End {
	readonly rows: HistoryRows;
	readonly seals: SealChain;
	readonly signer: IHistorySigner;
}

/** A larger last commit is left to `verify`, so that opening stays quick. */
const maxCheckedRows = 2_000;

/** assertIntactEnd checks the last commit and the signed head, in a time that does not grow with history. */
export function assertIntactEnd(path: string, end: End): void {
	const found = lastSealBreak(end) ?? headBreak(end.seals.signedHead(), end.rows, end.signer) ?? unsealedBreak(end);
	if (found === undefined) return;
	throw new CoreError('store-corrupt', `Cannot open the history in ${path}: at ${found.position}: ${found.message}`, {
		hint: 'Nothing was overwritten. Restore the database together with its key from a backup, or set ERRAND_DATA_DIR to another folder.',
	});
}

function lastSealBreak({ rows, seals }: End): HistoryBreak | undefined {
	const { position } = seals.last();
	const { seal, previous } = rows.sealOf(position);
	const after = previous?.lastPosition ?? 0;
	if (seal === undefined || position - after > maxCheckedRows) return undefined;
	return sealBreak(seal, { previous: previous?.hash ?? firstHash, covered: rows.between(after, position) });
}

function unsealedBreak({ rows, seals }: End): HistoryBreak | undefined {
	const [first] = rows.after(seals.last().position, 1);
	return first && { position: first.position, message: 'This append was never sealed: it was added.' };
}
