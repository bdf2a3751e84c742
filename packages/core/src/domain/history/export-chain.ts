import type { Json } from '../json.ts';
import { firstHash, type Sha256 } from './seal.ts';

/** ExportedFact is a fact as an export shows it; `data` is null and `erased` set when the person was forgotten. */
export interface ExportedFact {
	readonly seq: number;
	readonly at: number;
	readonly v: number;
	readonly type: string;
	readonly data: Json;
	readonly erased?: true;
}

/** ExportHead closes an export: how many facts it has, the hash of the last, and the head of the history it came from. */
export interface ExportHead {
	readonly head: { readonly position: number; readonly hash: string };
	readonly stream: string;
	readonly facts: number;
	readonly lastHash: string;
}

/** exportLine writes a fact as a line of JSON whose last member is the hash of the line before and of this one. */
export function exportLine(previous: string, fact: ExportedFact, sha256: Sha256): { line: string; hash: string } {
	const body = JSON.stringify(fact);
	const hash = lineHash(previous, body, sha256);
	return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** headLineText is what the signature of an export's last line covers. */
export function headLineText(head: ExportHead): string {
	const { position, hash } = head.head;
	return `errand-export-1\n${head.stream}\n${head.facts}\n${head.lastHash}\n${position}\n${hash}`;
}

/** HistoryCrypto is the arithmetic that checking an export needs. */
export interface HistoryCrypto {
	readonly sha256: Sha256;
	/** Ed25519; key (raw, 32 bytes) and signature in base64. */
	readonly verifySignature: (text: string, signature: string, publicKey: string) => boolean;
}

/** ExportVerdict says whether an export is whole, and if not, which line (from 1) shows it. */
export type ExportVerdict =
	| {
			readonly ok: true;
			readonly stream: string;
			readonly facts: number;
			readonly erased: number;
			readonly publicKey: string;
	  }
	| { readonly ok: false; readonly line: number; readonly message: string };

/**
 * verifyExport checks an export from its lines alone: an edited, removed, added, reordered or cut-off line shows. Whose
 * key signed it is for the caller to compare: anyone can sign an export of their own making.
 */
export function verifyExport(lines: readonly string[], crypto: HistoryCrypto): ExportVerdict {
	const facts = lines.slice(0, -1);
	let previous = firstHash;
	let erased = 0;
	for (const [index, line] of facts.entries()) {
		const fact = parseObject(line);
		const ending = /,"hash":"([0-9a-f]{64})"\}$/.exec(line);
		const broken = (message: string): ExportVerdict => ({ ok: false, line: index + 1, message });
		if (fact === undefined || ending === null) return broken('This line is not a fact with its hash.');
		const hash = lineHash(previous, `${line.slice(0, ending.index)}}`, crypto.sha256);
		if (hash !== ending[1])
			return broken('The hash of this line does not follow from the line before: one was changed.');
		if (fact['seq'] !== index + 1) return broken(`This line should be fact ${index + 1}: one is missing.`);
		if (fact['erased'] === true) erased++;
		previous = hash;
	}
	return verifyHead(lines, { lastHash: previous, erased }, crypto);
}

function verifyHead(
	lines: readonly string[],
	seen: { lastHash: string; erased: number },
	crypto: HistoryCrypto,
): ExportVerdict {
	const broken = (message: string): ExportVerdict => ({ ok: false, line: Math.max(1, lines.length), message });
	const last = parseHead(lines.at(-1) ?? '');
	if (last === undefined) return broken('The signed head is missing: the end was cut off.');
	if (last.facts !== lines.length - 1) return broken(`The head names ${last.facts} facts: some are missing or added.`);
	if (last.lastHash !== seen.lastHash) return broken('The head names another last fact: one was changed.');
	if (!crypto.verifySignature(headLineText(last), last.signature, last.publicKey)) {
		return broken('The signature does not fit the head: it was changed.');
	}
	return { ok: true, stream: last.stream, facts: last.facts, erased: seen.erased, publicKey: last.publicKey };
}

function lineHash(previous: string, body: string, sha256: Sha256): string {
	return sha256(`${previous}\n${body}`);
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}

function parseHead(line: string): (ExportHead & { signature: string; publicKey: string }) | undefined {
	const value = parseObject(line);
	const { head, stream, facts, lastHash, signature, publicKey } = value ?? {};
	if (typeof head !== 'object' || head === null || !('position' in head) || !('hash' in head)) return undefined;
	const { position, hash } = head;
	if (typeof position !== 'number' || typeof hash !== 'string') return undefined;
	if (typeof stream !== 'string' || typeof facts !== 'number' || typeof lastHash !== 'string') return undefined;
	if (typeof signature !== 'string' || typeof publicKey !== 'string') return undefined;
	return { head: { position, hash }, stream, facts, lastHash, signature, publicKey };
}
