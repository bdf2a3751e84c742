import { withTag } from './changed-tag.ts';
import type { BacklogFactOf } from './facts.ts';
import { NO_ITEMS } from './item-list.ts';
import { type Backlog, FIRST_TAG, type Tag, tagNamed } from './state.ts';
import { unsavedTag } from './unsaved-changes.ts';

/** tagAdded folds in a new tag, empty or as a copy. */
export function tagAdded(state: Backlog, fact: BacklogFactOf<'TagAdded'>): Backlog {
	const { tag: name, metadata, copyOf, extra } = fact.data;
	if (tagNamed(state, name) !== undefined) return state;
	const source = copyOf === undefined ? undefined : tagNamed(state, copyOf);
	const noted = unsavedTag(state, fact, name);
	const tag: Tag = {
		name,
		items: source?.items ?? NO_ITEMS,
		metadata,
		...(source?.report === undefined ? {} : { report: source.report }),
		...(extra === undefined ? {} : { extra }),
	};
	return { ...noted, tags: [...noted.tags, tag], contentSeq: fact.seq };
}

/** tagRemoved folds in that a tag is gone, and those who watched it with it. */
export function tagRemoved(state: Backlog, fact: BacklogFactOf<'TagRemoved'>): Backlog {
	const { tag } = fact.data;
	const noted = unsavedTag(state, fact, tag);
	return {
		...noted,
		tags: noted.tags.filter(({ name }) => name !== tag),
		currentTag: noted.currentTag === tag ? FIRST_TAG : noted.currentTag,
		watches: noted.watches.filter((watch) => watch.tag !== tag),
		contentSeq: fact.seq,
	};
}

/** tagRenamed folds in a tag's new name, wherever it is named. */
export function tagRenamed(state: Backlog, fact: BacklogFactOf<'TagRenamed'>): Backlog {
	const { from, to } = fact.data;
	const noted = unsavedTag(unsavedTag(state, fact, to), fact, from);
	const rename = <One extends { readonly tag: string }>(one: One): One =>
		one.tag === from ? { ...one, tag: to } : one;
	const renamed = withTag(
		{
			...noted,
			operations: noted.operations.map(rename),
			runs: noted.runs.map(rename),
			watches: noted.watches.map(rename),
			...(noted.loop === undefined ? {} : { loop: rename(noted.loop) }),
		},
		fact,
		from,
		(tag) => ({
			...tag,
			name: to,
		}),
	);
	return { ...renamed, currentTag: state.currentTag === from ? to : state.currentTag };
}
