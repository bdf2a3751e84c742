import type { ConversationId, MessageId, TaskId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { IWorkflowDesk, WorkflowDetail } from '../desks/workflows.ts';

/** WORKFLOW_COMMANDS are the commands about workflows; `run` is one of them where what follows is a name. */
const WORKFLOW_COMMANDS = ['workflows', 'workflow', 'save', 'run'] as const;

export type WorkflowCommandName = (typeof WORKFLOW_COMMANDS)[number];

/** isWorkflowCommand tells them from the other commands: `/run 5.2` is about an item of a backlog. */
export function isWorkflowCommand(name: string, rest: string): name is WorkflowCommandName {
	if (name === 'run') return !/^#?\d+(?:\.\d+)?(?:\s|$)/.test(rest.trim()) && rest.trim() !== '';
	return (WORKFLOW_COMMANDS as readonly string[]).includes(name);
}

/** WorkflowCommandCall is such a command as it was written. */
export interface WorkflowCommandCall {
	readonly name: WorkflowCommandName;
	/** Everything after the name. */
	readonly rest: string;
	readonly conversation: ConversationId;
	readonly messageId: MessageId;
	/** The person's task of a number. */
	readonly taskOf: (number: number) => Promise<TaskId | undefined>;
}

/** runWorkflowCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runWorkflowCommand(
	desk: IWorkflowDesk,
	principal: Principal,
	call: WorkflowCommandCall,
): Promise<string> {
	try {
		return await COMMANDS[call.name](desk, principal, { ...call, rest: call.rest.trim() });
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

type Command = (desk: IWorkflowDesk, principal: Principal, call: WorkflowCommandCall) => Promise<string>;

const SHOWN = 40;

const COMMANDS: Readonly<Record<WorkflowCommandName, Command>> = {
	async workflows(desk, principal) {
		const all = await desk.list(principal);
		if (all.length === 0) return 'There are no workflows yet. `/save 3` makes one of your task 3.';
		const lines = all.slice(0, SHOWN).map(({ name, title, enabled, problems }) => {
			const state = enabled ? (problems.length > 0 ? ' – has problems' : '') : ' – off';
			return `- **${name}** ${title}${state}`;
		});
		const more = all.length > SHOWN ? [`… and ${all.length - SHOWN} more.`] : [];
		return [...lines, ...more, '', '`/workflow <name>` shows one, `/run <name>` runs it.'].join('\n');
	},
	async workflow(desk, principal, { rest }) {
		if (rest === '') return 'Which one? `/workflows` lists them.';
		return detailOf(await desk.get(principal, rest));
	},
	async run(desk, principal, { rest, conversation, messageId }) {
		const [, name = '', words = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
		const { definition, input: schema, title } = await desk.get(principal, name.toLowerCase());
		// What reads goals is loaded with its first use.
		const { chatInput } = await import('./chat-input.ts');
		const { input, missing } = chatInput(definition, words);
		if (missing.length > 0) return missingReply(definition.name, schema, missing);
		const idempotencyKey = `run:${conversation}:${messageId}`;
		await desk.run(principal, { name: definition.name, input, conversation, idempotencyKey });
		return `**${title}** runs. \`/status\` shows how it stands.`;
	},
	async save(desk, principal, { rest, taskOf }) {
		const [, number, named] = /^#?(\d{1,9})(?:\s+(?:as\s+)?([a-z0-9-]{1,63}))?$/i.exec(rest) ?? [];
		if (number === undefined)
			return 'Which task? Write `/save 3`, or `/save 3 as compare-offers`; `/tasks` lists them.';
		const task = await taskOf(Number(number));
		if (task === undefined) return `There is no task ${number} of yours. \`/tasks\` lists the latest ones.`;
		const draft = await desk.fromTask(principal, task);
		const text = named === undefined ? draft.text : draft.text.replace(/^name:.*$/m, `name: ${named.toLowerCase()}`);
		const { name } = await desk.save(principal, text, { learnedFrom: task });
		const needs = draft.parameters.map((parameter) => ` ${parameter}=…`).join('');
		return `Saved as **${name}**. \`/run ${name}${needs}\` runs it.`;
	},
};

function detailOf({ name, title, description, version, enabled, input, steps, problems }: WorkflowDetail): string {
	const parameters = Object.entries(propertiesIn(input)).map(([parameter, schema]) => {
		const words = typeof schema['description'] === 'string' ? ` – ${schema['description']}` : '';
		return `- \`${parameter}\`${needed(input).includes(parameter) ? '' : ' (may be left out)'}${words}`;
	});
	const outer = steps.filter(({ parent }) => parent === undefined).map((step, index) => `${index + 1}. ${step.title}`);
	return [
		`**${title}** (\`${name}\`, version ${version}${enabled ? '' : ', off'})`,
		description ?? '',
		parameters.length === 0 ? '' : `It takes:\n${parameters.join('\n')}`,
		`It does:\n${outer.slice(0, SHOWN).join('\n')}`,
		problems.length === 0 ? '' : `Problems:\n${problems.map(({ message }) => `- ${message}`).join('\n')}`,
		`\`/run ${exampleOf(name, input, needed(input))}\``,
	]
		.filter((part) => part !== '')
		.join('\n\n');
}

function missingReply(name: string, input: JsonObject, missing: readonly string[]): string {
	const words = missing.map((parameter) => {
		const description = propertiesIn(input)[parameter]?.['description'];
		return `- \`${parameter}\`${typeof description === 'string' ? ` – ${description}` : ''}`;
	});
	const example = `\`/run ${exampleOf(name, input, missing)}\``;
	return [`**${name}** needs to know more:`, words.join('\n'), `Write for example ${example}.`].join('\n\n');
}

function exampleOf(name: string, input: JsonObject, parameters: readonly string[]): string {
	const parts = parameters.map((parameter) => {
		const { examples, default: preset, type, format } = propertiesIn(input)[parameter] ?? {};
		const example = Array.isArray(examples) ? (examples as readonly unknown[])[0] : preset;
		const value = typeof example === 'string' || typeof example === 'number' ? String(example) : sample(type, format);
		return `${parameter}=${/\s/.test(value) ? `"${value}"` : value}`;
	});
	return [name, ...parts].join(' ');
}

function sample(type: unknown, format: unknown): string {
	if (type === 'number' || type === 'integer') return '3';
	if (type === 'boolean') return 'true';
	return format === 'uri' || type === 'array' ? 'https://example.org' : 'some words';
}

function propertiesIn({ properties }: JsonObject): Readonly<Record<string, JsonObject>> {
	return (properties ?? {}) as Readonly<Record<string, JsonObject>>;
}

function needed({ required }: JsonObject): readonly string[] {
	return Array.isArray(required) ? (required as readonly string[]) : [];
}
