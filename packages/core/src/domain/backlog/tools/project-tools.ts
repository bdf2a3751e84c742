import { z } from 'zod';
import {
	anyObject,
	asObject,
	count,
	flag,
	neededChoice,
	openObject,
	optionalNumber,
	optionalProjectRoot,
	optionalText,
	projectRoot,
	tag,
	text,
	textList,
} from './fields.ts';
import { ADDS, type BacklogTool, READS, REMOVES, SETS } from './tool.ts';

const message = z.string().optional().describe('What was done, in a sentence.');
const testResults = z
	.preprocess(
		asObject,
		z.looseObject({
			total: count('All tests that there are.'),
			passed: count('Tests that passed.'),
			failed: count('Tests that failed.'),
			skipped: count('Tests that were not run.'),
		}),
	)
	.describe('What the run of the project’s tests came to.');
const autopilotAnswer = openObject({
	taskId: z.string(),
	branchName: z.string(),
	phase: z.enum(['SUBTASK_LOOP', 'FINALIZE', 'COMPLETE']),
	tddPhase: z.enum(['RED', 'GREEN', 'COMMIT']).optional(),
	progress: openObject({ completed: z.number(), total: z.number(), percentage: z.number() }),
	currentSubtask: anyObject.nullable(),
	nextAction: z.string(),
	message,
});
const projectOnly = z.object({ projectRoot });

