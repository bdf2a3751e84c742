/** Sha256 hashes text to 64 hex digits; it is handed in, because the domain reaches no library. */
export type Sha256 = (text: string) => string;

/** firstHash stands where there is no hash before: the first seal and the first line of an export follow it. */
export const firstHash = '0'.repeat(64);

/** SealedAppend is what a seal covers of one append: its place, its time, and the hash of its payload (never the payload, which may be erased). */
export interface SealedAppend {
	readonly position: number;
	readonly stream: string;
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly at: number;
	/** JSON text of the facts' types and versions. */
	readonly types: string;
	readonly payloadHash: string;
}

/** sealLine is the line an append adds to the text that its commit's seal is the hash of. */
export function sealLine(append: SealedAppend): string {
	const { position, firstSeq, lastSeq, at, payloadHash, stream, types } = append;
	return `${position} ${firstSeq} ${lastSeq} ${at} ${payloadHash} ${stream}\n${types}\n`;
}

/** sealHash chains a commit to everything before it. */
export function sealHash(previous: string, lines: string, sha256: Sha256): string {
	return sha256(`${previous}\n${lines}`);
}

/** headText is what the key signs: the last seal and its position. */
export function headText(head: { readonly position: number; readonly hash: string }): string {
	return `errand-history-1\n${head.position}\n${head.hash}`;
}

/** isStreamName tells names that can stand in a seal's text: one line, of bounded length. */
export function isStreamName(name: string): boolean {
	return name.length > 0 && name.length <= 512 && !/\p{Cc}/u.test(name);
}
