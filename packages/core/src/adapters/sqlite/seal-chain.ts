import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { firstHash, headText, type SealedAppend, sealHash, sealLine } from '../../domain/history/seal.ts';
import type { HistoryHead } from '../../ports/event-store.ts';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import { sha256 } from '../history/sha256.ts';
import { numberOf, textOf } from './row-values.ts';

/** SignedHead is the last head that was signed and kept in the file. */
export interface SignedHead {
	readonly position: number;
	readonly hash: string;
	readonly signature: string;
}

interface LastSeal {
	readonly position: number;
	readonly hash: string;
}

const signEveryMs = 1_000;

/**
 * SealChain gives positions and writes one seal for each commit: a hash over the seal before and every append of the
 * commit, kept in the row of its last append. The head is signed at most once a second and on closing, because a signature costs as much as a commit.
 */
export class SealChain {
	readonly #signer: IHistorySigner;
	readonly #last: StatementSync;
	readonly #write: StatementSync;
	readonly #saveHead: StatementSync;
	readonly #loadHead: StatementSync;
	#sealed: LastSeal | undefined;
	#position = 0;
	#lines = '';
	#signing: NodeJS.Timeout | undefined;

	constructor(db: DatabaseSync, signer: IHistorySigner) {
		this.#signer = signer;
		this.#last = db.prepare('SELECT last_position, hash FROM seals ORDER BY last_position DESC LIMIT 1');
		this.#write = db.prepare('UPDATE appends SET seal = ? WHERE position = ?');
		this.#saveHead = db.prepare(`
			INSERT INTO signed_head (id, position, hash, signature) VALUES (1, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash, signature = excluded.signature`);
		this.#loadHead = db.prepare('SELECT position, hash, signature FROM signed_head');
	}

	/** The last seal; position 0 if nothing was ever written. */
	last(): LastSeal {
		if (this.#sealed === undefined) {
			this.#sealed = this.#load();
			this.#position = this.#sealed.position;
		}
		return this.#sealed;
	}

	nextPosition(): number {
		if (this.#sealed === undefined) this.last();
		return ++this.#position;
	}

	cover(append: SealedAppend): void {
		this.#lines += sealLine(append);
	}

	/** Writes the seal of the transaction that is about to commit, if it appended anything. */
	seal(): void {
		if (this.#lines === '') return;
		const sealed = { position: this.#position, hash: sealHash(this.last().hash, this.#lines, sha256) };
		this.#write.run(sealed.hash, sealed.position);
		this.#sealed = sealed;
		this.#lines = '';
		this.#signing ??= setTimeout(this.#sign, signEveryMs).unref();
	}

	/** After a rollback only the table knows where the chain ends; it is asked when next needed. */
	forget(): void {
		this.#sealed = undefined;
		this.#lines = '';
	}

	/** The head as of now, signed. */
	head(): HistoryHead {
		const last = this.last();
		const signature = this.#signer.sign(headText(last));
		return { ...last, signature, publicKey: this.#signer.publicKey };
	}

	/** The head that was signed last and kept in the file; it may lie a second behind. */
	signedHead(): SignedHead | undefined {
		const row = this.#loadHead.get();
		if (row === undefined) return undefined;
		return { position: numberOf(row, 'position'), hash: textOf(row, 'hash'), signature: textOf(row, 'signature') };
	}

	close(): void {
		if (this.#signing !== undefined) this.#sign();
	}

	readonly #sign = (): void => {
		clearTimeout(this.#signing);
		this.#signing = undefined;
		try {
			const { position, hash: sealed, signature } = this.head();
			this.#saveHead.run(position, sealed, signature);
		} catch {
			// No room or no disk: the appends themselves report it, and the next seal signs again.
		}
	};

	#load(): LastSeal {
		const row = this.#last.get();
		if (row === undefined) return { position: 0, hash: firstHash };
		return { position: numberOf(row, 'last_position'), hash: textOf(row, 'hash') };
	}
}
