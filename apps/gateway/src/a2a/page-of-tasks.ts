import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { malformed } from './a2a-error.ts';
import type { HandlerDesks } from './exchange-of.ts';

/** pageOfTasks lists the ids of a client's tasks, those of one context or all, a page at a time. */
export async function pageOfTasks(
	{ tasks, exchanges }: HandlerDesks,
	principal: Principal,
	{ contextId, limit, token }: { contextId: string; limit: number; token: string },
) {
	if (token !== '' && !/^\d{1,16}$/.test(token)) throw malformed('The pageToken is none that was given out.');
	if (contextId !== '') {
		const from = token === '' ? 0 : Number(token);
		const all = await exchanges.ofContext(principal, contextId, from + limit + 1);
		const ids: string[] = all.slice(from, from + limit);
		return { ids, nextPageToken: all.length > from + limit ? String(from + limit) : '' };
	}
	const before = token === '' ? {} : { before: Number(token) };
	const page = await tasks.list(principal, { ...before, limit });
	const ids = page.tasks.map((task): string => task.id);
	return { ids, nextPageToken: page.next === undefined ? '' : String(page.next) };
}
