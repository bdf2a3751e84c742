import { randomInt } from 'node:crypto';
import type { AgentCommand } from '../../domain/agent/commands.ts';
import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import type { AgentMessage } from '../../domain/agent/message.ts';
import type { AgentWork } from '../../domain/agent/pending-agent-work.ts';
import type { Agent, WaitingMessage } from '../../domain/agent/state.ts';
import type { StepFailure } from '../../domain/capability.ts';
import { type CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import { agentStream, type TaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import { retryWaitMs } from '../../domain/task/retry-wait.ts';
import type { IAgentCourier } from '../../ports/agent-courier.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventStore } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender } from '../../ports/webhook-sender.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import type { AgentPost } from './agent-post.ts';
import { messageKey } from './agent-token.ts';
import { answerOf, eventOf } from './answer-of-task.ts';
import type { EndedTasks, TaskEvents } from './ended-tasks.ts';
import { keptMessages } from './kept-messages.ts';

interface Dependencies {
	readonly agents: Pick<CommandHandler<Agent, AgentCommand, RecordedAgentFact>, 'handle'>;
	readonly post: AgentPost;
	readonly store: Pick<IEventStore, 'read'>;
	readonly vault: ISecretVault;
	readonly sender: IWebhookSender;
	readonly courier?: IAgentCourier | undefined;
	readonly workflows?: Pick<IWorkflowDesk, 'run'> | undefined;
	readonly tasks: EndedTasks & TaskEvents;
	readonly roleOf: (person: Principal['person']) => Promise<Principal['role'] | undefined>;
	readonly clock: IClock;
	readonly log: ILogger;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Waits between the ten deliveries: half a day in all, as somebody mends what is broken. */
const RETRY = {
	maxAttempts: 10,
	waitsMs: [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 2 * 60 * MINUTE],
};

const NOBODY = 'Whoever it belongs to may have nothing done now.';

/** AgentWorker carries out what mailboxes are owed; every result comes back as a command. */
export class AgentWorker {
	readonly #deps: Dependencies;
	readonly #underWay = new Map<string, AbortController>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async carryOut(work: AgentWork, agent: Agent): Promise<void> {
		if (work.kind === 'wait') return;
		if (work.kind === 'sweep') return this.#tell(agent, { type: 'SweepMessages', at: this.#now() });
		const name = wayOf(agent.name, work.key);
		const wanted = new AbortController();
		this.#underWay.set(name, wanted);
		try {
			if (work.kind === 'carry') await this.#carry(agent, work.message, wanted.signal);
			else if (work.kind === 'follow') await this.#follow(agent, work, wanted.signal);
			else await this.#answerTask(agent, work);
		} finally {
			if (this.#underWay.get(name) === wanted) this.#underWay.delete(name);
		}
	}

	/** What nobody wants any more, or another process does now, is broken off. */
	dropped(agent: string, work: AgentWork): void {
		this.#underWay.get(wayOf(agent, work.key))?.abort();
	}

	/** Breaks off what is under way; it stays owed. */
	stop(): void {
		for (const way of this.#underWay.values()) way.abort();
	}

	async #carry(agent: Agent, waiting: WaitingMessage, signal: AbortSignal): Promise<void> {
		const [principal, message] = await Promise.all([this.#personOf(agent), this.#said(agent, waiting)]);
		if (principal === undefined) return this.#giveUp(agent, waiting, NOBODY);
		if (message === undefined) return this.#giveUp(agent, waiting, 'What it said is there no more.');
		try {
			const { reach } = agent;
			if (reach.kind === 'webhook') await this.#toWebhook(agent, waiting, { message, url: reach.url, signal });
			else if (reach.kind === 'workflow')
				await this.#toWorkflow(agent, waiting, { principal, message, name: reach.workflow });
			else if (reach.kind === 'a2a') await this.#toAgent(agent, waiting, { message, url: reach.url, signal });
		} catch (error) {
			if (signal.aborted) return;
			throw error;
		}
	}

	async #toWebhook(
		agent: Agent,
		waiting: WaitingMessage,
		{ message, url, signal }: { message: AgentMessage; url: string; signal: AbortSignal },
	): Promise<void> {
		const { clock, sender, vault } = this.#deps;
		const secret = agent.secret === undefined ? undefined : await vault.get(agent.secret);
		if (secret === undefined) return this.#giveUp(agent, waiting, 'There is no secret to sign it with.');
		const body = JSON.stringify({
			type: 'agent.message',
			timestamp: new Date(message.at).toISOString(),
			data: { agent: agent.name, message },
		});
		const eventId = `msg_${messageKey(agent.name, `${message.source}/${message.id}`)}`;
		const outcome = await sender.send({ url, eventId, at: clock.now(), body, secrets: [secret], signal });
		if (outcome.kind === 'delivered') return this.#finish(agent, waiting);
		const { failure, gone } = outcome;
		await this.#failed(agent, waiting, gone ? { ...failure, kind: 'permanent' } : failure);
	}

	async #toWorkflow(
		agent: Agent,
		waiting: WaitingMessage,
		{ principal, message, name }: { principal: Principal; message: AgentMessage; name: string },
	): Promise<void> {
		const { workflows } = this.#deps;
		if (workflows === undefined) return this.#giveUp(agent, waiting, 'Nothing here runs workflows.');
		const { origins = [], ...input } = message;
		const key = messageKey(message.source, message.id);
		try {
			const { id } = await workflows.run(principal, {
				name,
				input: input as Json,
				goal: `A message "${message.type}" from ${message.source} to ${agent.name}`,
				idempotencyKey: `agent.${agent.name}.${key}`,
				origins: [...new Set([...origins, `agent:${message.source}`])],
			});
			await this.#tell(agent, { type: 'StartMessage', at: this.#now(), message: waiting.seq, task: id });
		} catch (error) {
			if (!isRefusal(error)) throw error;
			await this.#refuse(agent, waiting, { message, error });
			await this.#giveUp(agent, waiting, `${error.message} ${error.hint}`);
		}
	}

	/** Whoever waits for the answer need not wait until their time is over; the dead letter is there whether they hear of it or not. */
	async #refuse(
		agent: Agent,
		{ seq }: WaitingMessage,
		{ message, error: { code, message: words } }: { message: AgentMessage; error: CoreError },
	): Promise<void> {
		try {
			const payload = { status: 'failed', error: { code, message: shortened(words, 4_000) } };
			// Replayed once things were mended, it is answered anew.
			await this.#reply(agent, message, payload, `.refused.${seq}`);
		} catch (error) {
			if (!isRefusal(error)) throw error;
			this.#deps.log.info('refusal not told', { agent: agent.name, seq, code: error.code });
		}
	}

	async #toAgent(
		agent: Agent,
		waiting: WaitingMessage,
		{ message, url, signal }: { message: AgentMessage; url: string; signal: AbortSignal },
	): Promise<void> {
		const { courier, vault } = this.#deps;
		if (courier === undefined) return this.#giveUp(agent, waiting, 'Nothing here carries messages over A2A.');
		const key = messageKey(agent.name, `${message.source}/${message.id}`);
		const token = agent.secret === undefined ? undefined : await vault.get(agent.secret);
		const outcome = await courier.carry({ url, token, key, message, signal });
		if (outcome.kind === 'failed') return this.#failed(agent, waiting, outcome.failure);
		if (outcome.answer !== undefined) await this.#reply(agent, message, outcome.answer);
		await this.#finish(agent, waiting);
	}

	/** Its task goes on for as long as it takes; what it gives is the answer. */
	async #follow(
		agent: Agent,
		{ message: waiting, task }: Extract<AgentWork, { kind: 'follow' }>,
		signal: AbortSignal,
	): Promise<void> {
		const principal = await this.#personOf(agent);
		if (principal === undefined) return this.#giveUp(agent, waiting, NOBODY);
		try {
			const view = await this.#deps.tasks.ended(principal, task, signal);
			if (view === undefined) return;
			const message = await this.#said(agent, waiting);
			if (message !== undefined) await this.#reply(agent, message, answerOf(view));
			await this.#finish(agent, waiting);
		} catch (error) {
			if (!isCoreError(error, 'unknown-task')) throw error;
			await this.#giveUp(agent, waiting, error.message);
		}
	}

	/** A task that asked goes on with the answer. */
	async #answerTask(agent: Agent, { message: waiting, task }: Extract<AgentWork, { kind: 'answer' }>): Promise<void> {
		const [principal, message] = await Promise.all([this.#personOf(agent), this.#said(agent, waiting)]);
		if (principal !== undefined && message !== undefined) {
			try {
				await this.#deliver(principal, task, message);
			} catch (error) {
				// It has ended, or was forgotten: nobody waits any more.
				if (!isRefusal(error)) throw error;
				this.#deps.log.info('answer came too late', { agent: agent.name, task, code: error.code });
			}
		}
		await this.#finish(agent, waiting);
	}

	/** What an event adds to an answer can make it too large for one: then that is the answer. */
	async #deliver(principal: Principal, task: TaskId, message: AgentMessage): Promise<void> {
		const { tasks } = this.#deps;
		try {
			await tasks.deliver(principal, task, eventOf(message));
		} catch (error) {
			if (!isCoreError(error, 'too-large')) throw error;
			const { code, message: words } = error;
			const payload = { status: 'failed', error: { code, message: words } };
			await tasks.deliver(principal, task, eventOf({ ...message, payload }));
		}
	}

	/** An answer is not answered again: two agents that answer everything would never end. */
	async #reply(agent: Agent, message: AgentMessage, payload: Json, mark = ''): Promise<void> {
		if (message.inReplyTo !== undefined) return;
		try {
			await this.#deps.post.send({
				id: `re.${messageKey(message.source, message.id)}${mark}`,
				source: agent.name,
				target: message.replyTo ?? message.source,
				type: 'reply',
				payload: payload as AgentMessage['payload'],
				inReplyTo: message.id,
				...(message.origins === undefined ? {} : { origins: message.origins }),
			});
		} catch (error) {
			// Whoever asked is there no more.
			if (!isCoreError(error, 'unknown-agent')) throw error;
		}
	}

	async #failed(agent: Agent, waiting: WaitingMessage, failure: StepFailure): Promise<void> {
		const waitMs = retryWaitMs(RETRY, waiting.deliveries + 1, failure, randomInt(1_000) / 1_000);
		const at = this.#now();
		const { code, message: reason } = failure;
		this.#deps.log.warn('agent message not carried', { agent: agent.name, seq: waiting.seq, code });
		const dead = failure.kind === 'permanent';
		await this.#tell(agent, {
			...{ type: 'RejectMessage', at, message: waiting.seq, reason, dead },
			...(waitMs === undefined ? {} : { retryAt: at + waitMs }),
		});
	}

	#giveUp(agent: Agent, waiting: WaitingMessage, reason: string): Promise<void> {
		return this.#tell(agent, { type: 'RejectMessage', at: this.#now(), message: waiting.seq, reason, dead: true });
	}

	#finish(agent: Agent, waiting: WaitingMessage): Promise<void> {
		return this.#tell(agent, { type: 'FinishMessage', at: this.#now(), message: waiting.seq });
	}

	async #said({ name }: Agent, { seq }: WaitingMessage): Promise<AgentMessage | undefined> {
		return (await keptMessages(this.#deps.store, agentStream(name), [seq])).get(seq);
	}

	async #personOf({ person }: Agent): Promise<Principal | undefined> {
		const role = await this.#deps.roleOf(person);
		return role === undefined || role === 'guest' ? undefined : { person, role };
	}

	async #tell({ name }: Agent, command: AgentCommand): Promise<void> {
		try {
			await this.#deps.agents.handle(agentStream(name), command);
		} catch (error) {
			// It was unregistered while this was under way.
			if (!isCoreError(error, 'unknown-agent')) throw error;
			this.#deps.log.debug('agent gone', { agent: name, error: describeError(error) });
		}
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function wayOf(agent: string, key: string): string {
	return `${agent}/${key}`;
}
