import { CoreError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import { textArgument } from '../arguments.ts';
import type { BacklogCommandOf } from '../commands.ts';
import { evolveBacklog } from '../evolve-backlog.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import { NO_ITEMS } from '../item-list.ts';
import { pathsOf } from '../item-path.ts';
import { type Backlog, tagNamed } from '../state.ts';
import { TagDraft } from '../tag-draft.ts';
import { applyChange } from './apply-change.ts';
import { knownAt, knownItem, knownTag, tagOf } from './call.ts';

/** beginOperation notes that work has begun; refused where its tool cannot do anything here. */
export function beginOperation(state: Backlog, command: BacklogCommandOf<'BeginOperation'>): BacklogFact[] {
	const { operationId, taskId, tool, args, by, estimatedSeconds } = command;
	if (state.operations.some(({ id }) => id === operationId)) return [];
	refuseWork(state, tool, args);
	const tag = textArgument(args, 'tag') ?? state.currentTag;
	const estimate = estimatedSeconds === undefined ? {} : { estimatedSeconds };
	return [backlogFact('OperationBegun', { operationId, taskId, tool, args, tag, by, ...estimate })];
}

/** refuseWork refuses work that could come to nothing: on unknown ids or tags, into a tag that is not empty, on what is done. */
export function refuseWork(state: Backlog, tool: string, args: JsonObject): void {
	if (tool === 'parse_prd') return refuseParsing(state, args);
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const id = textArgument(args, 'id') ?? (tool === 'research' ? textArgument(args, 'saveTo') : undefined);
	if (id !== undefined) for (const path of pathsOf(id)) knownAt(draft, path, tag.name);
	if (tool !== 'expand_task' || id === undefined) return;
	for (const { item, sub } of pathsOf(id)) {
		const { status } = knownItem(draft, item, tag.name);
		if (sub !== undefined) {
			throw new CoreError('not-possible', `${item}.${sub} is a subtask, and subtasks have none of their own.`, {
				hint: 'remove_subtask with convert makes a task of it, which can be split.',
			});
		}
		if (status !== 'done') continue;
		throw new CoreError('not-possible', `Task ${item} is done, so it is not split.`, {
			hint: 'Set it to pending first if there is more to do.',
		});
	}
}

function refuseParsing(state: Backlog, args: JsonObject): void {
	const name = textArgument(args, 'tag') ?? state.currentTag;
	const tag = tagNamed(state, name);
	if (tag === undefined || tag.items.length === 0 || args['force'] === true || args['append'] === true) return;
	throw new CoreError('not-possible', `The tag "${knownTag(state, name).name}" has tasks already.`, {
		hint: 'append: true adds to them, force: true replaces them, or name another tag.',
	});
}

/** endOperation applies what came out, one change after the other, and ends the operation. */
export function endOperation(state: Backlog, command: BacklogCommandOf<'EndOperation'>): BacklogFact[] {
	const { operationId, status, changes, result, error, at, taskEndedAt } = command;
	const operation = state.operations.find(({ id }) => id === operationId);
	if (operation === undefined || !endsAnew(operation, operation.status === 'in_progress', taskEndedAt)) return [];
	const facts: BacklogFact[] = [];
	const warnings: string[] = [];
	const made: number[] = [];
	let now = state;
	for (const change of changes) {
		const applied = applyChange(now, change, at);
		for (const fact of applied.facts) {
			facts.push(fact);
			now = evolveBacklog(now, { ...fact, seq: state.seq + facts.length, at }) ?? now;
		}
		warnings.push(...applied.warnings);
		made.push(...applied.made);
	}
	const told = { ...result, ...madeIn(operation.tool, made, now, operation.tag), ...warned(result, warnings) };
	const which = taskEndedAt === undefined ? {} : { taskEndedAt };
	const end = { operationId, status, ...(error === undefined ? {} : { error }), ...which };
	return [...facts, backlogFact('OperationEnded', Object.keys(told).length === 0 ? end : { ...end, result: told })];
}

/** endsAnew tells the end of what goes on, and the later end of what was retried after it had ended, from one that was told before. */
export function endsAnew(
	{ taskEndedAt: last }: { readonly taskEndedAt?: number | undefined },
	goesOn: boolean,
	taskEndedAt: number | undefined,
): boolean {
	return goesOn || (taskEndedAt !== undefined && last !== undefined && taskEndedAt > last);
}

const MOST_WARNINGS = 200;

function warned(result: JsonObject | undefined, warnings: readonly string[]): JsonObject {
	const own = result?.['warnings'];
	const all = [...(Array.isArray(own) ? own : []), ...warnings];
	return all.length === 0 ? {} : { warnings: all.slice(0, MOST_WARNINGS) };
}

/** Ids are known only once the items are there. */
function madeIn(tool: string, made: readonly number[], state: Backlog, tag: string): JsonObject {
	const [first] = made;
	if (first === undefined) return {};
	if (tool === 'add_task') return { taskId: first };
	const draft = new TagDraft(tagNamed(state, tag)?.items ?? NO_ITEMS);
	const tasks = made.flatMap((id) => {
		const item = draft.item(id);
		return item === undefined
			? []
			: [{ id, title: item.title, priority: item.priority, dependencies: item.dependencies }];
	});
	return { tasks };
}
