import { readChatCommand } from '@errand/core/domain/conversation/chat-command.ts';
import { looksLikeGoal, questionHelp, readAnswer } from '@errand/core/domain/conversation/read-answer.ts';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { Attachment } from '@errand/core/domain/task/facts.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { Ask } from './read-ask.ts';
import type { Said } from './said.ts';

/** Begun is the task that a request is about, the fact from which on it is told of, and words that go before its answer. */
export interface Begun {
	readonly task: TaskId;
	readonly from: number;
	readonly note?: string | undefined;
}

interface Desk {
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'answer' | 'cancel'>;
	readonly artifacts: Pick<IArtifactStore, 'put'>;
}

/**
 * beginTask takes what a conversation asks to the core: an answer to the question of a task goes there, everything else
 * becomes a task. Only one's own tasks are there; a question of another person's is no question.
 */
export async function beginTask(
	desk: Desk,
	principal: Principal,
	{ ask, idempotencyKey }: { readonly ask: Ask; readonly idempotencyKey?: string | undefined },
): Promise<Begun> {
	const replied = ask.reply === undefined ? undefined : await reply(desk, principal, ask.reply);
	if (replied !== undefined) return replied;
	const { id } = await desk.tasks.submit(principal, { ...ask.goal, idempotencyKey });
	return { task: id, from: 0 };
}

async function reply(
	desk: Desk,
	principal: Principal,
	{ to, said }: NonNullable<Ask['reply']>,
): Promise<Begun | undefined> {
	const command = readChatCommand(said.text);
	if (command?.name === 'new') return undefined;
	const view = await ownTask(desk, principal, to.task);
	if (view === undefined) {
		// What may be a secret is not made a goal, which history keeps.
		if (to.secret) throw unknownTask(to.task);
		return undefined;
	}
	const begun: Begun = { task: to.task, from: view.seq };
	if (command?.name === 'cancel') {
		if (view.endedAt === undefined) await desk.tasks.cancel(principal, to.task);
		return begun;
	}
	const question = view.questions.find(({ id }) => id === to.question);
	if (question === undefined || view.endedAt !== undefined) {
		if (!to.secret && looksLikeGoal(said)) return undefined;
		return {
			...begun,
			note: 'That question has been answered already; nothing was changed. This is how the task stands.',
		};
	}
	const answer = await answerIn(desk, principal, { question, said, task: to.task });
	if (answer === undefined) {
		return looksLikeGoal(said)
			? undefined
			: { ...begun, note: `That does not answer it. ${firstLine(questionHelp(question))}` };
	}
	await desk.tasks.answer(principal, to.task, question.id, answer);
	return begun;
}

function unknownTask(task: TaskId): CoreError {
	return new CoreError('unknown-task', `Task ${task}, which asked for a secret, is not yours or not there any more.`, {
		hint: 'Nothing was kept. Say what you want done in a new conversation.',
	});
}

async function ownTask(desk: Desk, principal: Principal, task: TaskId): Promise<TaskView | undefined> {
	try {
		return await desk.tasks.view(principal, task);
	} catch (error) {
		if (isCoreError(error, 'unknown-task')) return undefined;
		throw error;
	}
}

/** A secret goes to the desk as it is: that puts it into the vault before anything else. */
async function answerIn(
	{ artifacts }: Desk,
	{ person }: Principal,
	{ question, said, task }: { readonly question: Question; readonly said: Said; readonly task: TaskId },
) {
	if (question.kind === 'secret') return said.text.trim() || undefined;
	if (question.kind !== 'text') return readAnswer(question, { text: said.text, attachments: [] });
	const attachments = await Promise.all(
		said.attachments.map(async (one): Promise<Attachment> => {
			if (one.kind === 'url') return one;
			const { name, type, content } = one;
			return { kind: 'file', ...(await artifacts.put({ name, type, content, owner: { person, task } })) };
		}),
	);
	return readAnswer(question, { text: said.text, attachments });
}

function firstLine(text: string): string {
	return text.split('\n').at(-1) ?? '';
}
