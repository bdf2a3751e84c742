import { textArgument } from '../../domain/backlog/arguments.ts';
import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { pathOf, pathsOf, pathText } from '../../domain/backlog/item-path.ts';
import { knownItem, knownSubitem } from '../../domain/backlog/rules/call.ts';
import { CoreError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { OperationSight } from './operation.ts';

/** Found is what an id names: an item, or a part of one. */
export interface Found {
	readonly item: Item;
	readonly subitem?: Subitem | undefined;
}

/** findItem looks up an id as callers write it. Throws `not-found`, or `invalid-input` for what is no id. */
export function findItem({ items, tag }: OperationSight, id: string): Found {
	const path = pathOf(id);
	const item = knownItem({ item: (wanted) => items.find((one) => one.id === wanted) }, path.item, tag);
	return path.sub === undefined ? { item } : { item, subitem: knownSubitem(item, path.sub) };
}

/** idsIn is an argument that lists ids, separated by commas, each once; throws `invalid-input` where it must be there and is not. */
export function idsIn(args: JsonObject, name: string): string[] {
	const text = textArgument(args, name);
	if (text !== undefined) return pathsOf(text).map(pathText);
	throw new CoreError('invalid-input', `"${name}" names no task.`, { hint: 'Give an id, such as 5 or 5.2.' });
}

/** promptIn is what the caller wants, in their words. Throws `invalid-input` where there is nothing. */
export function promptIn(args: JsonObject): string {
	const text = textArgument(args, 'prompt');
	if (text !== undefined) return text.slice(0, 20_000);
	throw new CoreError('invalid-input', '"prompt" is empty, so there is nothing to go by.', {
		hint: 'Say in a sentence what should change.',
	});
}
