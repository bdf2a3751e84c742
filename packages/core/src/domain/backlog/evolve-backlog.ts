import { evolveLoop } from '../autopilot/evolve-loop.ts';
import type { Loop } from '../autopilot/loop.ts';
import { remember } from '../remember.ts';
import { type FactTime, replaceTag, withTag } from './changed-tag.ts';
import { tagAdded, tagRemoved, tagRenamed } from './evolve-tags.ts';
import type { BacklogFactOf, RecordedBacklogFact } from './facts.ts';
import type { Item, Subitem } from './item.ts';
import { inOrder, itemById, NO_ITEMS, withAdded, without, withReplaced } from './item-list.ts';
import { pathText, readPath } from './item-path.ts';
import { noticesOf } from './notices.ts';
import { BACKLOG_LIMITS, type Backlog, type BacklogState, FIRST_TAG, type Run, tagNamed } from './state.ts';
import { unsaved } from './unsaved-changes.ts';

/** BACKLOG_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const BACKLOG_EVOLVE_VERSION = 'backlog-3';

/** evolveBacklog folds one fact into a backlog. It is total: any fact on any state gives a state. */
export function evolveBacklog(state: BacklogState, fact: RecordedBacklogFact): BacklogState {
	if (state === undefined) return fact.type === 'BacklogCreated' ? created(fact) : undefined;
	const next = apply(state, fact);
	const told = state.watches.length === 0 ? next : withNotices(state, next, fact);
	return { ...told, seq: fact.seq, at: Math.max(state.at, fact.at) };
}

function created({ data, seq, at }: BacklogFactOf<'BacklogCreated'>): Backlog {
	const { backlogId: id, person, root, name } = data;
	return {
		id,
		person,
		...(root === undefined ? {} : { root }),
		name,
		createdAt: at,
		seq,
		at,
		contentSeq: seq,
		tags: [{ name: FIRST_TAG, items: NO_ITEMS, metadata: {} }],
		currentTag: FIRST_TAG,
		settings: { models: {}, rules: [] },
		operations: [],
		runs: [],
		watches: [],
		notices: [],
		file: { seq: 0, unsaved: [] },
	};
}

