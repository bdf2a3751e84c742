import { CoreError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import { textArgument } from '../arguments.ts';
import type { Item, ItemStatus } from '../item.ts';
import { itemsOf } from '../item-list.ts';
import { statusOf, tagOf } from '../rules/call.ts';
import type { Backlog } from '../state.ts';
import { compactView, listView } from './item-view.ts';
import { statsOf } from './stats.ts';

/** What an answer may hold (characters) where nobody said how much: a client's context is soon full. */
const MOST_CHARACTERS = 60_000;

/**
 * getTasks lists items with their statistics. Without a limit all of them are answered where they fit; else they are shown
 * without their long texts, and where that is not enough a page at a time. Pages go by id, so that changes between two calls
 * neither repeat nor skip an item that was there all along.
 */
export function getTasks(state: Backlog, args: JsonObject): JsonObject {
	const tag = tagOf(state, args);
	const wanted = wantedStatuses(textArgument(args, 'status'));
	const limit = typeof args['limit'] === 'number' ? args['limit'] : undefined;
	const cursor = cursorOf(textArgument(args, 'cursor'));
	const compact = args['compact'] === true;
	const withSubtasks = args['withSubtasks'] === true;
	const filtered = itemsOf(tag.items).filter(({ status }) => wanted?.has(status) ?? true);
	const byId = [...filtered].toSorted((one, other) => one.id - other.id).filter(({ id }) => id > cursor);
	const isPaged = limit !== undefined || cursor > 0;
	const items = isPaged ? byId.slice(0, limit) : filtered;
	const view = (short: boolean) => (item: Item) =>
		compact ? compactView(item, tag.report, withSubtasks) : listView(item, tag.report, { withSubtasks, short });
	const whole = fitting(items, view(false), limit === undefined ? MOST_CHARACTERS : Number.POSITIVE_INFINITY);
	const isShort = whole.length < items.length && !compact;
	const all = isPaged ? items : byId;
	const shown = whole.length === items.length ? whole : fitting(isShort ? all : byId, view(isShort), MOST_CHARACTERS);
	const isCut = shown.length < (isPaged ? byId.length : filtered.length);
	const last = (isPaged || isCut ? byId : items)[shown.length - 1];
	return {
		tasks: shown,
		filter: wanted === undefined ? 'all' : [...wanted].join(','),
		stats: statsOf(tag.items),
		tag: tag.name,
		...(isCut && last !== undefined ? { nextCursor: String(last.id) } : {}),
		...noteOf(isShort, isCut && limit === undefined),
	};
}

function noteOf(isShort: boolean, isCut: boolean): JsonObject {
	const words = [
		...(isShort ? ['Details and test strategies are left out, because there is much; get_task shows them.'] : []),
		...(isCut ? ['There are more tasks: pass nextCursor as cursor, or ask with compact: true.'] : []),
	];
	return words.length === 0 ? {} : { note: words.join(' ') };
}

/** As many from the beginning as fit, at least one. */
function fitting(items: readonly Item[], view: (item: Item) => JsonObject, room: number): JsonObject[] {
	const views: JsonObject[] = [];
	let left = room;
	for (const item of items) {
		const one = view(item);
		left -= room === Number.POSITIVE_INFINITY ? 0 : JSON.stringify(one).length;
		if (left < 0 && views.length > 0) break;
		views.push(one);
	}
	return views;
}

function wantedStatuses(list: string | undefined): ReadonlySet<ItemStatus> | undefined {
	if (list === undefined || list.trim().toLowerCase() === 'all') return undefined;
	return new Set(list.split(',').map(statusOf));
}

function cursorOf(text: string | undefined): number {
	if (text === undefined) return 0;
	const cursor = Number(text);
	if (Number.isSafeInteger(cursor) && cursor >= 0) return cursor;
	throw new CoreError('invalid-input', `"${text.slice(0, 50)}" is no cursor.`, {
		hint: 'Pass the nextCursor of the answer before, or none to begin.',
	});
}
