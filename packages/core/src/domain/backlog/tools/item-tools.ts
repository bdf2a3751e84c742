import { z } from 'zod';
import { ITEM_PRIORITIES } from '../item.ts';
import {
	anyObject,
	file,
	flag,
	inBackground,
	openObject,
	optionalNumber,
	optionalObject,
	optionalProjectRoot,
	optionalText,
	projectRoot,
	research,
	tag,
	text,
} from './fields.ts';
import { ADDS, type BacklogTool, READS, REMOVES, SETS } from './tool.ts';
import { operationFields } from './work-answer.ts';

const STATUSES = 'pending, in-progress, done, deferred, cancelled, blocked or review';
const counts = z.looseObject({ total: z.number(), completed: z.number(), completionPercentage: z.number() });
const message = z.string().optional().describe('What was done, in a sentence.');
const warnings = z.array(z.string()).optional().describe('What was left out, and why.');

/** ITEM_TOOLS read and change single tasks and subtasks. */
export const ITEM_TOOLS = {
	get_tasks: {
		title: 'List tasks',
		description:
			'Lists the tasks of a tag with their statistics. Use it for an overview, or to find tasks by status; with many tasks use `compact`, or `limit` and the `nextCursor` of the answer.',
		input: z.object({
			projectRoot,
			status: optionalText(`Only tasks with this status; several with commas (${STATUSES}).`),
			withSubtasks: flag('Show each task’s subtasks too.'),
			tag,
			file,
			limit: optionalNumber('At most so many tasks; the answer’s nextCursor leads on.', { min: 1, max: 10_000 }),
			cursor: optionalText('The nextCursor of the answer before.'),
			compact: flag('Only id, title, status, priority and dependencies of each task.'),
		}),
		output: openObject({
			tasks: z.array(anyObject),
			filter: z.string().optional(),
			stats: counts,
			nextCursor: z.string().optional().describe('Pass it as `cursor` to read on; left out on the last page.'),
			note: z.string().optional(),
		}),
		kind: 'read',
		annotations: READS,
	},
	get_task: {
		title: 'Show a task',
		description:
			'Shows a task or a subtask whole, with its details and test strategy. Use it before working on one; several ids with commas are answered as a list.',
		input: z.object({
			projectRoot,
			id: text('A task (`15`), a subtask (`15.2`), or several with commas.'),
			status: optionalText('Show only subtasks with this status.'),
			tag,
			file,
		}),
		output: anyObject,
		kind: 'read',
		annotations: READS,
	},
	next_task: {
		title: 'Find the next task',
		description:
			'Finds the task or subtask to work on next: the most urgent one whose dependencies are all done. Use it whenever a piece of work is finished.',
		input: z.object({
			projectRoot,
			file,
			complexityReport: optionalText('Path of the complexity report, where it is not the project’s own.'),
			tag,
		}),
		output: openObject({ nextTask: anyObject.nullable(), message }),
		kind: 'read',
		annotations: READS,
	},
	set_task_status: {
		title: 'Set a status',
		description:
			'Sets the status of tasks or subtasks. Use it when work begins (in-progress) and when it is finished (done); a parent follows its subtasks.',
		input: z.object({
			projectRoot,
			id: text('A task (`15`), a subtask (`15.2`), or several with commas.'),
			status: text(`The new status: ${STATUSES}.`),
			tag,
			file,
			complexityReport: optionalText('Accepted for compatibility; nothing depends on it.'),
		}),
		output: openObject({
			tasks: z.array(z.looseObject({ taskId: z.string(), oldStatus: z.string(), newStatus: z.string() })),
			message,
		}),
		kind: 'change',
		annotations: SETS,
	},
	add_task: {
		title: 'Add a task',
		description:
			'Adds a task. Give `title` and `description` to add it as it is, or `prompt` to have it written out from a few words.',
		input: z.object({
			projectRoot,
			prompt: optionalText('What the task is about; a model writes it out.'),
			title: optionalText('The title, to add the task as it is.'),
			description: optionalText('What is to be done.'),
			details: optionalText('How it is to be done.'),
			testStrategy: optionalText('How it is checked.'),
			dependencies: optionalText('Ids of tasks that must be done first, with commas.'),
			priority: optionalText(`${ITEM_PRIORITIES.join(', ')}; medium as a rule.`),
			file,
			tag,
			research,
			async: inBackground,
		}),
		output: openObject({ taskId: z.number().optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: ADDS,
	},
	add_subtask: {
		title: 'Add a subtask',
		description: 'Adds a subtask to a task, or turns an existing task (`taskId`) into a subtask of it.',
		input: z.object({
			projectRoot,
			id: text('The parent task.'),
			taskId: optionalText('An existing task to turn into the subtask.'),
			title: optionalText('The title of a new subtask.'),
			description: optionalText('What is to be done.'),
			details: optionalText('How it is to be done.'),
			status: optionalText(`Its status; pending as a rule (${STATUSES}).`),
			dependencies: optionalText(
				'What must be done first, with commas: siblings (`2`) or subtasks of any task (`7.1`).',
			),
			file,
			skipGenerate: flag('Accepted for compatibility; files are not generated here.'),
			tag,
		}),
		output: openObject({ subtask: anyObject, message, warnings }),
		kind: 'change',
		annotations: ADDS,
	},
	update: {
		title: 'Update tasks from an id on',
		description:
			'Rewrites all tasks from an id on that are not done, after a change of plans. Use it when a decision affects much of what is still to come.',
		input: z.object({
			projectRoot: optionalProjectRoot,
			from: text('The first task to update.'),
			prompt: text('What changed, and why.'),
			research,
			file,
			tag,
			async: inBackground,
		}),
		output: openObject({ updatedTasks: z.array(anyObject).optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: ADDS,
	},
	update_task: {
		title: 'Update a task',
		description: 'Rewrites one task by new information, or appends it as a note with the time (`append`).',
		input: z.object({
			projectRoot,
			id: text('The task (`15`) or subtask (`15.2`).'),
			prompt: optionalText('The new information.'),
			research,
			append: flag('Keep the task as it is and append the information with the time.'),
			metadata: optionalObject('Fields of your own to keep with the task.'),
			file,
			tag,
			async: inBackground,
		}),
		output: openObject({ taskId: z.string().optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: ADDS,
	},
	update_subtask: {
		title: 'Note progress on a subtask',
		description: 'Appends information to a subtask, with the time. Use it to log what was found and done.',
		input: z.object({
			projectRoot,
			id: text('The subtask (`15.2`).'),
			prompt: optionalText('What to add.'),
			research,
			append: flag('Accepted for compatibility; it is always appended.'),
			metadata: optionalObject('Fields of your own to keep with the subtask.'),
			file,
			tag,
			async: inBackground,
		}),
		output: openObject({ subtaskId: z.string().optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: ADDS,
	},
	remove_task: {
		title: 'Remove tasks',
		description:
			'Removes tasks or subtasks for good, and all references to them in the tag. Nothing is removed if one id is unknown.',
		input: z.object({
			projectRoot,
			id: text('A task (`15`), a subtask (`15.2`), or several with commas.'),
			file,
			confirm: flag('Accepted for compatibility; nobody is asked.'),
			tag,
		}),
		output: openObject({ removedTasks: z.array(z.string()), message }),
		kind: 'change',
		annotations: { ...REMOVES, idempotent: false },
	},
	remove_subtask: {
		title: 'Remove a subtask',
		description: 'Removes a subtask, or turns it into a task of its own (`convert`).',
		input: z.object({
			projectRoot,
			id: text('The subtask (`15.2`); several with commas.'),
			convert: flag('Keep it as a task of its own.'),
			file,
			skipGenerate: flag('Accepted for compatibility; files are not generated here.'),
			tag,
		}),
		output: openObject({ task: anyObject.nullable().optional(), message }),
		kind: 'change',
		annotations: { ...REMOVES, idempotent: false },
	},
	clear_subtasks: {
		title: 'Clear subtasks',
		description: 'Removes all subtasks of some tasks, or of all.',
		input: z.object({
			projectRoot,
			id: optionalText('Tasks, with commas.'),
			all: flag('Of all tasks of the tag.'),
			file,
			tag,
		}),
		output: openObject({ clearedTasks: z.array(z.string()), message }),
		kind: 'change',
		annotations: REMOVES,
	},
	move_task: {
		title: 'Move tasks',
		description:
			'Moves a task or subtask: to a free number, under another task, out of its task, or to another tag (`fromTag`, `toTag`). References follow; it is done whole or not at all.',
		input: z.object({
			projectRoot,
			from: text('What to move (`5`, `5.2`); several with commas.'),
			to: optionalText('Where to (`7`, `7.3`); as many with commas. Left out to keep the ids in another tag.'),
			file,
			tag,
			fromTag: optionalText('The tag it is in.'),
			toTag: optionalText('The tag it goes to; made where there is none.'),
			withDependencies: flag('Across tags: bring along what it depends on.'),
			ignoreDependencies: flag('Across tags: cut dependencies on what stays behind.'),
		}),
		output: openObject({ moves: z.array(z.looseObject({ from: z.string(), to: z.string() })), message, warnings }),
		kind: 'change',
		annotations: ADDS,
	},
} as const satisfies Record<string, BacklogTool>;
