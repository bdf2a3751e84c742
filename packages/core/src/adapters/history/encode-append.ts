import { CoreError } from '../../domain/errors.ts';
import { erasedFactType } from '../../domain/history/erased.ts';
import { isStreamName } from '../../domain/history/seal.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Append, StoredFact } from '../../ports/event-store.ts';
import { withoutSalt } from './payload-salt.ts';

/** EncodedAppend is an append with its facts turned to text, so that what cannot be stored is refused before it is queued. */
export interface EncodedAppend {
	readonly append: Append;
	readonly types: string;
	readonly payload: string;
}

/** A single append beyond this is a mistake: large outputs are artifacts. */
const maxPayloadCharacters = 16 * 1024 * 1024;

/** encodeAppend turns facts to text and refuses what the tables could not hold, so that one bad append spoils no batch. */
export function encodeAppend(append: Append): EncodedAppend {
	const { facts } = append;
	if (facts.length === 0) throw refusal(append, 'it has no facts');
	if (!isStreamName(append.stream)) throw refusal(append, 'the stream has no proper name');
	if (!Number.isSafeInteger(append.at)) throw refusal(append, `its time is ${append.at}`);
	const dueAt = append.index?.dueAt ?? 0;
	if (!Number.isSafeInteger(Math.ceil(dueAt))) throw refusal(append, `it is due at ${dueAt}`);
	const [first] = facts;
	const single = facts.length === 1 && first !== undefined;
	const payload = single ? `[${JSON.stringify(first.data)}]` : JSON.stringify(facts.map((fact) => fact.data));
	if (payload.length > maxPayloadCharacters) {
		throw new CoreError('too-large', `Cannot store an append of ${payload.length} characters to ${append.stream}.`, {
			hint: `Keep facts under ${maxPayloadCharacters} characters; store large contents as artifacts.`,
		});
	}
	return { append, types: encodeTypes(append), payload };
}

/** `StepCompleted:1,StepStarted:1`: short, and the same text for the same facts. */
function encodeTypes(append: Append): string {
	let types = '';
	for (const { type, v } of append.facts) {
		if (!/^[A-Za-z][A-Za-z0-9]*$/.test(type) || !Number.isSafeInteger(v)) {
			throw refusal(append, `"${type}:${v}" is no fact type and version`);
		}
		types += types === '' ? `${type}:${v}` : `,${type}:${v}`;
	}
	return types;
}

/** AppendRow is what a read needs of one append; an erased one has no payload. */
export interface AppendRow {
	readonly firstSeq: number;
	readonly at: number;
	readonly types: string;
	readonly payload: string | undefined;
}

/** decodeFacts is the inverse of `encodeAppend`; the facts are as they were written, before any upcasting. */
export function decodeFacts(row: AppendRow): StoredFact[] {
	const types = decodeTypes(row.types);
	// Only `encodeAppend` writes this column, and the seal covers its hash.
	const payload =
		row.payload === undefined ? undefined : (JSON.parse(withoutSalt(row.payload)) as readonly JsonObject[]);
	return types.map(({ type, v }, index) => {
		const place = { seq: row.firstSeq + index, at: row.at };
		const data = payload?.[index];
		return data === undefined ? { ...place, type: erasedFactType, v: 1, data: {} } : { ...place, type, v, data };
	});
}

/** decodeTypes reads the types and versions of an append's facts, which stay when its payload is erased. */
export function decodeTypes(text: string): readonly { readonly type: string; readonly v: number }[] {
	return text.split(',').map((entry) => {
		const colon = entry.indexOf(':');
		return { type: entry.slice(0, colon), v: Number(entry.slice(colon + 1)) };
	});
}

function refusal(append: Append, reason: string): CoreError {
	return new CoreError('invalid-input', `Cannot append to "${append.stream.slice(0, 80)}": ${reason}.`, {
		hint: 'This is a fault in Errand: please report it with this message.',
	});
}
