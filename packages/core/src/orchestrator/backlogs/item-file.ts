import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { keyText, targetKey } from '../../domain/backlog/item-path.ts';
import { FIRST_TAG } from '../../domain/backlog/state.ts';
import { tagInFileName } from './project-files-of.ts';

/** itemFileName is the file that `generate` writes an item to; other tags than the first are named in it. */
export function itemFileName(id: number, tag: string): string {
	const number = String(id).padStart(3, '0');
	return tag === FIRST_TAG ? `task_${number}.md` : `task_${number}_${tagInFileName(tag)}.md`;
}

/** itemFile is an item as a page of Markdown. */
export function itemFile(item: Item): string {
	const { id, title, status, priority, description, details, testStrategy, subtasks } = item;
	const parts = subtasks.flatMap((one) => [
		`### ${id}.${one.id} ${one.title}`,
		`Status: ${one.status}. Depends on: ${dependenciesOf(item, one)}.`,
		one.description ?? '',
		one.details ?? '',
	]);
	const lines = [
		`# Task ${id}: ${title}`,
		[`- Status: ${status}`, `- Priority: ${priority}`, `- Depends on: ${dependenciesOf(item)}`].join('\n'),
		description,
		...headed('Details', details),
		...headed('Test strategy', testStrategy),
		...(subtasks.length === 0 ? [] : ['## Subtasks', ...parts]),
	];
	return `${lines.filter((text) => text.trim() !== '').join('\n\n')}\n`;
}

function headed(head: string, text: string): string[] {
	return text.trim() === '' ? [] : [`## ${head}`, text];
}

/** By their whole names: a part's bare number may mean a sibling. */
function dependenciesOf(item: Item, part?: Subitem): string {
	const { dependencies } = part ?? item;
	const named = dependencies.map((one) => keyText(targetKey(item, part !== undefined, one)));
	return named.length === 0 ? 'nothing' : named.join(', ');
}
