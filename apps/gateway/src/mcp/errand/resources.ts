import { CoreError } from '@errand/core/domain/errors.ts';
import { asArtifactId, asTaskId } from '@errand/core/domain/ids.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { CompleteRequestParams, ListResourcesResult, ReadResourceResult } from '@modelcontextprotocol/server';
import type { ErrandParts } from './errand-surface.ts';
import { backlogUri, parseResourceUri, type ResourceName, taskUri } from './resource-uris.ts';
import { taskForTools, taskPage } from './task-view.ts';

/** Tasks of a backlog that are read at once; tools page through more. */
const ITEMS_AT_ONCE = 1_000;
const TASKS_LISTED = 50;
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Changes that come closer together than this are told once. */
const CALM_MS = 100;

/** ErrandResources are a person's backlogs and tasks to read and to follow. */
export class ErrandResources {
	readonly #parts: ErrandParts;
	readonly #principal: Principal;

	constructor(parts: ErrandParts, principal: Principal) {
		this.#parts = parts;
		this.#principal = principal;
	}

	async list(): Promise<ListResourcesResult> {
		const [backlogs, { tasks }] = await Promise.all([
			this.#parts.backlogs.list(this.#principal),
			this.#parts.tasks.list(this.#principal, { limit: TASKS_LISTED }),
		]);
		return {
			resources: [
				...backlogs.map(({ id, name, items, done, currentTag }) => ({
					uri: backlogUri(id),
					name,
					description: `${done} of ${items} tasks done; current tag ${currentTag}.`,
					mimeType: 'application/json',
				})),
				...tasks.map(({ id, goal, status }) => ({
					uri: taskUri(id),
					name: goal.length > 80 ? `${goal.slice(0, 79)}…` : goal,
					description: `A task: ${status}.`,
					mimeType: 'application/json',
				})),
			],
		};
	}

	async read(uri: string): Promise<ReadResourceResult> {
		const name = named(uri);
		if (name.kind === 'file') return { contents: [await this.#file(uri, name)] };
		const data = await this.#data(name);
		return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(data, undefined, 2) }] };
	}

	/** Hears of changes of a resource; rejects for one that is not the person's. */
	async follow(uri: string, changed: () => void): Promise<() => void> {
		const name = named(uri);
		const { backlogs, tasks, clock } = this.#parts;
		let callOff: (() => void) | undefined;
		const tell = () => {
			callOff ??= clock.after(CALM_MS, () => {
				callOff = undefined;
				changed();
			});
		};
		const stop = await this.#follow(name, tell, { backlogs, tasks });
		return () => {
			stop();
			callOff?.();
		};
	}

	async complete({ ref, argument }: CompleteRequestParams): Promise<readonly string[]> {
		const fitting = (values: readonly string[]) => values.filter((value) => value.startsWith(argument.value));
		if (argument.name === 'projectRoot' || argument.name === 'backlog') {
			const backlogs = await this.#parts.backlogs.list(this.#principal);
			return fitting(backlogs.map(({ id, projectRoot }) => (ref.type === 'ref/prompt' ? (projectRoot ?? id) : id)));
		}
		if (argument.name !== 'task') return [];
		const { tasks } = await this.#parts.tasks.list(this.#principal, { limit: 100 });
		return fitting(tasks.map(({ id }) => id));
	}

	async #follow(
		name: ResourceName,
		tell: () => void,
		{ backlogs, tasks }: Pick<ErrandParts, 'backlogs' | 'tasks'>,
	): Promise<() => void> {
		if (name.kind === 'task' || name.kind === 'file') {
			const task = asTaskId(name.task);
			const { seq } = await tasks.view(this.#principal, task);
			return name.kind === 'file' ? () => {} : tasks.follow(this.#principal, task, seq, { fact: tell });
		}
		if (name.kind === 'backlog') return backlogs.follow(this.#principal, name.backlog, tell);
		const id = Number.parseInt(name.item, 10);
		return backlogs.follow(this.#principal, name.backlog, ({ tag, items, removed }) => {
			if (name.tag !== undefined && tag !== name.tag) return;
			if (removed.includes(id) || items.some((item) => item['id'] === id)) tell();
		});
	}

	async #data(name: Exclude<ResourceName, { kind: 'file' }>): Promise<object> {
		if (name.kind === 'task') {
			const task = await this.#parts.tasks.view(this.#principal, asTaskId(name.task));
			return taskForTools(task, taskPage(this.#parts.address(), task.id));
		}
		const args: JsonObject =
			name.kind === 'backlog'
				? { compact: true, limit: ITEMS_AT_ONCE }
				: { id: name.item, ...(name.tag === undefined ? {} : { tag: name.tag }) };
		const tool = name.kind === 'backlog' ? 'get_tasks' : 'get_task';
		return this.#parts.backlogs.call(this.#principal, { tool, args: { projectRoot: name.backlog, ...args } });
	}

	async #file(
		uri: string,
		{ task, file }: Extract<ResourceName, { kind: 'file' }>,
	): Promise<ReadResourceResult['contents'][number]> {
		const { artifacts, address } = this.#parts;
		const id = asArtifactId(file);
		const found = await artifacts.stat(id);
		if (found === undefined || found.owner.person !== this.#principal.person || found.owner.task !== task) {
			throw new CoreError(
				'unknown-artifact',
				`Task ${task.slice(0, 100)} has no file "${file.slice(0, 100)}" of yours.`,
				{
					hint: 'Take the address from the task’s result.',
				},
			);
		}
		const { type, bytes } = found.ref;
		if (bytes > MAX_FILE_BYTES) {
			throw new CoreError('too-large', `The file has ${bytes} bytes, more than is handed out here.`, {
				hint: `Fetch it from ${address()}/v1/artifacts/${encodeURIComponent(file)} with the same token.`,
			});
		}
		const content = Buffer.from((await artifacts.get(id))?.content ?? []);
		const isText = /^text\/|[/+](?:json|xml|yaml)\b/.test(type);
		return {
			uri,
			mimeType: type,
			...(isText ? { text: content.toString('utf8') } : { blob: content.toString('base64') }),
		};
	}
}

function named(uri: string): ResourceName {
	const name = parseResourceUri(uri);
	if (name !== undefined) return name;
	throw new CoreError('not-found', `There is no resource "${uri.slice(0, 200)}".`, {
		hint: 'List the resources, or fill in one of the templates.',
	});
}
