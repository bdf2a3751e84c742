import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { pathOfKey, subitemOf, targetKey } from '../../domain/backlog/item-path.ts';
import { shortened } from '../../domain/shortened.ts';

const LONGEST = 20_000;

/** goalOfItem is an item of a backlog as a goal: what is to be done, how it is checked, and what it belongs to and builds on. */
export function goalOfItem(item: Item, subitem: Subitem | undefined, items: readonly Item[]): string {
	const done = subitem ?? item;
	const parts = [
		done.title,
		paragraph(done.description),
		headed('Details', done.details),
		headed('It is done when', done.testStrategy),
		subitem === undefined ? openParts(item) : headed('It is a part of', `${item.title}\n${item.description}`),
		headed('Done before it, to build on', before(item, subitem, items)),
	];
	return shortened(parts.filter((part) => part !== '').join('\n\n'), LONGEST);
}

function openParts({ subtasks }: Item): string {
	const open = subtasks.filter(({ status }) => status !== 'done' && status !== 'cancelled');
	return headed('Its parts', open.map(({ title, description }) => line(title, description)).join('\n'));
}

function before(item: Item, subitem: Subitem | undefined, items: readonly Item[]): string {
	const lines = (subitem ?? item).dependencies.flatMap((reference) => {
		const path = pathOfKey(targetKey(item, subitem !== undefined, reference));
		const whole = path.item === item.id ? item : items.find(({ id }) => id === path.item);
		const found = path.sub === undefined || whole === undefined ? whole : subitemOf(whole, path.sub);
		return found?.status === 'done' ? [line(found.title, found.description)] : [];
	});
	return lines.join('\n');
}

function line(title: string, description: string | undefined): string {
	return `- ${title}${description === undefined || description === '' ? '' : `: ${shortened(description, 300)}`}`;
}

function headed(head: string, text: string | undefined): string {
	return paragraph(text) === '' ? '' : `${head}:\n${paragraph(text)}`;
}

function paragraph(text: string | undefined): string {
	return (text ?? '').trim();
}
