import { createHash } from 'node:crypto';

/** CopiedStream is a stream's own row; streams keep their numbers, and so their order in lists. */
export interface CopiedStream {
	readonly id: number;
	readonly name: string;
	readonly person: string | null;
	readonly dueAt: number | null;
	/** JSON text. */
	readonly summary: string | null;
}

/** CopiedAppend is an append as it is stored, salt and all, so that its hash stays what it was. */
export interface CopiedAppend {
	readonly stream: number;
	readonly name: string;
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly at: number;
	readonly types: string;
	readonly payloadHash: string;
	readonly payload: string | null;
	readonly key: string | null;
}

/** IHistorySource gives all of a history, page by page: streams by number, appends by stream and place in it. */
export interface IHistorySource {
	streams(afterId: number, limit: number): Promise<readonly CopiedStream[]>;
	appends(after: { readonly stream: number; readonly seq: number }, limit: number): Promise<readonly CopiedAppend[]>;
}

/** IHistoryTarget takes a history in the order in which a source gives it. */
export interface IHistoryTarget {
	addStreams(streams: readonly CopiedStream[]): Promise<void>;
	addAppends(appends: readonly CopiedAppend[]): Promise<void>;
}

/** HistoryDigest is what two histories have in common when they are the same. */
export interface HistoryDigest {
	readonly streams: number;
	readonly appends: number;
	readonly facts: number;
	/** SHA-256 over every column of every row. */
	readonly hash: string;
}

const PAGE = 500;

/** copyHistory hands everything of one history to another and tells how many appends went over so far; `target` undefined only counts. */
export async function copyHistory(
	source: IHistorySource,
	target: IHistoryTarget | undefined,
	progress: (appends: number) => void,
): Promise<HistoryDigest> {
	const hash = createHash('sha256');
	let [streams, appends, facts] = [0, 0, 0];
	for (let after = 0; ; ) {
		const page = await source.streams(after, PAGE);
		if (page.length === 0) break;
		await target?.addStreams(page);
		for (const { id, name, person, dueAt, summary } of page) {
			hash.update(`${JSON.stringify([id, name, person, dueAt, summary])}\n`);
			after = id;
		}
		streams += page.length;
	}
	for (let after = { stream: 0, seq: 0 }; ; ) {
		const page = await source.appends(after, PAGE);
		if (page.length === 0) break;
		await target?.addAppends(page);
		for (const append of page) {
			const { stream, name, firstSeq, lastSeq, at, types, payloadHash, payload, key } = append;
			hash.update(`${JSON.stringify([stream, name, firstSeq, lastSeq, at, types, payloadHash, payload, key])}\n`);
			facts += lastSeq - firstSeq + 1;
			after = { stream, seq: firstSeq };
		}
		appends += page.length;
		progress(appends);
	}
	return { streams, appends, facts, hash: hash.digest('hex') };
}
