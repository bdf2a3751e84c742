import { firstHash, headText } from '../../../domain/history/seal.ts';
import type { IHistorySigner } from '../../../ports/history-signer.ts';
import type { Erasures } from '../../history/erasures.ts';
import type { AuditedStream, AuditRows } from './audit-rows.ts';
import { StreamChain } from './stream-chain.ts';
import { hashOfSeal, type Seal, type StreamSeals } from './stream-seals.ts';

/** HistoryBreak is where a history stops being what was sealed: `position` counts the appends up to the seal that shows it. */
export interface HistoryBreak {
	readonly position: number;
	readonly message: string;
}

interface Verification {
	readonly rows: AuditRows;
	readonly seals: StreamSeals;
	readonly signer: IHistorySigner;
}

const SEALS_A_PAGE = 50;
const STREAMS_A_PAGE = 200;
const APPENDS_A_PAGE = 500;

/**
 * verifyHistory recomputes every seal from the first, every chain of every stream, and every payload's hash; appends may go on
 * meanwhile. Undefined means that all is as it was sealed. Everything appended before the call should be sealed.
 */
export async function verifyHistory(parts: Verification): Promise<HistoryBreak | undefined> {
	const { rows, seals } = parts;
	const erasures = await rows.erasures();
	const inSeals = await sealsBreak(parts);
	if (inSeals !== undefined) return inSeals;
	const unsealed: AuditedStream[] = [];
	for (let after = 0; ; ) {
		const page = await rows.streams(after, STREAMS_A_PAGE);
		const last = page.at(-1);
		if (last === undefined) break;
		after = last.id;
		unsealed.push(...page.filter(({ lastSeq, sealedSeq }) => lastSeq > sealedSeq));
		const found = await pageBreak(page, rows, erasures);
		if (found !== undefined) {
			return { position: await rows.positionOf(found.stream, found.seq), message: found.message };
		}
	}
	const stray = await rows.strayAppend();
	if (stray !== undefined) return { position: 0, message: `The stream with the number ${stray} was removed.` };
	return unsealed.length === 0 ? undefined : unsealedBreak(unsealed, rows, seals);
}

async function sealsBreak({ rows, signer }: Verification): Promise<HistoryBreak | undefined> {
	let previous: Pick<Seal, 'number' | 'hash' | 'appends'> = { number: 0, hash: firstHash, appends: 0 };
	let last: Seal | undefined;
	for (;;) {
		const page = await rows.seals(previous.number, SEALS_A_PAGE);
		const [first, end] = [page[0], page.at(-1)];
		if (first === undefined || end === undefined) break;
		const covered = await rows.sealedStreams(first.number, end.number);
		for (const seal of page) {
			const streams = covered.filter((line) => line.seal === seal.number);
			const position = seal.appends;
			if (seal.number !== previous.number + 1) return { position, message: 'A seal is missing before this one.' };
			if (hashOfSeal(previous.hash, seal.appends, streams) !== seal.hash) {
				return {
					position,
					message: 'The seal does not fit the streams it vouches for: one was changed, added or removed.',
				};
			}
			const gone = streams.find(({ there }) => !there);
			if (gone !== undefined) return { position, message: `The stream with the number ${gone.stream} was removed.` };
			previous = seal;
			last = seal;
		}
	}
	if (last === undefined || signer.verify(headText({ position: last.appends, hash: last.hash }), last.signature)) {
		return undefined;
	}
	return { position: last.appends, message: 'The head was not signed with the key of this Errand.' };
}

interface StreamBreak {
	readonly stream: number;
	readonly seq: number;
	readonly message: string;
}

/** Follows some streams through all of their appends. */
async function pageBreak(
	streams: readonly AuditedStream[],
	rows: AuditRows,
	erasures: Erasures,
): Promise<StreamBreak | undefined> {
	const left = new Map(streams.map((stream) => [stream.id, new FollowedStream(stream)]));
	let current: FollowedStream | undefined;
	for (let after = { stream: 0, seq: 0 }; ; ) {
		const page = await rows.appends([...left.keys()], after, APPENDS_A_PAGE);
		for (const append of page) {
			const followed = left.get(append.stream);
			if (followed === undefined) throw new TypeError('An append of another stream was read.');
			if (followed !== current) {
				const found = current?.endBreak();
				if (found !== undefined) return found;
				current = followed;
			}
			const found = followed.follow(append, erasures);
			if (found !== undefined) return found;
			after = { stream: append.stream, seq: append.firstSeq };
		}
		if (page.length < APPENDS_A_PAGE) break;
	}
	for (const followed of left.values()) {
		const found = followed.endBreak();
		if (found !== undefined) return found;
	}
	return undefined;
}

/** FollowedStream is a stream being checked against its own row and its last seal. */
class FollowedStream {
	readonly #stream: AuditedStream;
	readonly #chain: StreamChain;
	#sealFits = false;
	#rowFits = false;

	constructor(stream: AuditedStream) {
		this.#stream = stream;
		this.#chain = new StreamChain(stream.name);
		this.#sealFits = stream.sealedSeq === 0;
	}

	follow(append: Parameters<StreamChain['follow']>[0], erasures: Erasures): StreamBreak | undefined {
		const { id, name, lastSeq, chain, sealedSeq, sealedChain } = this.#stream;
		const place = { stream: name, firstSeq: append.firstSeq, lastSeq: append.lastSeq };
		const seq = Math.min(append.firstSeq, this.#chain.seq + 1);
		const message = this.#chain.follow(append, erasures.cover(place));
		if (message !== undefined) return { stream: id, seq, message };
		if (append.lastSeq === sealedSeq) this.#sealFits = this.#chain.hash === sealedChain;
		if (append.lastSeq === lastSeq) this.#rowFits = this.#chain.hash === chain;
		return undefined;
	}

	endBreak(): StreamBreak | undefined {
		const { id, name, lastSeq, sealedSeq } = this.#stream;
		const at = { stream: id, seq: Math.max(1, Math.min(this.#chain.seq, sealedSeq)) };
		if (!this.#sealFits) return { ...at, message: `${name} is not what was sealed: its end was changed or cut off.` };
		if (this.#rowFits || lastSeq === 0) return undefined;
		return { ...at, message: `The end of ${name} was changed or cut off.` };
	}
}

/** What was not sealed yet when it was read is sealed by now, unless it never came through an append. */
async function unsealedBreak(
	streams: readonly AuditedStream[],
	rows: AuditRows,
	seals: StreamSeals,
): Promise<HistoryBreak | undefined> {
	const head = await seals.head();
	for (const { name, lastSeq } of streams) {
		const now = await rows.stream(name);
		if (now !== undefined && now.sealedSeq >= lastSeq) continue;
		return { position: head.position, message: `The end of ${name} was never sealed: it was added.` };
	}
	return undefined;
}
