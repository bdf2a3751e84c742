import type { Json } from '../json.ts';
import type { Item, Subitem } from './item.ts';
import type { ItemChunk } from './item-list.ts';
import type { Backlog, Tag, TagMetadata } from './state.ts';

/**
 * renderTasksFile is the text of tasks.json. The text of a chunk is made once for each content it has, so that after a change
 * of one item of 10,000 the rest is only joined. The same backlog is always the same bytes.
 */
export function renderTasksFile({ tags, file }: Pick<Backlog, 'tags' | 'file'>): string {
	const beside = Object.entries(file.extra ?? {}).map(([name, value]) => member(name, value, '  '));
	const members = [...tags.map((tag) => `  ${JSON.stringify(tag.name)}: ${tagText(tag)}`), ...beside];
	// Texts of megabytes are joined by reference, and copied once when they are written.
	return `{\n${joined(members)}\n}\n`;
}

function joined(texts: readonly string[]): string {
	let all = '';
	for (const text of texts) all = all === '' ? text : `${all},\n${text}`;
	return all;
}

function tagText({ items, metadata, extra = {} }: Tag): string {
	const tasks = items.length === 0 ? '[]' : `[\n${joined(items.map(chunkText))}\n    ]`;
	const beside = Object.entries(extra).map(([name, value]) => member(name, value, '    '));
	const members = [`    "tasks": ${tasks}`, member('metadata', metadataInFile(metadata), '    '), ...beside];
	return `{\n${joined(members)}\n  }`;
}

/** metadataInFile is a tag's metadata as files hold it. */
function metadataInFile({ created, updated, description, extra }: TagMetadata): Json {
	return {
		...(created === undefined ? {} : { created }),
		...(updated === undefined ? {} : { updated }),
		...(description === undefined ? {} : { description }),
		...extra,
	};
}

const ITEM_INDENT = '      ';
const chunkTexts = new WeakMap<ItemChunk, string>();

function chunkText(chunk: ItemChunk): string {
	const known = chunkTexts.get(chunk);
	if (known !== undefined) return known;
	const text = chunk.map(itemText).join(',\n');
	chunkTexts.set(chunk, text);
	return text;
}

const itemText = (item: Item) => ITEM_INDENT + pretty(itemInFile(item), ITEM_INDENT);

function member(name: string, value: Json, indent: string): string {
	return `${indent}${JSON.stringify(name)}: ${pretty(value, indent)}`;
}

/** JSON text has line breaks between tokens only. */
function pretty(value: unknown, indent: string): string {
	return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`);
}

/** itemInFile is an item as tasks.json holds it, in the order in which other programs write its fields. */
export function itemInFile({ extra, subtasks, ...item }: Item) {
	const { id, title, description, details, testStrategy, status, dependencies, priority } = item;
	return {
		id,
		title,
		description,
		details,
		testStrategy,
		status,
		dependencies,
		priority,
		subtasks: subtasks.map(subitemInFile),
		...extra,
	};
}

/** subitemInFile is a subitem as tasks.json holds it. */
export function subitemInFile({ extra, ...sub }: Subitem) {
	const { id, title, description, details, testStrategy, status, dependencies, priority } = sub;
	return {
		id,
		title,
		...(description === undefined ? {} : { description }),
		...(details === undefined ? {} : { details }),
		...(testStrategy === undefined ? {} : { testStrategy }),
		status,
		dependencies,
		...(priority === undefined ? {} : { priority }),
		...extra,
	};
}
