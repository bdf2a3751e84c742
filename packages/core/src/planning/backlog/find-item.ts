import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { CoreError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { textArgument } from './given.ts';
import type { OperationSight } from './operation.ts';

/** Found is what an id names: an item, or a part of one. */
export interface Found {
	readonly item: Item;
	readonly subitem?: Subitem | undefined;
}

/** findItem looks up an id as callers write it. Throws `not-found`. */
export function findItem({ items, tag }: OperationSight, id: string): Found {
	const [whole, part, ...more] = id.trim().split('.');
	const item = items.find((one) => String(one.id) === whole);
	const subitem = part === undefined ? undefined : item?.subtasks.find((one) => String(one.id) === part);
	if (item !== undefined && more.length === 0 && (part === undefined || subitem !== undefined))
		return { item, subitem };
	const known = items.slice(0, 20).map((one) => one.id);
	throw new CoreError(
		'not-found',
		`There is no ${part === undefined ? 'task' : 'subtask'} ${id} in the tag "${tag}".`,
		{
			hint:
				known.length === 0
					? 'The tag is empty.'
					: `Tasks there are ${known.join(', ')}${items.length > 20 ? ', …' : ''}.`,
		},
	);
}

/** idsIn is an argument that lists ids, separated by commas; throws `invalid-input` where it must be there and is not. */
export function idsIn(args: JsonObject, name: string): string[] {
	const text = textArgument(args, name);
	const ids = (text ?? '').split(',').map((id) => id.trim());
	const found = [...new Set(ids.filter((id) => id !== ''))];
	if (found.length > 0) return found;
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
