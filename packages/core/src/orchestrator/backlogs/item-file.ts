import type { Item, ItemReference } from '../../domain/backlog/item.ts';

/** itemFileName is the file that `generate` writes an item to; other tags than the first are named in it. */
export function itemFileName(id: number, tag: string, firstTag: string): string {
	const number = String(id).padStart(3, '0');
	return tag === firstTag ? `task_${number}.md` : `task_${number}_${tag.replace(/[^\p{L}\p{N}_-]/gu, '-')}.md`;
}

/** itemFile is an item as a page of Markdown. */
export function itemFile(item: Item): string {
	const { id, title, status, priority, dependencies, description, details, testStrategy, subtasks } = item;
	const parts = subtasks.flatMap((one) => [
		`### ${id}.${one.id} ${one.title}`,
		`Status: ${one.status}. Depends on: ${references(one.dependencies, id)}.`,
		one.description ?? '',
		one.details ?? '',
	]);
	const lines = [
		`# Task ${id}: ${title}`,
		[`- Status: ${status}`, `- Priority: ${priority}`, `- Depends on: ${references(dependencies)}`].join('\n'),
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

/** Inside an item a bare number is a sibling. */
function references(dependencies: readonly ItemReference[], within?: number): string {
	const named = dependencies.map((one) => (within === undefined || typeof one === 'string' ? one : `${within}.${one}`));
	return named.length === 0 ? 'nothing' : named.join(', ');
}
