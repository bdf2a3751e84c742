import type { FactTime } from './changed-tag.ts';
import { itemById, NO_ITEMS } from './item-list.ts';
import { BACKLOG_LIMITS, type Backlog, tagNamed, type UnsavedChange } from './state.ts';

/** unsaved notes what stands in places of a tag before they change; a backlog without a folder has no file that could be behind. */
export function unsaved(state: Backlog, { seq }: FactTime, tag: string, ids: readonly number[]): Backlog {
	if (state.root === undefined || ids.length === 0) return state;
	const list = tagNamed(state, tag)?.items ?? NO_ITEMS;
	return withUnsaved(
		state,
		ids.map((id) => ({ seq, tag, id, before: itemById(list, id) })),
	);
}

/** unsavedTag notes a whole tag before it comes, goes or is renamed. */
export function unsavedTag(state: Backlog, { seq }: FactTime, tag: string): Backlog {
	if (state.root === undefined) return state;
	return withUnsaved(state, [{ seq, tag, before: tagNamed(state, tag) }]);
}

function withUnsaved(state: Backlog, more: readonly UnsavedChange[]): Backlog {
	const before = state.file.unsaved.length;
	const all = [...state.file.unsaved, ...more];
	// Looked through once for each so many that came, not for each one.
	const isTime = Math.floor(all.length / BACKLOG_LIMITS.unsaved) > Math.floor(before / BACKLOG_LIMITS.unsaved);
	const list = isTime ? firstOfEach(all) : all;
	return { ...state, file: { ...state.file, unsaved: list } };
}

/** Of many changes of one place the first tells what stood there at last. */
function firstOfEach(list: readonly UnsavedChange[]): UnsavedChange[] {
	const seen = new Set<string>();
	return list.filter(({ tag, id }) => {
		const key = `${id ?? ''} ${tag}`;
		const isFirst = !seen.has(key);
		seen.add(key);
		return isFirst;
	});
}
