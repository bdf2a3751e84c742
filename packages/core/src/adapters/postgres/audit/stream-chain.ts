import { firstHash, sealHash } from '../../../domain/history/seal.ts';
import { hashPayload } from '../../history/payload-salt.ts';
import { sha256 } from '../../history/sha256.ts';

/** ChainedAppend is an append as an audit sees it; the salted payload is gone when it was erased. */
export interface ChainedAppend {
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly at: number;
	readonly types: string;
	readonly payloadHash: string;
	readonly payload: string | undefined;
	/** A hash over this append and all of the stream before it. */
	readonly chain: string;
}

/** chainHash is what `errand.append` computes in the database, over the very same text. */
export function chainHash(previous: string, stream: string, append: Omit<ChainedAppend, 'payload' | 'chain'>): string {
	const { firstSeq, lastSeq, at, payloadHash, types } = append;
	return sealHash(previous, `${firstSeq} ${lastSeq} ${at} ${payloadHash} ${stream}\n${types}\n`, sha256);
}

/** StreamChain follows one stream from its first append and tells where it stops being what was written. */
export class StreamChain {
	readonly #stream: string;
	#seq = 0;
	#hash = firstHash;

	constructor(stream: string) {
		this.#stream = stream;
	}

	/** The last number seen. */
	get seq(): number {
		return this.#seq;
	}

	get hash(): string {
		return this.#hash;
	}

	/** What is wrong with the next append; undefined where nothing is. */
	follow(append: ChainedAppend, mayBeBlank: boolean): string | undefined {
		const { firstSeq, lastSeq, payload, payloadHash } = append;
		const place = `${this.#stream} ${firstSeq}`;
		if (firstSeq !== this.#seq + 1 || lastSeq < firstSeq)
			return `An append to ${this.#stream} is missing after ${this.#seq}.`;
		if (payload === undefined && !mayBeBlank) {
			return `The payload of ${place} was removed, and no erasure is recorded.`;
		}
		if (payload !== undefined && hashPayload(payload) !== payloadHash) return `The payload of ${place} was changed.`;
		if (chainHash(this.#hash, this.#stream, append) !== append.chain) {
			return `The chain does not fit ${place}: it was changed, or one before it was added or removed.`;
		}
		this.#seq = lastSeq;
		this.#hash = append.chain;
		return undefined;
	}
}
