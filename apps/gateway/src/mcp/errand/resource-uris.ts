import type { ResourceTemplateType } from '@modelcontextprotocol/server';

/** ResourceName is what an address of a resource names. */
export type ResourceName =
	| { readonly kind: 'backlog'; readonly backlog: string }
	| { readonly kind: 'item'; readonly backlog: string; readonly tag: string | undefined; readonly item: string }
	| { readonly kind: 'task'; readonly task: string }
	| { readonly kind: 'file'; readonly task: string; readonly file: string };

const part = encodeURIComponent;

/** backlogUri is the address of a backlog. */
export const backlogUri = (backlog: string) => `backlog://${part(backlog)}`;

/** taskUri is the address of a task. */
export const taskUri = (task: string) => `task://${part(task)}`;

/** fileUri is the address of a file that a task made. */
export const fileUri = (task: string, file: string) => `task://${part(task)}/files/${part(file)}`;

/** RESOURCE_TEMPLATES are the addresses there can be. */
export const RESOURCE_TEMPLATES: readonly ResourceTemplateType[] = [
	{
		name: 'backlog',
		title: 'A backlog',
		uriTemplate: 'backlog://{backlog}',
		description: 'All tasks of the current tag, in short, with statistics.',
		mimeType: 'application/json',
	},
	{
		name: 'backlog-item',
		title: 'A task of a backlog',
		uriTemplate: 'backlog://{backlog}/items/{item}',
		description: 'One task or subtask (`15.2`) of the current tag, whole.',
		mimeType: 'application/json',
	},
	{
		name: 'backlog-tag-item',
		title: 'A task of another tag',
		uriTemplate: 'backlog://{backlog}/tags/{tag}/items/{item}',
		description: 'One task or subtask of a tag, whole.',
		mimeType: 'application/json',
	},
	{
		name: 'task',
		title: 'A task that Errand carries out',
		uriTemplate: 'task://{task}',
		description: 'How it stands, what it asks, and its result.',
		mimeType: 'application/json',
	},
	{
		name: 'task-file',
		title: 'A file of a task',
		uriTemplate: 'task://{task}/files/{file}',
		description: 'A file that a task made.',
	},
];

/** parseResourceUri reads an address; undefined for one that is no resource here. */
export function parseResourceUri(uri: string): ResourceName | undefined {
	const [, scheme, rest = ''] = /^(backlog|task):\/\/([^?#]{1,1000})$/.exec(uri) ?? [];
	const parts = rest.split('/').map(decoded);
	if (parts.includes('')) return undefined;
	const [first = '', second, third = '', fourth, fifth = ''] = parts;
	if (scheme === 'backlog') {
		if (parts.length === 1) return { kind: 'backlog', backlog: first };
		if (parts.length === 3 && second === 'items') return { kind: 'item', backlog: first, tag: undefined, item: third };
		if (parts.length === 5 && second === 'tags' && fourth === 'items') {
			return { kind: 'item', backlog: first, tag: third, item: fifth };
		}
	}
	if (scheme === 'task') {
		if (parts.length === 1) return { kind: 'task', task: first };
		if (parts.length === 3 && second === 'files') return { kind: 'file', task: first, file: third };
	}
	return undefined;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return '';
	}
}
