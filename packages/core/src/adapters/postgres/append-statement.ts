import type { EncodedAppend } from '../history/encode-append.ts';
import { hashPayload, type SaltSource } from '../history/payload-salt.ts';
import type { Statement } from './postgres-line.ts';

/** SaltedAppend is an append as it is stored. The salt makes its hash its own, so that the same append is known again when it is sent twice. */
export interface SaltedAppend extends EncodedAppend {
	readonly payloadHash: string;
}

/** AppendAnswer is what the database says to one append. */
export interface AppendAnswer {
	readonly outcome: 'appended' | 'duplicate' | 'conflict';
	readonly stream: string | null;
	readonly seq: number;
	readonly at: number | null;
	readonly home: string | null;
}

/** saltAppend makes an encoded append ready to be stored. */
export function saltAppend(encoded: EncodedAppend, salts: SaltSource): SaltedAppend {
	const payload = salts.next() + encoded.payload;
	return { ...encoded, payload, payloadHash: hashPayload(payload) };
}

/** appendStatement is the call of `errand.append` for a batch. */
export function appendStatement(self: string, batch: readonly SaltedAppend[]): Statement {
	const appends = batch.map(({ append }) => append);
	const names = [...new Set(appends.map(({ stream }) => stream))];
	const slots = new Map(names.map((name, index) => [name, index + 1]));
	const indexes = appends.map(({ index }) => index);
	return {
		name: 'errand-append',
		text: `SELECT outcome, stream, seq, at, home FROM errand.append(
			$1, $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::int[], $7::text[], $8::text[], $9::text[],
			$10::text[], $11::text[], $12::boolean[], $13::text[], $14::bigint[], $15::text[], $16::boolean[])`,
		values: [
			self,
			names,
			appends.map(({ stream }) => slots.get(stream)),
			appends.map(({ expectedSeq }) => expectedSeq),
			appends.map(({ at }) => at),
			appends.map(({ facts }) => facts.length),
			batch.map(({ types }) => types),
			batch.map(({ payloadHash }) => payloadHash),
			batch.map(({ payload }) => payload),
			appends.map(({ idempotencyKey }) => idempotencyKey ?? null),
			appends.map(({ home }) => home ?? null),
			indexes.map((index) => index !== undefined),
			indexes.map((index) => index?.person ?? null),
			indexes.map((index) => (index === undefined || index.dueAt === null ? null : Math.ceil(index.dueAt))),
			indexes.map((index) => (index === undefined ? null : JSON.stringify(index.summary))),
			indexes.map((index) => (index === undefined ? null : (index.summary['deadLetters'] ?? null) !== null)),
		],
	};
}