function apply(state: Backlog, fact: RecordedBacklogFact): Backlog {
	switch (fact.type) {
		case 'StatusChanged': {
			const { tag, changes } = fact.data;
			const statuses = new Map(changes.map(({ id, to }) => [id, to]));
			return changed(
				state,
				fact,
				tag,
				laidOver(state, tag, [...statuses.keys()], (owner, id) => {
					const status = statuses.get(id);
					return status === undefined ? owner : { ...owner, status };
				}),
			);
		}
		case 'DependenciesChanged': {
			const { tag, changes } = fact.data;
			const lists = new Map(changes.map(({ id, to }) => [id, to]));
			return changed(
				state,
				fact,
				tag,
				laidOver(state, tag, [...lists.keys()], (owner, id) => {
					const dependencies = lists.get(id);
					return dependencies === undefined ? owner : { ...owner, dependencies };
				}),
			);
		}
		case 'ItemsAdded':
			return withOwn(added(state, fact, fact.data.tag, fact.data.items), fact.data, fact.data.own === true);
		case 'ItemsChanged':
			return fact.data.own === true
				? changed(state, fact, fact.data.tag, fact.data.items)
				: withOwn(changed(state, fact, fact.data.tag, fact.data.items), fact.data, false);
		case 'ItemsRemoved':
			return removed(state, fact, fact.data.tag, fact.data.ids);
		case 'ItemsMoved':
			return moved(state, fact);
		case 'ItemsReordered': {
			const { tag, ids } = fact.data;
			return withTag(state, fact, tag, (one) => ({ ...one, items: inOrder(one.items, ids) }));
		}
		case 'TagAdded':
			return tagAdded(state, fact);
		case 'TagDescribed': {
			const { tag, metadata, extra } = fact.data;
			const described = withTag(state, fact, tag, (one) => ({ ...one, ...(extra === undefined ? {} : { extra }) }));
			return replaceTag(described, tag, (one) => ({ ...one, metadata }));
		}
		case 'TagRemoved':
			return tagRemoved(state, fact);
		case 'TagRenamed':
			return tagRenamed(state, fact);
		case 'TagChosen':
			return { ...state, currentTag: fact.data.tag, contentSeq: fact.seq };
		case 'ReportSaved':
			return withTag(state, fact, fact.data.tag, (one) => ({ ...one, report: fact.data.report }));
		case 'SettingsChanged':
			return { ...state, settings: fact.data.settings, contentSeq: fact.seq };
		case 'FileMerged':
			return fileMerged(state, fact);
		case 'FileWritten':
			return fileWritten(state, fact);
		case 'OperationBegun': {
			const { operationId: id, ...rest } = fact.data;
			return { ...state, operations: [...state.operations, { id, ...rest, begunAt: fact.at, status: 'in_progress' }] };
		}
		case 'OperationEnded':
			return operationEnded(state, fact);
		case 'RunBegun':
			return { ...state, runs: [...state.runs, { ...fact.data, begunAt: fact.at, status: 'running' }] };
		case 'RunEnded':
			return runEnded(state, fact);
		case 'WatchBegun': {
			const { watchId: id, ...rest } = fact.data;
			return { ...state, watches: [...state.watches, { id, ...rest }] };
		}
		case 'WatchEnded': {
			const { watchId } = fact.data;
			return {
				...state,
				watches: state.watches.filter(({ id }) => id !== watchId),
				notices: state.notices.filter((notice) => notice.watchId !== watchId),
			};
		}
		case 'LoopBegun':
		case 'LoopPhaseCompleted':
		case 'LoopAttemptFailed':
		case 'LoopUnblocked':
		case 'LoopSubitemCompleted':
		case 'LoopEnded':
			return { ...state, loop: evolveLoop(state.loop, fact) };
		case 'NoticeHandedOver':
			return { ...state, notices: state.notices.filter(({ id }) => id !== fact.data.noticeId) };
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}

/** Items with some fields of theirs or of their subitems laid over. */
function laidOver(
	state: Backlog,
	tag: string,
	ids: readonly string[],
	lay: <Owner extends Item | Subitem>(owner: Owner, id: string) => Owner,
): Item[] {
	const list = tagNamed(state, tag)?.items ?? NO_ITEMS;
	const numbers = new Set(ids.flatMap((id) => readPath(id)?.item ?? []));
	const subs = new Set(ids.flatMap((id) => (id.includes('.') ? (readPath(id)?.item ?? []) : [])));
	return [...numbers].flatMap((number) => {
		const item = itemById(list, number);
		if (item === undefined) return [];
		const after = lay(item, String(number));
		if (!subs.has(number)) return after;
		return { ...after, subtasks: after.subtasks.map((sub) => lay(sub, pathText({ item: number, sub: sub.id }))) };
	});
}

/** Whatever else puts words into an item, it is the person's own no more. */
function withOwn(state: Backlog, { tag, items }: { tag: string; items: readonly Item[] }, own: boolean): Backlog {
	const before = tagNamed(state, tag)?.own ?? [];
	if (!own && before.length === 0) return state;
	const touched = new Set(items.map(({ id }) => id));
	const others = before.filter((id) => !touched.has(id));
	if (!own && others.length === before.length) return state;
	return replaceTag(state, tag, (one) => ({ ...one, own: own ? [...others, ...touched] : others }));
}

function changed(state: Backlog, fact: FactTime, tag: string, items: readonly Item[]): Backlog {
	const noted = unsaved(
		state,
		fact,
		tag,
		items.map(({ id }) => id),
	);
	return withTag(noted, fact, tag, (one) => ({ ...one, items: withReplaced(one.items, items) }));
}

function added(state: Backlog, fact: FactTime, tag: string, items: readonly Item[]): Backlog {
	const noted = unsaved(
		state,
		fact,
		tag,
		items.map(({ id }) => id),
	);
	return withTag(noted, fact, tag, (one) => ({ ...one, items: withAdded(one.items, items) }));
}

function removed(state: Backlog, fact: FactTime, tag: string, ids: readonly number[]): Backlog {
	const noted = unsaved(state, fact, tag, ids);
	return withTag(noted, fact, tag, (one) => ({ ...one, items: without(one.items, ids) }));
}

function moved(state: Backlog, fact: BacklogFactOf<'ItemsMoved'>): Backlog {
	const { tag, toTag, moves, removed: gone, added: come, changed: others } = fact.data;
	const left = removed(withOwn(changed(state, fact, tag, others), { tag, items: others }, false), fact, tag, gone);
	const arrived = withOwn(added(left, fact, toTag, come), { tag: toTag, items: come }, false);
	const went = new Map(moves.map(({ from, to }) => [from, to]));
	const follow = <One extends { readonly tag: string; readonly item?: string | undefined }>(one: One): One => {
		if (one.tag !== tag || one.item === undefined) return one;
		const to = went.get(one.item);
		if (to !== undefined) return { ...one, tag: toTag, item: to };
		const path = readPath(one.item);
		const parent = path?.sub === undefined ? undefined : went.get(String(path.item));
		return parent === undefined ? one : { ...one, tag: toTag, item: `${parent}.${path?.sub}` };
	};
	return {
		...arrived,
		runs: arrived.runs.map(follow),
		watches: arrived.watches.map(follow),
		...(arrived.loop === undefined ? {} : { loop: follow(movedSubitem(arrived.loop, tag, went)) }),
	};
}

/** Within its item a subitem may have changed places; one that went elsewhere is not the loop's any more. */
function movedSubitem(loop: Loop, tag: string, went: ReadonlyMap<string, string>): Loop {
	const to = loop.tag === tag ? readPath(went.get(`${loop.item}.${loop.sub}`) ?? '') : undefined;
	return to?.sub === undefined || String(to.item) !== loop.item ? loop : { ...loop, sub: to.sub };
}

function fileMerged(state: Backlog, { data, seq }: BacklogFactOf<'FileMerged'>): Backlog {
	const { mark, same, extra } = data;
	// What was merged is not in the file yet, so that all of it is still to be written; but the file's own content is known.
	const file = { ...(extra === undefined ? state.file : { ...state.file, extra }), mark };
	if (same) return { ...state, contentSeq: seq, file: { ...file, seq, unsaved: [] } };
	return { ...state, contentSeq: seq, file };
}

function fileWritten(state: Backlog, { data }: BacklogFactOf<'FileWritten'>): Backlog {
	const { mark, seq } = data;
	const unsavedSince = state.file.unsaved.filter((change) => change.seq > seq);
	return { ...state, file: { ...state.file, mark, seq: Math.max(state.file.seq, seq), unsaved: unsavedSince } };
}

function operationEnded(state: Backlog, { data, at }: BacklogFactOf<'OperationEnded'>): Backlog {
	const { operationId, ...end } = data;
	const operations = state.operations.map((one) => (one.id === operationId ? { ...one, ...end, endedAt: at } : one));
	return {
		...state,
		operations: keepLatest(operations, BACKLOG_LIMITS.endedOperations, ({ status }) => status === 'in_progress'),
	};
}

function runEnded(state: Backlog, { data, at }: BacklogFactOf<'RunEnded'>): Backlog {
	const { taskId, ...end } = data;
	const runs = state.runs.map((run): Run => (run.taskId === taskId ? { ...run, ...end, endedAt: at } : run));
	return { ...state, runs: keepLatest(runs, BACKLOG_LIMITS.endedRuns, (run) => run.status === 'running') };
}

/** All that go on, and the latest of those that ended. */
function keepLatest<T>(list: readonly T[], limit: number, goesOn: (one: T) => boolean): T[] {
	let tooMany = list.filter((one) => !goesOn(one)).length - limit;
	return list.filter((one) => {
		if (tooMany <= 0 || goesOn(one)) return true;
		tooMany -= 1;
		return false;
	});
}

function withNotices(before: Backlog, after: Backlog, fact: RecordedBacklogFact): Backlog {
	let { notices } = after;
	for (const notice of noticesOf(before, after, fact)) notices = remember(notices, notice, BACKLOG_LIMITS.notices);
	return notices === after.notices ? after : { ...after, notices };
}
