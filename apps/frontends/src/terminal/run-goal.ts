import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import { endLines } from './render-answer.ts';
import { markdownLines } from './render-markdown.ts';
import { saveFiles } from './save-files.ts';
import type { Screen } from './screen.ts';
import type { OutgoingFile, ServerClient } from './server-client.ts';
import { watchTask } from './watch-task.ts';

/** Talk is what a goal needs: whom to ask, where to show, and who wants to know which task is running. */
export interface Talk {
	readonly client: ServerClient;
	readonly screen: Screen;
	/** The folder to save files in. */
	readonly saveIn: string | undefined;
	/** The server ends with this terminal, and its addresses with it. */
	readonly ownServer: boolean;
	/** Undefined: none runs any more. */
	onTask(taskId: string | undefined): void;
}

/** runGoal sends a goal and shows its task to the end. Undefined when the words became no task. */
export async function runGoal(
	talk: Talk,
	goal: string,
	attachments: readonly OutgoingFile[],
): Promise<TaskView | undefined> {
	// A question left open in this conversation must not take the goal for its answer.
	const outcome = await send(talk.client, `/new ${goal}`, attachments);
	if (outcome.kind === 'task') return showTask(talk, outcome.taskId);
	printReply(talk.screen, outcome.text);
	return undefined;
}

/** runCommand sends a slash command and prints what is said back. */
export async function runCommand({ client, screen }: Talk, command: string): Promise<void> {
	const outcome = await send(client, command, []);
	if (outcome.kind === 'reply') printReply(screen, outcome.text);
}

/** showTask watches a task and prints how it ended. */
export async function showTask(talk: Talk, taskId: string): Promise<TaskView> {
	const { onTask } = talk;
	onTask(taskId);
	return watchTask(talk, taskId, (view) => closingLines(talk, view)).finally(() => onTask(undefined));
}

async function closingLines(talk: Talk, view: TaskView): Promise<string[]> {
	const { client, screen } = talk;
	const placeOf = await filePlaces(talk, view);
	const look = { width: screen.width(), paint: screen.paint, placeOf };
	const open = view.endedAt === undefined ? view.questions : [];
	return [
		...(view.plan.steps.length > 0 ? [''] : []),
		...endLines(view, look),
		...open.flatMap((question) => [
			...markdownLines(question.text, look),
			`This needs an answer, and nobody can be asked here. Answer on the page: ${client.url}/#/tasks/${view.id}`,
		]),
	];
}

async function filePlaces({ client, saveIn, ownServer }: Talk, { result }: TaskView): Promise<(id: string) => string> {
	const files = result?.artifacts ?? [];
	const saved = saveIn === undefined || files.length === 0 ? undefined : await saveFiles(client, files, saveIn);
	return (id) => {
		const path = saved?.get(id);
		if (path !== undefined) return path;
		if (ownServer) return 'with --save FOLDER it is saved there; after npm start the page offers it';
		return `${client.url}/v1/artifacts/${encodeURIComponent(id)}`;
	};
}

type Outcome = { readonly kind: 'task'; readonly taskId: string } | { readonly kind: 'reply'; readonly text: string };

/** What became of a message stands in the conversation a moment after it was taken. */
async function send(client: ServerClient, text: string, attachments: readonly OutgoingFile[]): Promise<Outcome> {
	const { next: start } = await client.entries(0);
	const clientId = randomUUID();
	await client.say({ text, attachments, clientId });
	for (let waitMs = 20; ; waitMs = Math.min(500, waitMs * 1.6)) {
		const { entries } = await client.entries(start);
		const outcome = outcomeOf(entries, clientId);
		if (outcome !== undefined) return outcome;
		await pause(waitMs);
	}
}

function outcomeOf(entries: readonly ConversationEntry[], clientId: string): Outcome | undefined {
	const at = entries.findIndex((entry) => entry.kind === 'message' && entry.clientId === clientId);
	const own = entries[at];
	if (own?.kind !== 'message') return undefined;
	if (own.taskId !== undefined) return { kind: 'task', taskId: own.taskId };
	for (const entry of entries.slice(at + 1)) {
		if (entry.kind === 'reply' && entry.reply.taskId === undefined) return { kind: 'reply', text: entry.reply.text };
	}
	return undefined;
}

function printReply(screen: Screen, text: string): void {
	screen.print(markdownLines(text, { width: screen.width(), paint: screen.paint }));
}
