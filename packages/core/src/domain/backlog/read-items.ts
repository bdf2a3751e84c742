import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Item, ItemPriority, ItemReference, ItemStatus, Subitem } from './item.ts';
import { MAX_ITEM_ID, MAX_SUBITEM_ID, readPath } from './item-path.ts';
import { readPriority, readStatus } from './rules/call.ts';

/** Sentences kept; of more only the first ones are told. */
const MOST = 100;

/** Mending collects what was mended, in sentences. */
export class Mending {
	readonly said: string[];
	readonly #where: string;

	constructor(said: string[] = [], where = '') {
		this.said = said;
		this.#where = where;
	}

	note(sentence: string): void {
		if (this.said.length < MOST) this.said.push(`${this.#where}${sentence}`);
	}

	within(tag: string): Mending {
		return new Mending(this.said, `Tag "${tag}": `);
	}
}

/** readItems reads a list of items as any program or person wrote it. */
export function readItems(list: readonly Json[], mending: Mending): Item[] {
	const objects = objectsOf(list, 'task', mending);
	const ids = idsOf(objects, { most: MAX_ITEM_ID, what: 'Task', mending });
	return objects.map((raw, at) => readItem(raw, ids[at] ?? 0, mending));
}

function readItem(raw: JsonObject, id: number, mending: Mending): Item {
	const { subtasks, ...rest } = raw;
	const name = `Task ${id}`;
	const fields = readFields(rest, name, mending);
	const parts = objectsOf(Array.isArray(subtasks) ? subtasks : [], `subtask of ${id}`, mending);
	const subIds = idsOf(parts, { most: MAX_SUBITEM_ID, what: `Subtask of ${id}:`, parent: id, mending });
	const {
		title,
		description = '',
		details = '',
		testStrategy = '',
		status,
		dependencies,
		priority = 'medium',
		extra,
	} = fields;
	return {
		id,
		title: title === '' ? name : title,
		description,
		details,
		testStrategy,
		status,
		dependencies,
		priority,
		subtasks: parts.map((part, at) => readSubitem(part, id, subIds[at] ?? 0, mending)),
		...(extra === undefined ? {} : { extra }),
	};
}

function readSubitem(raw: JsonObject, parent: number, id: number, mending: Mending): Subitem {
	const name = `Subtask ${parent}.${id}`;
	const { title, description, details, testStrategy, status, dependencies, priority, extra } = readFields(
		raw,
		name,
		mending,
	);
	return {
		id,
		title: title === '' ? name : title,
		...(description === undefined ? {} : { description }),
		...(details === undefined ? {} : { details }),
		...(testStrategy === undefined ? {} : { testStrategy }),
		status,
		...(priority === undefined ? {} : { priority }),
		dependencies,
		...(extra === undefined ? {} : { extra }),
	};
}

interface Fields {
	readonly title: string;
	readonly description: string | undefined;
	readonly details: string | undefined;
	readonly testStrategy: string | undefined;
	readonly status: ItemStatus;
	readonly priority: ItemPriority | undefined;
	readonly dependencies: readonly ItemReference[];
	readonly extra: JsonObject | undefined;
}

function readFields({ id: _, ...raw }: JsonObject, name: string, mending: Mending): Fields {
	const { title, description, details, testStrategy, status, priority, dependencies, ...extra } = raw;
	return {
		title: textIn(title) ?? '',
		description: textIn(description),
		details: textIn(details),
		testStrategy: textIn(testStrategy),
		status: statusIn(status, name, mending),
		priority: priorityIn(priority, name, mending),
		dependencies: referencesIn(dependencies, name, mending),
		extra: Object.keys(extra).length === 0 ? undefined : extra,
	};
}

/** Texts that a program wrote as lists or objects are kept as text. */
function textIn(value: Json | undefined): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string') return value;
	if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function statusIn(value: Json | undefined, name: string, mending: Mending): ItemStatus {
	const status = typeof value === 'string' ? readStatus(value) : undefined;
	if (status === undefined)
		mending.note(`${name} had ${value === undefined ? 'no status' : 'an unknown status'}; it is pending.`);
	else if (status !== value) mending.note(`${name}: status "${value}" is written ${status}.`);
	return status ?? 'pending';
}

function priorityIn(value: Json | undefined, name: string, mending: Mending): ItemPriority | undefined {
	if (value === undefined || value === null) return undefined;
	const priority = typeof value === 'string' ? readPriority(value) : undefined;
	if (priority === value) return priority;
	mending.note(`${name} had an unknown priority; it is ${priority ?? 'medium'}.`);
	return priority ?? 'medium';
}

function referencesIn(value: Json | undefined, name: string, mending: Mending): ItemReference[] {
	if (value === undefined || value === null) return [];
	const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
	if (list.every((one) => Number.isSafeInteger(one) && Number(one) > 0 && Number(one) <= MAX_ITEM_ID))
		return list as number[];
	return list.flatMap((one): ItemReference[] => {
		const isPlain = typeof one === 'string' || typeof one === 'number';
		const path = isPlain && one !== '' ? readPath(String(one)) : undefined;
		if (path === undefined) {
			mending.note(`${name}: a dependency that names nothing was left out.`);
			return [];
		}
		const reference: ItemReference = path.sub === undefined ? path.item : `${path.item}.${path.sub}`;
		if (reference !== one)
			mending.note(`${name}: the dependency ${JSON.stringify(one)} is written ${JSON.stringify(reference)}.`);
		return [reference];
	});
}

function objectsOf(list: readonly Json[], what: string, mending: Mending): JsonObject[] {
	return list.filter((one): one is JsonObject => {
		if (isJsonObject(one)) return true;
		mending.note(`A ${what} that is none (${JSON.stringify(one).slice(0, 40)}) was left out.`);
		return false;
	});
}

/** Ids as they are, as numbers; where one is missing or taken, the next free one. */
function idsOf(
	objects: readonly JsonObject[],
	{ most, what, parent, mending }: { most: number; what: string; parent?: number; mending: Mending },
): number[] {
	const read = objects.map(({ id }) => idIn(id, most, parent));
	const taken = new Set<number>();
	let largest = read.reduce<number>((found, id) => Math.max(found, id ?? 0), 0);
	return read.map((id, at) => {
		const raw = objects[at]?.['id'];
		if (id !== undefined && !taken.has(id)) {
			taken.add(id);
			if (raw !== id) mending.note(`${what} id ${JSON.stringify(raw)} is written ${id}.`);
			return id;
		}
		largest += 1;
		taken.add(largest);
		const why = id === undefined ? 'had no usable id' : `had the id ${id} of another one`;
		mending.note(`${what} one ${why}; it is ${largest} now.`);
		return largest;
	});
}

/** Some programs write a subtask's id with its task's: `5.2`. */
function idIn(value: Json | undefined, most: number, parent: number | undefined): number | undefined {
	if (Number.isSafeInteger(value) && Number(value) > 0) return Number(value) <= most ? Number(value) : undefined;
	const path = typeof value === 'string' || typeof value === 'number' ? readPath(String(value)) : undefined;
	if (path === undefined) return undefined;
	const id = path.sub !== undefined && path.item === parent ? path.sub : path.item;
	return (path.sub === undefined || path.item === parent) && id <= most ? id : undefined;
}
