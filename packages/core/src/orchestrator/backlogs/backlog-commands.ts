import type { ConversationId } from '../../domain/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { BacklogSummary, IBacklogDesk } from '../desks/backlog.ts';
import type { Principal } from '../desks/desk.ts';

/** BACKLOG_COMMANDS are the commands about what is to be done in people's projects. */
export const BACKLOG_COMMANDS = ['backlog', 'next', 'done', 'run', 'watch'] as const;

export type BacklogCommandName = (typeof BACKLOG_COMMANDS)[number];

/** isBacklogCommand tells them from the other commands. */
export function isBacklogCommand(name: string): name is BacklogCommandName {
	return (BACKLOG_COMMANDS as readonly string[]).includes(name);
}

/** BacklogCommandCall is such a command as it was written. */
export interface BacklogCommandCall {
	readonly name: BacklogCommandName;
	/** Everything after the name. */
	readonly rest: string;
	readonly conversation: ConversationId;
}

/** runBacklogCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runBacklogCommand(
	backlogs: IBacklogDesk | undefined,
	principal: Principal,
	{ name, rest, conversation }: BacklogCommandCall,
): Promise<string> {
	if (backlogs === undefined) return 'This server keeps no backlogs.';
	try {
		return await COMMANDS[name]({ backlogs, principal, conversation, words: rest.trim() });
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

interface Context {
	readonly backlogs: IBacklogDesk;
	readonly principal: Principal;
	readonly conversation: ConversationId;
	readonly words: string;
}

/** Items that a list in a chat shows. */
const SHOWN = 15;

const COMMANDS: Readonly<Record<BacklogCommandName, (context: Context) => Promise<string>>> = {
	async backlog(context) {
		const project = await projectNamed(context, context.words);
		return typeof project === 'string' ? project : overview(context, project);
	},
	async next(context) {
		const project = await projectNamed(context, context.words);
		if (typeof project === 'string') return project;
		const { nextTask, message } = await call(context, project, 'next_task', {});
		if (!isJsonObject(nextTask)) return textOf(message) || `Nothing in **${project.name}** can be started now.`;
		const { id, title, description, status } = nextTask;
		const words = shortened(textOf(description), 600);
		return [
			`**${id}** ${textOf(title)} – ${textOf(status)}`,
			words,
			`\`/run ${id}\` has it carried out, \`/done ${id}\` ticks it off.`,
		]
			.filter((line) => line !== '')
			.join('\n\n');
	},
	done: (context) =>
		withItem(context, async (project, id) => {
			await call(context, project, 'set_task_status', { id, status: 'done' });
			return `${id} of **${project.name}** is done.`;
		}),
	run: (context) =>
		withItem(context, async (project, id) => textOf((await call(context, project, 'run_task', { id }))['message'])),
	watch: (context) =>
		withItem(context, async (project, id) => {
			const { watchId: _watchId, message } = await call(context, project, 'watch_task', { id });
			return textOf(message);
		}),
};

async function overview(context: Context, project: BacklogSummary): Promise<string> {
	const { tasks, stats } = await call(context, project, 'get_tasks', {
		status: 'pending,in-progress,review,blocked',
		compact: true,
		limit: SHOWN,
	});
	const rows = Array.isArray(tasks) ? (tasks as readonly Json[]).filter(isJsonObject) : [];
	const counts = isJsonObject(stats) ? stats : {};
	const head = `**${project.name}** – ${counts['completed'] ?? project.done} of ${counts['total'] ?? project.items} done`;
	const lines = rows.map(({ id, title, status }) => `- **${id}** ${shortened(textOf(title), 80)} – ${textOf(status)}`);
	return [head, lines.length === 0 ? 'Nothing is open.' : lines.join('\n')].join('\n\n');
}

/** `/done 5`, `/done 5.2`, and with several projects `/done 5 shop`. */
async function withItem(
	context: Context,
	work: (project: BacklogSummary, id: string) => Promise<string>,
): Promise<string> {
	const [, id, named = ''] = /^#?(\d+(?:\.\d+)?)(?:\s+(.*))?$/s.exec(context.words) ?? [];
	if (id === undefined) return 'Which one? Write its number, as in `5` or `5.2`.';
	const project = await projectNamed(context, named.trim());
	return typeof project === 'string' ? project : work(project, id);
}

/** The one that is meant, or what to say where that is not clear. */
async function projectNamed({ backlogs, principal }: Context, named: string): Promise<BacklogSummary | string> {
	const all = await backlogs.list(principal);
	const wanted = named.toLowerCase();
	const exact = all.filter(({ name }) => name.toLowerCase() === wanted);
	const fitting = exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase().startsWith(wanted));
	const [only, ...more] = fitting;
	if (only !== undefined && more.length === 0) return only;
	if (all.length === 0) return 'You have no backlog yet. An editor that speaks MCP begins one, or `parse_prd`.';
	const listed = (only === undefined ? all : fitting).slice(0, 20).map(({ name, items, done, projectRoot }) => {
		const where = projectRoot === undefined ? '' : ` (${projectRoot})`;
		return `- **${name}**${where} – ${done} of ${items} done`;
	});
	return [only === undefined ? `You have no backlog “${named}”.` : 'Which one?', listed.join('\n')].join('\n\n');
}

function call(
	{ backlogs, principal, conversation }: Context,
	{ id }: BacklogSummary,
	tool: string,
	args: JsonObject,
): Promise<JsonObject> {
	return backlogs.call(principal, { tool, args: { projectRoot: id, ...args } }, { conversation });
}

function textOf(value: Json | undefined): string {
	return typeof value === 'string' ? value : '';
}
