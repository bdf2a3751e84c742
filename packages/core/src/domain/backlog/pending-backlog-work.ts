import type { BacklogState, Notice } from './state.ts';

/** BacklogWork is what the world still owes a backlog's watchers; `key` is the same each time for the same work. */
export interface BacklogWork {
	readonly key: string;
	readonly kind: 'notice';
	readonly notice: Notice;
}

/** Notices on their way at a time. */
const AT_ONCE = 20;

/** pendingBacklogWork reads off what a backlog is owed: watchers are told what changed, the oldest first. */
export function pendingBacklogWork(state: BacklogState, _now: number): BacklogWork[] {
	if (state === undefined) return [];
	return state.notices.slice(0, AT_ONCE).map((notice) => ({ key: `notice/${notice.id}`, kind: 'notice', notice }));
}
