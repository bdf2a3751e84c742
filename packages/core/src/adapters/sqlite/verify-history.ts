import { setImmediate as nextTurn } from 'node:timers/promises';
import { firstHash, headText, sealHash, sealLine } from '../../domain/history/seal.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { Erasures } from '../history/erasures.ts';
import { hashPayload } from '../history/payload-salt.ts';
import { sha256 } from '../history/sha256.ts';
import type { HistoryRow, HistoryRows, SealRow } from './history-rows.ts';
import { recordedErasures } from './recorded-erasures.ts';
import type { SignedHead } from './seal-chain.ts';

/** HistoryBreak is where a history stops being what was sealed. */
export interface HistoryBreak {
	readonly position: number;
	readonly message: string;
}

interface Verification {
	readonly rows: HistoryRows;
	readonly signer: IHistorySigner;
	readonly signedHead: SignedHead | undefined;
}

const pageRows = 250;

/**
 * verifyHistory recomputes every payload hash and every seal from the first. It yields to the event loop between pages,
 * and appends may go on meanwhile. Undefined means that all is as it was sealed.
 */
export async function verifyHistory({ rows, signer, signedHead }: Verification): Promise<HistoryBreak | undefined> {
	const erasures = recordedErasures(rows);
	let position = 0;
	let previous = firstHash;
	let unsealed: HistoryRow[] = [];
	for (;;) {
		const page = rows.after(position, pageRows);
		const last = page.at(-1);
		if (last === undefined) break;
		for (const row of page) {
			const found = rowBreak(row, position + 1, erasures);
			if (found !== undefined) return found;
			position = row.position;
		}
		unsealed = [...unsealed, ...page];
		const before = (unsealed[0]?.position ?? 1) - 1;
		for (const seal of rows.seals(before, last.position)) {
			const covered = unsealed.filter((row) => row.position <= seal.lastPosition);
			const found = sealBreak(seal, { previous, covered });
			if (found !== undefined) return found;
			previous = seal.hash;
			unsealed = unsealed.slice(covered.length);
		}
		await nextTurn();
	}
	const [first] = unsealed;
	if (first !== undefined) return { position: first.position, message: 'This append was never sealed: it was added.' };
	return headBreak(signedHead, rows, signer);
}

/** rowBreak checks one append against its own payload hash and its place. */
function rowBreak(row: HistoryRow, expected: number, erasures: Erasures): HistoryBreak | undefined {
	if (row.position !== expected) return { position: expected, message: 'This append is missing.' };
	return payloadBreak(row, erasures);
}

/** payloadBreak tells an edited payload, and one that was blanked without a record of its erasure. */
export function payloadBreak(row: HistoryRow, erasures: Erasures): HistoryBreak | undefined {
	const { position, stream, payload } = row;
	if (payload === undefined) {
		if (erasures.cover(row)) return undefined;
		return { position, message: `The payload of ${stream} ${row.firstSeq} was removed, and no erasure is recorded.` };
	}
	if (hashPayload(payload) === row.payloadHash) return undefined;
	return { position, message: `The payload of ${stream} ${row.firstSeq} was changed.` };
}

/** sealBreak recomputes one seal from the seal before and the appends it covers. */
export function sealBreak(
	seal: SealRow,
	covers: { readonly previous: string; readonly covered: readonly HistoryRow[] },
): HistoryBreak | undefined {
	const text = covers.covered.map(sealLine).join('');
	if (sealHash(covers.previous, text, sha256) === seal.hash) return undefined;
	const message = 'The seal does not fit the appends it covers: one was changed, added or removed.';
	return { position: seal.lastPosition, message };
}

/** headBreak checks the signed head: history must still have the seal that was signed, and the key must be this data directory's. */
export function headBreak(
	head: SignedHead | undefined,
	rows: HistoryRows,
	signer: IHistorySigner,
): HistoryBreak | undefined {
	if (head === undefined) return undefined;
	const { position, hash, signature } = head;
	const { seal } = rows.sealOf(position);
	if (seal === undefined) return { position, message: 'History once reached this position: its end was cut off.' };
	if (seal.lastPosition !== position || seal.hash !== hash) {
		return { position, message: 'The seal is not the one that was signed: history was written anew.' };
	}
	if (signer.verify(headText(head), signature)) return undefined;
	return { position, message: 'The head was not signed with the key of this data directory.' };
}
