import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import { decideBacklog } from '../../domain/backlog/decide-backlog.ts';
import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { itemById, itemsOf } from '../../domain/backlog/item-list.ts';
import { pathOf, pathOfKey, pathText, subitemOf, targetKey } from '../../domain/backlog/item-path.ts';
import { type Backlog, type Run, tagNamed } from '../../domain/backlog/state.ts';
import { CoreError, isCoreError } from '../../domain/errors.ts';
import { asConversationId, asTaskId, type ConversationId, type TaskId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import type { TaskError, TaskResult } from '../../domain/task/facts.ts';
import type { IClock } from '../../ports/clock.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import { goalOfItem } from './goal-of-item.ts';
import type { OpenProject } from './open-project.ts';

interface Dependencies {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state'>;
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'cancel'>;
	readonly clock: IClock;
	/** Remembers whose task it is, before it can end. */
	readonly began: (task: TaskId, project: OpenProject) => void;
}

/** Which item is meant, and where its questions are asked. */
interface Order {
	readonly id: string;
	readonly tag?: string | undefined;
	readonly conversation?: ConversationId | undefined;
	/** Somebody looks at what came of it before it is done. */
	readonly review?: boolean | undefined;
}

/** What came of a run, as its item keeps it. */
type RunEnd = { readonly at?: number | undefined } & (
	| { readonly status: 'done'; readonly result: TaskResult }
	| { readonly status: 'failed'; readonly error: TaskError }
	| { readonly status: 'cancelled'; readonly reason: string }
);

const LONGEST_SUMMARY = 4_000;

/** ItemRuns has items carried out by Errand: each run is a task whose goal is the item, and the item follows how that ends. */
export class ItemRuns {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** An item that is being carried out answers its task. */
	async run(principal: Principal, project: OpenProject, order: Order): Promise<JsonObject> {
		const { backlogs, tasks, clock } = this.#deps;
		const backlog = await backlogs.state(project.stream);
		const tag = order.tag ?? backlog?.currentTag ?? '';
		const id = pathText(pathOf(order.id));
		if (backlog === undefined) throw unknownItem(id, tag);
		const running = runningIn(backlog, tag, id);
		if (running !== undefined) return already(running);
		const begin = {
			type: 'BeginRun',
			at: clock.now(),
			tag,
			item: id,
			by: principal.person,
			review: order.review,
		} as const;
		// What the backlog refuses is refused before anything runs.
		const possible = decideBacklog(backlog, { ...begin, taskId: asTaskId('possible') });
		if (!possible.ok) throw possible.error;
		const { item, subitem, items } = found(backlog, tag, id);
		const earlier = backlog.runs.filter((one) => one.tag === tag && one.item === id).length;
		const { id: taskId } = await tasks.submit(principal, {
			goal: goalOfItem(item, subitem, items),
			announced: true,
			origins: isOwn(backlog, tag, item, subitem) ? [] : [`backlog:${project.id}`],
			conversation: order.conversation ?? asConversationId(`web-${principal.person}`),
			// Two calls at once mean the same run.
			idempotencyKey: `run:${project.id}:${tag}:${id}:${earlier}:${backlog.createdAt}`,
		});
		this.#deps.began(taskId, project);
		const after = await this.#begin(principal, project, { ...begin, taskId });
		await project.keep(after);
		const view = await tasks.view(principal, taskId);
		const end = endOf(view);
		// Its report may have come before anybody knew of the run.
		if (end !== undefined) await this.end(project, taskId, end);
		const message = `Errand carries out ${id} “${shortened((subitem ?? item).title, 100)}”.`;
		return { taskId: id, errandTaskId: taskId, message };
	}

	/** The item follows how its task ended. Safe to repeat. */
	async end(project: OpenProject, taskId: TaskId, end: RunEnd): Promise<void> {
		const at = this.#deps.clock.now();
		const { status, at: taskEndedAt } = end;
		const summary = shortened(wordsOf(end), LONGEST_SUMMARY);
		const command = { type: 'EndRun', at, taskId, status, summary, taskEndedAt } as const;
		const { state } = await this.#deps.backlogs.handle(project.stream, command);
		if (state !== undefined) await project.keep(state);
	}

	/** Where somebody else was quicker, the task that was just begun for nothing is stopped. */
	async #begin(
		principal: Principal,
		project: OpenProject,
		command: BacklogCommand & { type: 'BeginRun' },
	): Promise<Backlog> {
		const { backlogs, tasks } = this.#deps;
		try {
			const { state } = await backlogs.handle(project.stream, command);
			if (state !== undefined) return state;
			throw unknownItem(command.item, command.tag ?? '');
		} catch (error) {
			const state = await backlogs.state(project.stream);
			const running = state === undefined ? undefined : runningIn(state, command.tag ?? '', command.item);
			if (state !== undefined && running?.taskId === command.taskId) return state;
			await tasks.cancel(principal, command.taskId).catch((failed: unknown) => {
				if (!isCoreError(failed)) throw failed;
			});
			throw error;
		}
	}
}

function endOf(view: Awaited<ReturnType<ITaskDesk['view']>>): RunEnd | undefined {
	const at = view.endedAt;
	if (view.status === 'done' && view.result !== undefined) return { status: 'done', result: view.result, at };
	if (view.status === 'failed' && view.error !== undefined) return { status: 'failed', error: view.error, at };
	return view.status === 'cancelled' ? { status: 'cancelled', reason: '', at } : undefined;
}

function wordsOf(end: RunEnd): string {
	switch (end.status) {
		case 'done':
			return end.result.text;
		case 'failed':
			return `${end.error.message} ${end.error.hint}`.trim();
		case 'cancelled':
			return end.reason === '' ? 'It was cancelled.' : `It was cancelled: ${end.reason}`;
	}
}

function runningIn({ runs }: Backlog, tag: string, item: string): Run | undefined {
	return runs.find((run) => run.status === 'running' && run.tag === tag && run.item === item);
}

/** Words of files, models, tasks and other programs are data; an item that has none but the person's is their own order. */
function isOwn(backlog: Backlog, tag: string, item: Item, subitem: Subitem | undefined): boolean {
	const own = new Set(tagNamed(backlog, tag)?.own);
	// What was done before it is told with it, so that those words count as well.
	const before = (subitem ?? item).dependencies.map((one) => pathOfKey(targetKey(item, subitem !== undefined, one)));
	return [item.id, ...before.map((path) => path.item)].every((id) => own.has(id));
}

function already({ item, taskId }: Run): JsonObject {
	return { taskId: item, errandTaskId: taskId, message: `Errand carries out ${item} already.` };
}

function found(
	backlog: Backlog,
	tag: string,
	id: string,
): { readonly item: Item; readonly subitem: Subitem | undefined; readonly items: readonly Item[] } {
	const list = tagNamed(backlog, tag)?.items ?? [];
	const { item: whole, sub } = pathOf(id);
	const item = itemById(list, whole);
	const subitem = item === undefined || sub === undefined ? undefined : subitemOf(item, sub);
	if (item === undefined || (sub !== undefined && subitem === undefined)) throw unknownItem(id, tag);
	return { item, subitem, items: itemsOf(list) };
}

function unknownItem(id: string, tag: string): CoreError {
	return new CoreError('not-found', `There is no task ${id} in the tag "${tag}".`, { hint: 'get_tasks lists them.' });
}
