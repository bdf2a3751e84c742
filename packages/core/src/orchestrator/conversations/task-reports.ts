import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { frontendOf, homeOf } from '../../domain/conversation/places.ts';
import type { ReplyBody } from '../../domain/conversation/reply.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { type ConversationId, conversationStream, type PersonId } from '../../domain/ids.ts';
import type { PersonView } from '../../domain/person/person-view.ts';
import { sourceLines } from '../../domain/task/source-lines.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import { outcomeWords, renderReport } from '../render/report.ts';
import type { TaskNumbers } from '../tasks/task-numbers.ts';
import { asleepUntil } from './asleep-until.ts';
import { replyKey } from './reply-delivery.ts';

interface Dependencies {
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	readonly people: Pick<IPeopleDesk, 'view'>;
	readonly numbers: Pick<TaskNumbers, 'numberOf'>;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly clock: IClock;
}

/** TaskReports hands what a task owes to all conversations that are told: its own, its followers, and where its person wants to be told. */
export class TaskReports {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** `hint` is said at the end of an answer. */
	async handOver(task: Task, report: Report, hint?: string): Promise<void> {
		const { about } = report;
		const person = await this.#deps.people.view(task.person);
		const told = [...new Set([...own(task), ...task.followers, ...preferred(task, report, person)])];
		if (about.kind === 'question-closed') {
			const asked = task.questions[about.questionId];
			const outcome = asked === undefined ? {} : { outcome: outcomeWords(asked) };
			// Where it was asked is not known any more: preferences change, and conversations stop following.
			const everywhere = new Set([...told, ...homesOf(person)]);
			const closing = { type: 'CloseQuestion', taskId: task.id, questionId: about.questionId, ...outcome } as const;
			await Promise.all([...everywhere].map((id) => this.#tell(id, { ...closing, at: this.#now() })));
			return;
		}
		const rendered = renderReport(task, report);
		if (rendered === undefined) return;
		const isAnswer = rendered.kind === 'answer' && hint !== undefined;
		const reply = isAnswer ? { ...rendered, text: `${rendered.text}\n\n${hint}` } : rendered;
		await Promise.all(told.map((id) => this.#record(task, id, reply, person)));
	}

	async #record(task: Task, id: ConversationId, body: ReplyBody, person: PersonView | undefined): Promise<void> {
		const at = this.#now();
		const limits = this.#deps.frontend(frontendOf(id))?.limits;
		const { quietMs = 0, edits = true, showsTasks = false } = limits ?? {};
		const until = await asleepUntil(this.#deps, id, { person, now: at });
		const isProgress = body.kind === 'progress';
		// By the morning it is no news any more.
		if (isProgress && until !== undefined) return;
		const notBefore = until ?? (isProgress && quietMs > 0 ? at + quietMs : undefined);
		const reply = {
			...body,
			// Where nothing is edited and no task shown, people ask for the rest by the task's number.
			...(isProgress && !edits && !showsTasks ? { text: await this.#numbered(task, body.text) } : {}),
			...(body.kind === 'answer' && !showsTasks ? { text: withSources(task, body.text) } : {}),
			...(id === task.conversation && task.inReplyTo !== undefined ? { inReplyTo: task.inReplyTo } : {}),
		};
		const command = { type: 'RecordReply', at, reply, ...(notBefore === undefined ? {} : { notBefore }) } as const;
		await this.#tell(id, command, replyKey(id, reply));
	}

	async #numbered({ id, person }: { id: Task['id']; person: PersonId }, text: string): Promise<string> {
		return `Task ${await this.#deps.numbers.numberOf(person, id)}: ${text}`;
	}

	async #tell(id: ConversationId, command: ConversationCommand, key?: string): Promise<void> {
		await this.#deps.conversations.handle(conversationStream(id), command, key);
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

/** The marks of a text lead somewhere only if its sources stand below it. */
function withSources({ end }: Task, text: string): string {
	const lines = end?.status === 'done' ? sourceLines(end.result.sources, { text: end.result.text }) : [];
	return lines.length === 0 ? text : `${text}\n\n**Sources**\n\n${lines.join('\n')}`;
}

function homesOf(person: PersonView | undefined): readonly ConversationId[] {
	if (person === undefined) return [];
	const accounts = [...person.identities.map(({ identity }) => identity), `web:${person.id}`];
	return accounts.flatMap((identity) => homeOf(identity) ?? []);
}

function own({ conversation }: Task): readonly ConversationId[] {
	return conversation === undefined ? [] : [conversation];
}

/** What a planned task asks, and its end, are told where the person wants them as well; small talk is not. */
function preferred(task: Task, { about }: Report, person: PersonView | undefined): readonly ConversationId[] {
	if (person === undefined || task.conversation === undefined || about.kind === 'plan') return [];
	if (task.planVersion === 0 && about.kind === 'end') return [];
	const { questions, answers } = person.preferences.notify;
	const frontend = about.kind === 'end' ? answers : questions;
	if (frontend === undefined || frontend === frontendOf(task.conversation)) return [];
	const identity =
		frontend === 'web'
			? `web:${person.id}`
			: person.identities.find(({ identity }) => identity.startsWith(`${frontend}:`))?.identity;
	const home = identity === undefined ? undefined : homeOf(identity);
	return home === undefined ? [] : [home];
}
