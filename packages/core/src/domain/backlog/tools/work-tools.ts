import { z } from 'zod';
import {
	anyObject,
	choice,
	file,
	flag,
	inBackground,
	openObject,
	optionalNumber,
	optionalProjectRoot,
	optionalText,
	projectRoot,
	research,
	tag,
	text,
} from './fields.ts';
import { ADDS, type BacklogTool, READS, REMOVES, SETS } from './tool.ts';
import { operationFields } from './work-answer.ts';

const message = z.string().optional().describe('What was done, in a sentence.');
const warnings = z.array(z.string()).optional();
const prompt = optionalText('What to pay attention to.');
const num = optionalNumber('How many subtasks; by the complexity report as a rule.', { max: 100 });
const scopeInput = z.object({
	projectRoot,
	id: text('The tasks, with commas.'),
	strength: choice('How much; regular as a rule.', ['light', 'regular', 'heavy']),
	prompt,
	file,
	tag,
	research,
	async: inBackground,
});
const scopeOutput = openObject({ updatedTasks: z.array(anyObject).optional(), message, warnings, ...operationFields });

/** WORK_TOOLS plan: documents into tasks, tasks into subtasks, how hard they are, and what is known about them. */
export const WORK_TOOLS = {
	parse_prd: {
		title: 'Turn a document into tasks',
		description:
			'Reads a requirements document (PRD) and makes tasks with dependencies of it. Use it once at the beginning of a project, or with `append` for more.',
		input: z.object({
			projectRoot,
			input: optionalText('Path of the document; `.taskmaster/docs/prd.txt` as a rule.'),
			tag,
			output: optionalText('Accepted for compatibility; tasks go to the project’s backlog.'),
			numTasks: optionalNumber('About how many tasks; 0 or left out: as many as it takes.', { max: 500 }),
			force: flag('Replace the tasks there are.'),
			research,
			append: flag('Add to the tasks there are.'),
			async: inBackground,
		}),
		output: openObject({ tasks: z.array(anyObject).optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: { ...ADDS, destructive: true },
	},
	analyze_project_complexity: {
		title: 'Score how hard tasks are',
		description: 'Scores each task from 1 to 10 and says into how many subtasks to split it. Use it before expand_all.',
		input: z.object({
			projectRoot,
			threshold: optionalNumber('From which score on to recommend splitting; 5 as a rule.', { min: 1, max: 10 }),
			research,
			output: optionalText('Where to write the report, where that is not the project’s own place.'),
			file,
			ids: optionalText('Only these tasks, with commas.'),
			from: optionalNumber('Only tasks from this id on.'),
			to: optionalNumber('Only tasks up to this id.'),
			tag,
			async: inBackground,
		}),
		output: openObject({ report: anyObject.optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: SETS,
	},
	complexity_report: {
		title: 'Show the complexity report',
		description: 'Shows the last complexity report of the tag.',
		input: z.object({ projectRoot, file, tag }),
		output: openObject({ report: anyObject }),
		kind: 'read',
		annotations: READS,
	},
	expand_task: {
		title: 'Split a task into subtasks',
		description: 'Splits one task into subtasks. Subtasks there are stay, unless `force` replaces them.',
		input: z.object({
			projectRoot,
			id: text('The task.'),
			num,
			research,
			prompt,
			file,
			force: flag('Replace the subtasks there are.'),
			tag,
			async: inBackground,
		}),
		output: openObject({
			task: anyObject.optional(),
			subtasksAdded: z.number().optional(),
			message,
			warnings,
			...operationFields,
		}),
		kind: 'work',
		annotations: { ...ADDS, destructive: true },
	},
	expand_all: {
		title: 'Split all tasks into subtasks',
		description: 'Splits every task that is not done and has no subtasks yet.',
		input: z.object({
			projectRoot: optionalProjectRoot,
			num,
			research,
			prompt,
			force: flag('Also tasks that have subtasks, which are replaced.'),
			file,
			tag,
			async: inBackground,
		}),
		output: openObject({ expandedCount: z.number().optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: { ...ADDS, destructive: true },
	},
	scope_up_task: {
		title: 'Make a task more thorough',
		description: 'Rewrites tasks to ask for more: more thorough, more complete.',
		input: scopeInput,
		output: scopeOutput,
		kind: 'work',
		annotations: ADDS,
	},
	scope_down_task: {
		title: 'Make a task simpler',
		description: 'Rewrites tasks to ask for less: simpler, only what is needed.',
		input: scopeInput,
		output: scopeOutput,
		kind: 'work',
		annotations: ADDS,
	},
	research: {
		title: 'Research a question',
		description:
			'Answers a question with the project’s tasks and files at hand. Use it for what must be known before work goes on; it can be saved to a task.',
		input: z.object({
			projectRoot,
			query: text('The question.'),
			taskIds: optionalText('Tasks that matter to it, with commas.'),
			filePaths: optionalText('Files of the project that matter to it, with commas.'),
			customContext: optionalText('What else to know.'),
			includeProjectTree: flag('Show it the project’s files by name.'),
			detailLevel: choice('How long an answer; medium as a rule.', ['low', 'medium', 'high']),
			saveTo: optionalText('Append the answer to this task (`15`) or subtask (`15.2`).'),
			saveToFile: flag('Keep the answer as a file of the project.'),
			tag,
			async: inBackground,
		}),
		output: openObject({ result: z.string().optional(), message, warnings, ...operationFields }),
		kind: 'work',
		annotations: ADDS,
	},
	generate: {
		title: 'Write task files',
		description: 'Writes one Markdown file for each task.',
		input: z.object({ projectRoot, output: optionalText('The folder; the tasks file’s own as a rule.'), tag, file }),
		output: openObject({ files: z.array(z.string()).optional(), count: z.number().optional(), message }),
		kind: 'desk',
		annotations: { ...REMOVES, destructive: false },
	},
} as const satisfies Record<string, BacklogTool>;
