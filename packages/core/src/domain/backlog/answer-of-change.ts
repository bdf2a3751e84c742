import type { Json, JsonObject } from '../json.ts';
import { textArgument } from './arguments.ts';
import type { BacklogFactOf, BacklogFactType, RecordedBacklogFact } from './facts.ts';
import { countItems, itemById, NO_ITEMS } from './item-list.ts';
import { pathKey, pathsOf, pathText, readPath, subitemOf } from './item-path.ts';
import { itemView, plain } from './reads/item-view.ts';
import { subitemInFile } from './render-tasks-file.ts';
import { readPriority, statusOf } from './rules/call.ts';
import { keptReferences, wordsOf } from './rules/new-items.ts';
import { type Backlog, tagNamed } from './state.ts';
import { TagDraft } from './tag-draft.ts';

interface Change {
	readonly args: JsonObject;
	readonly facts: readonly RecordedBacklogFact[];
	/** The backlog after the change. */
	readonly state: Backlog;
}

/** answerOfChange is the answer to a call of kind `change`: from the facts that it led to (none where nothing had to change). */
export function answerOfChange(
	{ tool, args }: { readonly tool: string; readonly args: JsonObject },
	facts: readonly RecordedBacklogFact[],
	state: Backlog,
): JsonObject {
	const answer = Object.hasOwn(ANSWERS, tool) ? ANSWERS[tool] : undefined;
	return answer?.({ args, facts, state }) ?? {};
}

const ANSWERS: Readonly<Record<string, (change: Change) => JsonObject>> = {
	set_task_status: statusSet,
	add_task: taskAdded,
	add_subtask: subtaskAdded,
	update_task: (change) => ({
		taskId: textArgument(change.args, 'id') ?? '',
		message: 'Updated.',
		...taskNamed(change),
	}),
	update_subtask: (change) => ({
		subtaskId: textArgument(change.args, 'id') ?? '',
		message: 'Noted.',
		...taskNamed(change),
	}),
	remove_task: ({ args }) => removed(idsOf(args), 'Removed'),
	remove_subtask: subtaskRemoved,
	clear_subtasks: subtasksCleared,
	move_task: moved,
	add_dependency: (change) => dependency(change, 'waits for', 'waited already for'),
	remove_dependency: (change) => dependency(change, 'does not wait any more for', 'did not wait for'),
	fix_dependencies: fixed,
	add_tag: ({ args }) => ({
		tagName: textArgument(args, 'name') ?? '',
		message: `Added tag "${textArgument(args, 'name')}".`,
	}),
	delete_tag: tagDeleted,
	use_tag: ({ args }) => ({
		currentTag: textArgument(args, 'name') ?? '',
		message: `"${textArgument(args, 'name')}" is the current tag.`,
	}),
	rename_tag: ({ args }) => {
		const [oldName = '', newName = ''] = [textArgument(args, 'oldName'), textArgument(args, 'newName')];
		return { oldName, newName, message: `Tag "${oldName}" is called "${newName}" now.` };
	},
	copy_tag: ({ args, state }) => {
		const [sourceName = '', targetName = ''] = [textArgument(args, 'sourceName'), textArgument(args, 'targetName')];
		const tasksCopied = countItems(tagNamed(state, targetName)?.items ?? NO_ITEMS);
		return { sourceName, targetName, tasksCopied, message: `Copied ${count(tasksCopied)} to tag "${targetName}".` };
	},
	'response-language': ({ state }) => {
		const responseLanguage = state.settings.language ?? '';
		return { responseLanguage, message: `Tasks are written in ${responseLanguage} from now on.` };
	},
};

function only<T extends BacklogFactType>(facts: readonly RecordedBacklogFact[], type: T): BacklogFactOf<T>[] {
	return facts.filter((fact): fact is BacklogFactOf<T> => fact.type === type);
}

const idsOf = (args: JsonObject) => pathsOf(textArgument(args, 'id') ?? '').map(pathText);
const count = (tasks: number) => `${tasks} task${tasks === 1 ? '' : 's'}`;
const listOf = ({ args, state }: Change) =>
	tagNamed(state, textArgument(args, 'tag') ?? state.currentTag)?.items ?? NO_ITEMS;
const withWarnings = (warnings: readonly string[]): JsonObject => (warnings.length === 0 ? {} : { warnings });

function statusSet(change: Change): JsonObject {
	const { args, facts } = change;
	const newStatus = statusOf(textArgument(args, 'status') ?? '');
	const changes = only(facts, 'StatusChanged').flatMap(({ data }) => data.changes);
	const asked = idsOf(args);
	const tasks = asked.map((taskId) => {
		const oldStatus = changes.find(({ id }) => id === taskId)?.from ?? newStatus;
		return { taskId, oldStatus, newStatus };
	});
	const followed = changes
		.filter(({ id }) => !asked.includes(id))
		.map(({ id, from, to }) => ({ taskId: id, oldStatus: from, newStatus: to }));
	const message = `Set ${asked.join(', ')} to ${newStatus}.`;
	return { message, tasks, ...(followed.length === 0 ? {} : { followed }) };
}

function taskAdded(change: Change): JsonObject {
	const { args, facts, state } = change;
	const item = only(facts, 'ItemsAdded')[0]?.data.items[0];
	if (item === undefined) return {};
	const { dropped } = keptReferences(new TagDraft(listOf(change)), wordsOf(textArgument(args, 'dependencies')), {});
	const priority = textArgument(args, 'priority');
	const warnings = [
		...dropped.map((word) => `There is no ${word}, so task ${item.id} does not wait for it.`),
		...(priority === undefined || readPriority(priority) !== undefined
			? []
			: [`"${priority}" is no priority; it is medium.`]),
	];
	const report = tagNamed(state, textArgument(args, 'tag') ?? state.currentTag)?.report;
	return {
		taskId: item.id,
		task: itemView(item, report),
		message: `Added task ${item.id}.`,
		...withWarnings(warnings),
	};
}

