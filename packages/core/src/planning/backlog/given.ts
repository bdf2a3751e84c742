import type { ComplexityReport, Item, Subitem } from '../../domain/backlog/item.ts';
import { keyText, targetKey } from '../../domain/backlog/item-path.ts';
import { shortened } from '../../domain/shortened.ts';
import type { GivenItem, Neighbour } from './draft.ts';

/** givenItem is an item as a step's input holds it: whatever its length, at most `maxBytes` of JSON. */
export function givenItem(item: Item, maxBytes = 32_000): GivenItem {
	const given = {
		...wordsOf(item),
		id: String(item.id),
		priority: item.priority,
		subtasks: item.subtasks.slice(0, 100).map(({ id, title, status }) => ({
			id: `${item.id}.${id}`,
			title: shortened(title, 120),
			status,
		})),
	};
	return fitted(given, maxBytes);
}

/** givenSubitem is a part of an item, with what it inherits. */
export function givenSubitem(item: Item, subitem: Subitem, maxBytes = 32_000): GivenItem {
	const given = {
		...wordsOf(subitem),
		id: `${item.id}.${subitem.id}`,
		priority: subitem.priority ?? item.priority,
		dependencies: subitem.dependencies.slice(0, 500).map((id) => keyText(targetKey(item, true, id))),
		subtasks: [],
	};
	return fitted(given, maxBytes);
}

/** neighboursOf are the items that work on one should know of: what it waits for and what waits for it, then those around it. */
export function neighboursOf(items: readonly Item[], id: number, most = 60): Neighbour[] {
	const at = items.findIndex((item) => item.id === id);
	const own = items[at];
	const tied = new Set(own?.dependencies.map((one) => Number(String(one).split('.')[0])));
	const ranked = items
		.map((item, place) => ({
			item,
			rank: tied.has(item.id) || item.dependencies.includes(id) ? -1 : Math.abs(place - at),
		}))
		.filter(({ item }) => item.id !== id)
		.sort((one, other) => one.rank - other.rank)
		.slice(0, most);
	return ranked.map(({ item }) => neighbour(item)).sort((one, other) => Number(one.id) - Number(other.id));
}

/** neighbour names an item. */
export function neighbour({ id, title, status }: Item): Neighbour {
	return { id: String(id), title: shortened(title, 150), status };
}

/** recommendationFor is what the complexity report says of an item. */
export function recommendationFor(report: ComplexityReport | undefined, id: number) {
	return report?.complexityAnalysis.find(({ taskId }) => taskId === id);
}

function wordsOf(item: Item | Subitem): Omit<GivenItem, 'id' | 'priority' | 'subtasks'> {
	return {
		title: shortened(item.title, 1_000),
		description: shortened(item.description ?? '', 4_000),
		details: shortened(item.details ?? '', 12_000),
		testStrategy: shortened(item.testStrategy ?? '', 4_000),
		status: item.status,
		dependencies: item.dependencies.slice(0, 500).map(String),
	};
}

/** Characters take up to six bytes of JSON, so what is too much is found by measuring. */
function fitted(given: GivenItem, maxBytes: number): GivenItem {
	let item = given;
	for (
		let most = 12_000;
		Buffer.byteLength(JSON.stringify(item)) > maxBytes && most > 50;
		most = Math.floor(most / 2)
	) {
		item = {
			...item,
			title: shortened(item.title, most),
			description: shortened(item.description, most),
			details: shortened(item.details, most),
			testStrategy: shortened(item.testStrategy, most),
			subtasks: item.subtasks.slice(0, Math.max(5, Math.floor(most / 100))),
			dependencies: item.dependencies.slice(0, most),
		};
	}
	return item;
}
