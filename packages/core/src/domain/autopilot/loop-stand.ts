import type { Item, Subitem } from '../backlog/item.ts';
import { itemById } from '../backlog/item-list.ts';
import { readPath } from '../backlog/item-path.ts';
import { type Backlog, tagNamed } from '../backlog/state.ts';
import type { Loop, LoopPhase, TestCounts } from './loop.ts';
import { openSubitems } from './open-subitems.ts';

/** LoopStand is how a loop stands to its item as that is now, whatever was changed by hand meanwhile. */
export interface LoopStand {
	readonly item: Item;
	readonly open: readonly Subitem[];
	/** What is worked on; undefined once nothing is open. */
	readonly sub: Subitem | undefined;
	readonly phase: LoopPhase;
	readonly attempts: number;
	readonly blocked: boolean;
	readonly tests: TestCounts | undefined;
}

/** loopStand reads off how a loop stands; undefined where its item is there no more. */
export function loopStand(state: Backlog, loop: Loop): LoopStand | undefined {
	const path = readPath(loop.item);
	const items = tagNamed(state, loop.tag)?.items;
	const item = items === undefined || path?.sub !== undefined ? undefined : itemById(items, path?.item ?? 0);
	if (item === undefined) return undefined;
	const open = openSubitems(item);
	const current = open.find(({ id }) => id === loop.sub);
	const { phase, attempts, blocked, tests } = loop;
	if (current !== undefined) return { item, open, sub: current, phase, attempts, blocked, tests };
	return { item, open, sub: open[0], phase: 'red', attempts: 0, blocked: false, tests: undefined };
}
