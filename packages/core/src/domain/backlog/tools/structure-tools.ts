import { z } from 'zod';
import { anyObject, file, flag, openObject, optionalText, projectRoot, tag, text } from './fields.ts';
import { ADDS, type BacklogTool, READS, REMOVES, SETS } from './tool.ts';

const message = z.string().optional().describe('What was done, in a sentence.');
const warnings = z.array(z.string()).optional();
const id = text('The task (`15`) or subtask (`15.2`) that waits.');
const dependsOn = text('The task (`7`) or subtask (`7.1`) that it waits for.');
const problems = z.array(z.looseObject({ type: z.string(), taskId: z.string(), message: z.string() }));

/** STRUCTURE_TOOLS are those of dependencies and tags. */
export const STRUCTURE_TOOLS = {
	add_dependency: {
		title: 'Add a dependency',
		description: 'Makes a task or subtask wait for another one. Refused where it would close a circle, which is named.',
		input: z.object({ projectRoot, id, dependsOn, file, tag }),
		output: openObject({ taskId: z.string(), dependencyId: z.string(), message }),
		kind: 'change',
		annotations: SETS,
	},
	remove_dependency: {
		title: 'Remove a dependency',
		description: 'Lets a task or subtask wait for another one no more.',
		input: z.object({ projectRoot, id, dependsOn, file, tag }),
		output: openObject({ taskId: z.string(), dependencyId: z.string(), message }),
		kind: 'change',
		annotations: REMOVES,
	},
	validate_dependencies: {
		title: 'Check dependencies',
		description:
			'Lists dependencies on what is missing, on itself and in circles, and changes nothing. fix_dependencies mends them.',
		input: z.object({ projectRoot, file, tag }),
		output: openObject({ valid: z.boolean(), problems, message }),
		kind: 'read',
		annotations: READS,
	},
	fix_dependencies: {
		title: 'Mend dependencies',
		description:
			'Takes out dependencies on what is missing, doubles and such on itself, and breaks circles. Only in this tag.',
		input: z.object({ projectRoot, file, tag }),
		output: openObject({ fixed: z.number(), changes: z.array(anyObject), cycles: z.array(z.string()), message }),
		kind: 'change',
		annotations: REMOVES,
	},
	list_tags: {
		title: 'List tags',
		description: 'Lists the tags (separate lists of tasks) with their counts and which one is current.',
		input: z.object({ projectRoot, showMetadata: flag('Also when they were made, and what for.'), file }),
		output: openObject({
			tags: z.array(
				z.looseObject({ name: z.string(), taskCount: z.number(), completedTasks: z.number(), isCurrent: z.boolean() }),
			),
			currentTag: z.string(),
		}),
		kind: 'read',
		annotations: READS,
	},
	add_tag: {
		title: 'Add a tag',
		description:
			'Adds a tag: empty, or with the tasks of the current tag, of another tag, or named after the git branch.',
		input: z.object({
			projectRoot,
			name: optionalText('Its name: letters, digits, `-` and `_`. May be left out with `fromBranch`.'),
			copyFromCurrent: flag('Begin with the tasks of the current tag.'),
			copyFromTag: optionalText('Begin with the tasks of this tag.'),
			fromBranch: flag('Name it after the current git branch.'),
			description: optionalText('What it is for.'),
			file,
		}),
		output: openObject({ tagName: z.string(), message }),
		kind: 'change',
		annotations: ADDS,
	},
	delete_tag: {
		title: 'Delete a tag',
		description: 'Deletes a tag with all its tasks. `master` stays.',
		input: z.object({
			projectRoot,
			name: text('The tag.'),
			yes: flag('Accepted for compatibility; nobody is asked.'),
			file,
		}),
		output: openObject({ tagName: z.string(), tasksDeleted: z.number(), message }),
		kind: 'change',
		annotations: { ...REMOVES, idempotent: false },
	},
	use_tag: {
		title: 'Switch to a tag',
		description: 'Makes a tag the current one: the one that tools work on where none is named.',
		input: z.object({ projectRoot, name: text('The tag.'), file }),
		output: openObject({ currentTag: z.string(), message }),
		kind: 'change',
		annotations: SETS,
	},
	rename_tag: {
		title: 'Rename a tag',
		description: 'Gives a tag another name. `master` keeps its own.',
		input: z.object({ projectRoot, oldName: text('The tag.'), newName: text('Its new name.'), file }),
		output: openObject({ oldName: z.string(), newName: z.string(), message }),
		kind: 'change',
		annotations: ADDS,
	},
	copy_tag: {
		title: 'Copy a tag',
		description: 'Makes a new tag with the same tasks as another.',
		input: z.object({
			projectRoot,
			sourceName: text('The tag to copy.'),
			targetName: text('The new tag.'),
			description: optionalText('What it is for.'),
			file,
		}),
		output: openObject({ sourceName: z.string(), targetName: z.string(), tasksCopied: z.number(), message, warnings }),
		kind: 'change',
		annotations: ADDS,
	},
} as const satisfies Record<string, BacklogTool>;
