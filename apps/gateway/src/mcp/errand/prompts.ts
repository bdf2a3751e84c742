import { CoreError } from '@errand/core/domain/errors.ts';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';

interface PromptText {
	readonly listing: Prompt;
	text(input: Readonly<Record<string, string>>): string;
}

const PROJECT = {
	name: 'projectRoot',
	description: 'The project’s folder or its backlog’s id; the open folder if left out.',
};

const TEXTS: readonly PromptText[] = [
	{
		listing: {
			name: 'plan_project',
			title: 'Plan this project',
			description: 'From an idea or a requirements document to a backlog that can be worked off.',
			arguments: [
				{
					name: 'goal',
					description: 'The idea in a few words, or the path of a requirements document.',
					required: true,
				},
				PROJECT,
			],
		},
		text: ({ goal = '', projectRoot }) =>
			`Plan this project: ${goal}\n\n${projectLine(projectRoot)}1. Call \`initialize_project\`.
2. If the goal is a path of a document, use it; else write a short requirements document from it with headings and lists, show it to me, and save it in the project.
3. Call \`parse_prd\` with it, then \`analyze_project_complexity\`, then \`expand_task\` for each task that scores 8 or more. When a tool answers with an \`operationId\`, ask \`operation_status\` until it has ended.
4. Call \`validate_dependencies\`, mend what it names, and show me the tasks in their order with what depends on what.`,
	},
	{
		listing: {
			name: 'what_next',
			title: 'What next?',
			description: 'The next task, and how to begin it.',
			arguments: [PROJECT],
		},
		text: ({ projectRoot }) =>
			`What should I work on next?\n\n${projectLine(projectRoot)}Call \`next_task\`. Tell me what it is, why it is next (priority, what it unblocks) and the first steps. If I agree, set it to in-progress with \`set_task_status\`. If Errand could carry it out by itself (looking things up, comparing, writing documents), offer \`run_task\`.`,
	},
	{
		listing: {
			name: 'break_down',
			title: 'Break this down',
			description: 'Splits a task into subtasks that can each be done in one go.',
			arguments: [{ name: 'id', description: 'The task’s id.', required: true }, PROJECT],
		},
		text: ({ id = '', projectRoot }) =>
			`Break task ${id} down.\n\n${projectLine(projectRoot)}Call \`get_task\` with id ${id}, then \`expand_task\`. When it answers with an \`operationId\`, ask \`operation_status\` until it has ended. Show me the subtasks, say what is missing or too large, and mend that with \`add_subtask\`, \`update_subtask\` or \`remove_subtask\` once I agree.`,
	},
	{
		listing: {
			name: 'daily_summary',
			title: 'Daily summary',
			description: 'What was done, what runs, what waits, what is next.',
			arguments: [PROJECT],
		},
		text: ({ projectRoot }) =>
			`Give me a summary of today.\n\n${projectLine(projectRoot)}Call \`get_tasks\` with \`compact\`, \`next_task\` and \`list_tasks\`. In at most twelve lines: what is done, what is in progress, what is blocked and by what, what Errand's own tasks found or ask, and the three things to do next.`,
	},
];

/** PROMPTS are what a person can pick at their client. */
export const PROMPTS: readonly Prompt[] = TEXTS.map(({ listing }) => listing);

/** promptOf words a prompt; throws `not-found` for one there is not, `invalid-input` where something it needs is missing. */
export function promptOf(name: string, input: Readonly<Record<string, string>>): GetPromptResult {
	const found = TEXTS.find(({ listing }) => listing.name === name);
	if (found === undefined) {
		throw new CoreError('not-found', `There is no prompt "${name.slice(0, 100)}".`, {
			hint: `There are: ${PROMPTS.map((prompt) => prompt.name).join(', ')}.`,
		});
	}
	const missing = (found.listing.arguments ?? []).filter((each) => each.required && !input[each.name]?.trim());
	if (missing.length > 0) {
		throw new CoreError('invalid-input', `The prompt "${name}" needs ${missing.map((each) => each.name).join(', ')}.`, {
			hint: 'Give every argument it needs.',
		});
	}
	return {
		description: found.listing.description ?? '',
		messages: [{ role: 'user', content: { type: 'text', text: found.text(input) } }],
	};
}

function projectLine(projectRoot: string | undefined): string {
	return projectRoot?.trim()
		? `The project is "${projectRoot.trim()}": give it as \`projectRoot\` in every call.\n`
		: '';
}
