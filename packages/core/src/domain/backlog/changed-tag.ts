import type { RecordedBacklogFact } from './facts.ts';
import type { Backlog, Tag } from './state.ts';

/** FactTime is where and when a fact stands in a backlog's history. */
export type FactTime = Pick<RecordedBacklogFact, 'seq' | 'at'>;

/** replaceTag is a backlog with one tag changed, in what its files do not hold. */
export function replaceTag(state: Backlog, name: string, change: (tag: Tag) => Tag): Backlog {
	return { ...state, tags: state.tags.map((tag) => (tag.name === name ? change(tag) : tag)) };
}

/** withTag is a backlog with one tag changed, in what its files hold. */
export function withTag(state: Backlog, { seq, at }: FactTime, name: string, change: (tag: Tag) => Tag): Backlog {
	const updated = new Date(at).toISOString();
	const next = replaceTag(state, name, (tag) => {
		const after = change(tag);
		return { ...after, metadata: { ...after.metadata, updated } };
	});
	return { ...next, contentSeq: seq };
}
