import { CoreError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { textArgument } from './arguments.ts';
import { closingEdges, dependencyGraph } from './dependency-graph.ts';
import { itemById } from './item-list.ts';
import { keyText, pathOfKey, pathsOf, pathText, subitemOf, targetKey } from './item-path.ts';
import { getTasks } from './reads/get-tasks.ts';
import { itemView, plain, scoreOf } from './reads/item-view.ts';
import { nextItem } from './reads/next-item.ts';
import { statsOf } from './reads/stats.ts';
import { subitemInFile } from './render-tasks-file.ts';
import { knownAt, neededText, statusOf, tagOf } from './rules/call.ts';
import { circleText } from './rules/dependencies.ts';
import type { Backlog, Tag } from './state.ts';
import { TagDraft } from './tag-draft.ts';

/** readBacklog answers a tool of kind `read` from the backlog as it is. */
export function readBacklog(
	state: Backlog,
	{ tool, args }: { readonly tool: string; readonly args: JsonObject },
): JsonObject {
	const read = Object.hasOwn(READS, tool) ? READS[tool] : undefined;
	if (read !== undefined) return read(state, args);
	throw new CoreError('not-possible', `The tool "${tool}" does not only read.`, { hint: 'Call it through the desk.' });
}

const READS: Readonly<Record<string, (state: Backlog, args: JsonObject) => JsonObject>> = {
	get_tasks: getTasks,
	get_task: getTask,
	next_task: nextTask,
	validate_dependencies: validateDependencies,
	complexity_report: complexityReport,
	list_tags: listTags,
};

/** READ_TOOLS are the tools that only read. */
export const READ_TOOLS: readonly string[] = Object.keys(READS);

function getTask(state: Backlog, args: JsonObject): JsonObject {
	const tag = tagOf(state, args);
	const paths = pathsOf(neededText(args, 'id'));
	const status = textArgument(args, 'status');
	const [only] = paths;
	if (paths.length === 1 && only !== undefined) {
		knownAt(new TagDraft(tag.items), only, tag.name);
		return taskAt(tag, pathText(only), status) ?? {};
	}
	const found = paths.map((path) => ({ id: pathText(path), task: taskAt(tag, pathText(path), status) }));
	const notFound = found.filter(({ task }) => task === undefined).map(({ id }) => id);
	const tasks = found.flatMap(({ task }) => task ?? []);
	if (tasks.length === 0) {
		throw new CoreError('not-found', `There is no task ${notFound.join(', ')} in tag "${tag.name}".`, {
			hint: 'get_tasks lists the tasks there are.',
		});
	}
	return {
		tasks,
		requestedIds: found.map(({ id }) => id),
		foundCount: tasks.length,
		...(notFound.length === 0 ? {} : { notFound }),
	};
}

function taskAt(tag: Tag, id: string, status: string | undefined): JsonObject | undefined {
	const [path] = pathsOf(id);
	const item = path === undefined ? undefined : itemById(tag.items, path.item);
	if (path === undefined || item === undefined) return undefined;
	if (path.sub !== undefined) {
		const sub = subitemOf(item, path.sub);
		if (sub === undefined) return undefined;
		const parentTask = { id: item.id, title: item.title, status: item.status };
		return { ...plain(subitemInFile(sub)), parentId: item.id, parentTask, isSubtask: true };
	}
	if (status === undefined || status.toLowerCase() === 'all') return itemView(item, tag.report);
	const wanted = new Set(status.split(',').map(statusOf));
	const subtasks = item.subtasks.filter((sub) => wanted.has(sub.status));
	return { ...itemView({ ...item, subtasks }, tag.report), subtaskFilter: status };
}

function nextTask(state: Backlog, args: JsonObject): JsonObject {
	const tag = tagOf(state, args);
	const next = nextItem(tag.items);
	if (next === undefined) {
		const { total, completed } = statsOf(tag.items);
		const message =
			total === 0
				? 'There are no tasks yet; parse_prd or add_task makes some.'
				: total === completed
					? 'All tasks are done.'
					: 'No task can be started: what is open waits for something that is not done.';
		return { nextTask: null, message };
	}
	const { item, sub } = next;
	if (sub === undefined) return { nextTask: itemView(item, tag.report), isSubtask: false };
	const dependencies = sub.dependencies.map((one): Json => {
		const key = targetKey(item, true, one);
		return pathOfKey(key).sub === undefined ? pathOfKey(key).item : keyText(key);
	});
	const score = scoreOf(tag.report, item.id);
	const view = {
		...plain(subitemInFile(sub)),
		id: `${item.id}.${sub.id}`,
		priority: sub.priority ?? item.priority,
		dependencies,
		parentId: item.id,
		...(score === undefined ? {} : { complexityScore: score }),
	};
	return { nextTask: view, isSubtask: true };
}

/** Problems told one by one; of more only the number is told. */
const MOST_PROBLEMS = 1_000;

function validateDependencies(state: Backlog, args: JsonObject): JsonObject {
	const tag = tagOf(state, args);
	const graph = dependencyGraph(tag.items);
	const closing = closingEdges(graph);
	const count = graph.missing.length + graph.self.length + closing.length;
	const problems: JsonObject[] = [];
	const tell = (type: string, owner: number, target: number, message: string) => {
		if (problems.length >= MOST_PROBLEMS) return;
		problems.push({ type, taskId: keyText(owner), dependencyId: keyText(target), message });
	};
	for (const { owner, target } of graph.missing.slice(0, MOST_PROBLEMS)) {
		tell('missing', owner, target, `${keyText(owner)} waits for ${keyText(target)}, which is not there.`);
	}
	for (const { owner, target } of graph.self.slice(0, MOST_PROBLEMS)) {
		tell('self', owner, target, `${keyText(owner)} waits for itself.`);
	}
	for (const { owner, target, cycle } of closing.slice(0, MOST_PROBLEMS)) {
		const circle = cycle === undefined ? `${keyText(owner)} → ${keyText(target)} → … ` : circleText(cycle);
		tell('circular', owner, target, `A circle: ${circle.trim()}.`);
	}
	const message =
		count === 0
			? 'All dependencies are sound.'
			: `${count} ${count === 1 ? 'dependency is' : 'dependencies are'} not sound; fix_dependencies mends them.`;
	return { valid: count === 0, problemCount: count, problems, message };
}

function complexityReport(state: Backlog, args: JsonObject): JsonObject {
	const { name, report } = tagOf(state, args);
	if (report !== undefined) return { report: plain(report) };
	throw new CoreError('not-found', `There is no complexity report of tag "${name}".`, {
		hint: 'analyze_project_complexity writes one.',
	});
}

function listTags(state: Backlog, args: JsonObject): JsonObject {
	const withMetadata = args['showMetadata'] === true;
	const tags = state.tags.map(({ name, items, metadata }) => {
		const { total, completed, subtasks, completionPercentage: _, ...statusBreakdown } = statsOf(items);
		const { created, description } = metadata;
		const about = {
			...(created === undefined ? {} : { created }),
			...(description === undefined ? {} : { description }),
		};
		return {
			name,
			taskCount: total,
			completedTasks: completed,
			isCurrent: name === state.currentTag,
			...(withMetadata
				? { ...about, statusBreakdown, subtaskCounts: { total: subtasks.total, completed: subtasks.completed } }
				: {}),
		};
	});
	return { tags, currentTag: state.currentTag, totalTags: tags.length };
}