function subtaskAdded(change: Change): JsonObject {
	const { args, facts } = change;
	const move = only(facts, 'ItemsMoved')[0]?.data;
	const changed = move?.changed ?? only(facts, 'ItemsChanged').flatMap(({ data }) => data.items);
	const parentId = readPath(textArgument(args, 'id') ?? '')?.item;
	// The state may hold later changes of others already.
	const parent = changed.find((item) => item.id === parentId);
	const id = readPath(move?.moves[0]?.to ?? '')?.sub;
	// What was added stands last, also where ids do not go on from one another.
	const sub = parent === undefined ? undefined : id === undefined ? parent.subtasks.at(-1) : subitemOf(parent, id);
	if (parent === undefined || sub === undefined) return {};
	const asked = move === undefined ? wordsOf(textArgument(args, 'dependencies')) : [];
	const self = pathKey(parent.id, sub.id);
	const { dropped } = keptReferences(new TagDraft(listOf(change)), asked, { self, parent });
	const name = `${parent.id}.${sub.id}`;
	const warnings = [
		...(move?.warnings ?? []),
		...dropped.map((word) => `There is no ${word}, so ${name} does not wait for it.`),
	];
	const message = move === undefined ? `Added subtask ${name}.` : `Task ${move.moves[0]?.from} is subtask ${name} now.`;
	return { subtask: { ...plain(subitemInFile(sub)), parentId: parent.id }, message, ...withWarnings(warnings) };
}

function taskNamed(change: Change): JsonObject {
	const path = readPath(textArgument(change.args, 'id') ?? '');
	const item = path === undefined ? undefined : itemById(listOf(change), path.item);
	if (item === undefined) return {};
	if (path?.sub === undefined) return { task: itemView(item, undefined) };
	const sub = subitemOf(item, path.sub);
	return sub === undefined ? {} : { subtask: { ...plain(subitemInFile(sub)), parentId: item.id } };
}

function removed(ids: readonly string[], verb: string): JsonObject {
	return { removedTasks: ids, message: `${verb} ${ids.join(', ')}.` };
}

function subtaskRemoved({ args, facts }: Change): JsonObject {
	const move = only(facts, 'ItemsMoved')[0]?.data;
	if (move === undefined) return { task: null, ...removed(idsOf(args), 'Removed') };
	const tasks = move.added.map((item) => itemView(item, undefined));
	const message = move.moves.map(({ from, to }) => `Subtask ${from} is task ${to} now.`).join(' ');
	return {
		task: tasks[0] ?? null,
		...(tasks.length > 1 ? { tasks } : {}),
		message,
		...withWarnings(move.warnings ?? []),
	};
}

function subtasksCleared({ args, facts }: Change): JsonObject {
	const cleared = only(facts, 'ItemsChanged').flatMap(({ data }) =>
		data.items.filter(({ subtasks }) => subtasks.length === 0).map(({ id }) => String(id)),
	);
	const asked = args['all'] === true ? undefined : new Set(idsOf(args));
	const clearedTasks = cleared.filter((id) => asked?.has(id) ?? true);
	return { clearedTasks, message: `Removed the subtasks of ${count(clearedTasks.length)}.` };
}

function moved({ facts }: Change): JsonObject {
	const [move] = only(facts, 'ItemsMoved');
	if (move === undefined) return { moves: [], message: 'All of it is there already.' };
	const { moves, tag, toTag, warnings = [] } = move.data;
	const where = tag === toTag ? '' : ` to tag "${toTag}"`;
	const said = moves.slice(0, 20).map(({ from, to }) => (from === to ? from : `${from} → ${to}`));
	return {
		moves: moves.map(({ from, to }) => ({ from, to })),
		...(tag === toTag ? {} : { fromTag: tag, toTag }),
		message: `Moved ${said.join(', ')}${moves.length > 20 ? ', …' : ''}${where}.`,
		...withWarnings(warnings),
	};
}

function dependency({ args, facts }: Change, done: string, already: string): JsonObject {
	const [taskId = '', dependencyId = ''] = [textArgument(args, 'id'), textArgument(args, 'dependsOn')];
	return { taskId, dependencyId, message: `${taskId} ${facts.length > 0 ? done : already} ${dependencyId}.` };
}

/** Changes told one by one; of more only the number is told. */
const MOST_TOLD = 500;

function fixed({ facts }: Change): JsonObject {
	const all = only(facts, 'DependenciesChanged');
	const changes = all.flatMap(({ data }) => data.changes);
	const cycles = all.flatMap(({ data }) => data.cycles ?? []);
	const fixes = changes.reduce((sum, { from, to }) => sum + from.length - to.length, 0);
	const told: Json[] = changes.slice(0, MOST_TOLD).map(({ id, from, to }) => ({ taskId: id, before: from, after: to }));
	const message =
		fixes === 0 ? 'All dependencies were sound.' : `Took out ${fixes} dependencies of ${count(changes.length)}.`;
	return { fixed: fixes, changes: told, cycles, message };
}

function tagDeleted({ args, facts }: Change): JsonObject {
	const tagName = textArgument(args, 'name') ?? '';
	const tasksDeleted = only(facts, 'TagRemoved')[0]?.data.items ?? 0;
	return { tagName, tasksDeleted, message: `Deleted tag "${tagName}" with ${count(tasksDeleted)}.` };
}