/** PROJECT_TOOLS set a project up, look after long work, carry items out, and tell of changes. */
export const PROJECT_TOOLS = {
	initialize_project: {
		title: 'Set a project up',
		description: 'Sets up a backlog in a project’s folder. Safe where there is one already.',
		input: z.object({
			projectRoot,
			skipInstall: flag('Accepted for compatibility; nothing is installed.'),
			addAliases: flag('Accepted for compatibility; no shell is changed.'),
			initGit: flag('Accepted for compatibility; git is left alone.'),
			storeTasksInGit: flag('Accepted for compatibility.'),
			yes: flag('Accepted for compatibility; nobody is asked.'),
			rules: textList('Editors to write rule files for.'),
		}),
		output: openObject({ message, projectRoot: z.string().optional() }),
		kind: 'desk',
		annotations: SETS,
	},
	models: {
		title: 'Show or choose models',
		description: 'Shows which models do the work, lists those available, or chooses one for a role.',
		input: z.object({
			projectRoot,
			setMain: optionalText('The model for most work.'),
			setResearch: optionalText('The model for research.'),
			setFallback: optionalText('The model for when another fails.'),
			listAvailableModels: flag('List the models available.'),
			openrouter: flag('The model is one of OpenRouter.'),
			ollama: flag('The model is one of Ollama.'),
			bedrock: flag('The model is one of Bedrock.'),
			azure: flag('The model is one of Azure.'),
			vertex: flag('The model is one of Vertex.'),
			'openai-compatible': flag('The model is one of a server that speaks OpenAI’s API.'),
			baseURL: optionalText('Where that server is.'),
		}),
		output: openObject({ activeModels: anyObject.optional(), message }),
		kind: 'desk',
		annotations: SETS,
	},
	rules: {
		title: 'Add or remove editor rules',
		description: 'Adds or removes rule files that tell an editor’s agent how to use this backlog.',
		input: z.object({
			projectRoot,
			action: neededChoice('What to do.', ['add', 'remove']),
			profiles: textList('Editors, such as cursor, claude, windsurf, vscode.'),
			force: flag('Also where the last ones would go.'),
		}),
		output: openObject({ message }),
		kind: 'desk',
		annotations: REMOVES,
	},
	'response-language': {
		title: 'Choose the language',
		description: 'Chooses the language in which tasks are written.',
		input: z.object({ projectRoot, language: text('The language, such as English or 中文.') }),
		output: openObject({ responseLanguage: z.string(), message }),
		kind: 'change',
		annotations: SETS,
	},
	operation_status: {
		title: 'See how work goes',
		description:
			'Tells how a long operation goes, and its result once it has ended. Use the operationId that a tool answered.',
		input: z.object({ operationId: text('The operation.'), projectRoot: optionalProjectRoot }),
		output: openObject({
			operationId: z.string(),
			status: z.enum(['in_progress', 'completed', 'error', 'cancelled']),
			progress: z.number(),
			estimatedSeconds: z.number().optional(),
			result: anyObject.optional(),
			error: anyObject.optional(),
		}),
		kind: 'desk',
		needsProject: false,
		annotations: READS,
	},
	operation_cancel: {
		title: 'Stop an operation',
		description: 'Stops a long operation; what it has finished so far is kept.',
		input: z.object({ operationId: text('The operation.'), projectRoot: optionalProjectRoot }),
		output: openObject({ operationId: z.string(), status: z.string(), message }),
		kind: 'desk',
		needsProject: false,
		annotations: { ...REMOVES, destructive: false },
	},
	run_task: {
		title: 'Have a task carried out',
		description:
			'Has Errand carry a task or subtask out itself; its status follows how that goes. Use it for errands such as looking things up, reading pages, and writing files.',
		input: z.object({
			projectRoot,
			id: text('The task (`15`) or subtask (`15.2`).'),
			review: flag('Once it is carried out its status is `review`, and not `done`: somebody looks at it first.'),
			tag,
		}),
		output: openObject({ taskId: z.string(), errandTaskId: z.string().optional(), message }),
		kind: 'desk',
		annotations: ADDS,
	},
	watch_task: {
		title: 'Watch a task',
		description: 'Tells the person, wherever they are reached, when a task (or any task of the tag) changes.',
		input: z.object({ projectRoot, id: optionalText('The task or subtask; left out: all of the tag.'), tag }),
		output: openObject({ watchId: z.string(), message }),
		kind: 'desk',
		annotations: SETS,
	},
	unwatch_task: {
		title: 'Watch a task no more',
		description: 'Ends what watch_task began.',
		input: z.object({
			projectRoot,
			id: optionalText('The task or subtask; left out: all of the tag.'),
			watchId: optionalText('The watchId that watch_task answered.'),
			tag,
		}),
		output: openObject({ message }),
		kind: 'desk',
		annotations: SETS,
	},
	list_backlogs: {
		title: 'List backlogs',
		description: 'Lists the projects that have a backlog here.',
		input: z.object({}),
		output: openObject({ backlogs: z.array(anyObject) }),
		kind: 'desk',
		annotations: READS,
	},
	autopilot_start: {
		title: 'Start the test-driven loop',
		description:
			'Starts a test-driven loop (red, green, commit) over the subtasks of a task, on a git branch of its own.',
		input: z.object({
			projectRoot,
			taskId: text('The task.'),
			tag,
			maxAttempts: optionalNumber('Attempts for each subtask; 3 as a rule.', { min: 1, max: 20 }),
			force: flag('Also with changes that are not committed, and in place of a loop that is under way.'),
		}),
		output: autopilotAnswer,
		kind: 'desk',
		annotations: ADDS,
	},
	autopilot_resume: {
		title: 'Resume the test-driven loop',
		description:
			'Goes on with the loop that was interrupted, on its branch; a subtask that was blocked gets new attempts.',
		input: projectOnly,
		output: autopilotAnswer,
		kind: 'desk',
		annotations: SETS,
	},
	autopilot_next: {
		title: 'See the loop’s next step',
		description: 'Says in plain words what to do next in the test-driven loop.',
		input: projectOnly,
		output: autopilotAnswer,
		kind: 'desk',
		annotations: READS,
	},
	autopilot_status: {
		title: 'See how the loop stands',
		description: 'Tells the loop’s phase, subtask and progress.',
		input: projectOnly,
		output: autopilotAnswer,
		kind: 'desk',
		annotations: READS,
	},
	autopilot_complete_phase: {
		title: 'Complete a phase of the loop',
		description:
			'Completes the red phase (a test fails) or the green phase (all tests pass) with the results of the tests, which you run.',
		input: z.object({
			projectRoot,
			testResults,
		}),
		output: autopilotAnswer,
		kind: 'desk',
		annotations: ADDS,
	},
	autopilot_commit: {
		title: 'Commit the subtask',
		description: 'Commits the work of the subtask and goes on to the next one.',
		input: z.object({
			projectRoot,
			files: textList('Files to commit; all changed ones as a rule.'),
			customMessage: optionalText('The commit’s message, where the usual one does not serve.'),
		}),
		output: autopilotAnswer,
		kind: 'desk',
		annotations: ADDS,
	},
	autopilot_finalize: {
		title: 'Finish the loop',
		description: 'Finishes the loop once all subtasks are committed and nothing is left uncommitted.',
		input: projectOnly,
		output: autopilotAnswer,
		kind: 'desk',
		annotations: SETS,
	},
	autopilot_abort: {
		title: 'Give the loop up',
		description: 'Ends the loop; branch and code stay as they are.',
		input: z.object({ projectRoot, force: flag('Accepted for compatibility; nobody is asked.') }),
		output: autopilotAnswer,
		kind: 'desk',
		annotations: { ...REMOVES, destructive: false },
	},
} as const satisfies Record<string, BacklogTool>;
