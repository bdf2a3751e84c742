import { randomBytes } from 'node:crypto';
import type { AgentCommand } from '../../domain/agent/commands.ts';
import { unknownAgent } from '../../domain/agent/decide-agent.ts';
import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import { AGENT_NAME, type AgentMessage } from '../../domain/agent/message.ts';
import { AgentRegistration } from '../../domain/agent/registration-schema.ts';
import { type Agent, expectationOf } from '../../domain/agent/state.ts';
import { CoreError } from '../../domain/errors.ts';
import { agentStream, type TaskId } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { IAgentCourier } from '../../ports/agent-courier.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventStore } from '../../ports/event-store.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender } from '../../ports/webhook-sender.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { AgentCaller, AgentDelivery, AgentView, IAgentDesk } from '../desks/agents.ts';
import { refuseGuests } from '../people/refuse-guests.ts';
import type { AgentPost, Routed } from './agent-post.ts';
import { carriedOnly, elsewhere, notByItself, notYours, refuseOthers, tooMany } from './agent-refusals.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { agentNamedBy, fitsHash, newAgentToken } from './agent-token.ts';
import { keptMessages } from './kept-messages.ts';
import type { StreamChanges } from './stream-changes.ts';
import { viewAgent } from './view-agent.ts';

interface Dependencies {
	readonly agents: Pick<CommandHandler<Agent, AgentCommand, RecordedAgentFact>, 'handle' | 'latest' | 'state'>;
	readonly registry: AgentRegistry;
	readonly post: AgentPost;
	readonly changes: StreamChanges;
	readonly store: Pick<IEventStore, 'read'>;
	readonly vault: ISecretVault;
	readonly sender: Pick<IWebhookSender, 'check'>;
	readonly courier?: Pick<IAgentCourier, 'check'> | undefined;
	/** What a person may do now: a token outlives no role. */
	readonly roleOf: (person: AgentCaller['person']) => Promise<AgentCaller['role'] | undefined>;
	readonly clock: IClock;
}

const MAX_AGENTS = 200;
const MAX_BATCH = 100;
const LONGEST_POLL_MS = 60_000;
const LEASE_MS = 30_000;
const LONGEST_LEASE_MS = 12 * 3_600_000;
const LONGEST_REQUEST_MS = 10 * 60_000;
const NOT_FOR_GUESTS = 'Guests have no agents.';

/** AgentDesk lets people and agents register, send, fetch and acknowledge. */
export class AgentDesk implements IAgentDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async register(caller: AgentCaller, wanted: Parameters<IAgentDesk['register']>[1]) {
		refuseGuests(caller, NOT_FOR_GUESTS);
		const { name, reach: given, ...registration } = parseInput(AgentRegistration, wanted, 'The agent');
		const { token: shown, ...reach } = { token: undefined, ...given };
		if (caller.agent !== undefined && caller.agent !== name) throw notYours(name);
		const { clock, vault, registry, agents } = this.#deps;
		const stream = agentStream(name);
		const before = await agents.latest(stream);
		const isNew = before === undefined || before.status === 'gone';
		if (isNew && (await registry.countOf(caller.person)) >= MAX_AGENTS) throw tooMany(MAX_AGENTS);
		if (caller.agent !== undefined && !isUnchanged(reach, before?.reach)) throw notByItself(name);
		this.#checkReach(reach);
		const { token, tokenHash } = newAgentToken(name);
		const { person } = caller;
		const at = clock.now();
		const signing = reach.kind === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : undefined;
		const secret = signing ?? shown;
		const kept = secret === undefined ? {} : { secret: await this.#keep(secret, person, name) };
		const topics = [...new Set(registration.topics)];
		await agents.handle(stream, {
			...{ type: 'RegisterAgent', at, name, person, tokenHash },
			...{ ...registration, reach, topics, ...kept },
		});
		if (before?.person === person && before.secret !== undefined) await vault.deleteUnder(before.secret);
		return { token, ...(signing === undefined ? {} : { secret: signing }) };
	}

	async unregister(caller: AgentCaller, name: string): Promise<void> {
		const agent = await this.#known(name);
		if (caller.role !== 'owner' || caller.agent !== undefined) refuseOthers(caller, agent);
		await this.#deps.agents.handle(agentStream(name), { type: 'UnregisterAgent', at: this.#now() });
		if (agent.secret !== undefined) await this.#deps.vault.deleteUnder(agent.secret);
	}

	async list(caller: AgentCaller): Promise<readonly AgentView[]> {
		refuseGuests(caller, NOT_FOR_GUESTS);
		const { registry, agents } = this.#deps;
		const entries = await registry.all();
		const states = await Promise.all(entries.map(({ name }) => agents.latest(agentStream(name))));
		return states.flatMap((agent) => (agent?.status === 'active' ? [viewAgent(agent, caller)] : []));
	}

	async send(caller: AgentCaller, message: Omit<AgentMessage, 'at'>) {
		await this.#own(caller, message.source);
		return this.#deps.post.send(message);
	}

	async ask(
		caller: AgentCaller,
		message: Omit<AgentMessage, 'at'>,
		{ task, until }: { task: TaskId; until: number },
	): Promise<Routed> {
		await this.#own(caller, message.source);
		await this.#expect(message, { until, task });
		return this.#deps.post.send(message);
	}

	async request(
		caller: AgentCaller,
		message: Omit<AgentMessage, 'at'>,
		{ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
	): Promise<AgentMessage> {
		const { source, target, id } = message;
		await this.#own(caller, source);
		const { post, changes } = this.#deps;
		const stream = agentStream(source);
		const until = this.#now() + Math.max(0, Math.min(timeoutMs, LONGEST_REQUEST_MS));
		await this.#expect(message, { until });
		await post.send(message);
		const answer = await changes.look(stream, { until, signal }, async () => ({
			found: await this.#takeAnswer(source, id),
		}));
		if (answer !== undefined) return answer;
		throw new CoreError('timed-out', `"${target}" has not answered "${id.slice(0, 100)}" in time.`, {
			hint: `An answer that comes later waits in the mailbox of "${source}".`,
		});
	}

	async receive(
		caller: AgentCaller,
		name: string,
		options: { max: number; waitMs: number; leaseMs?: number | undefined; signal?: AbortSignal | undefined },
	): Promise<readonly AgentDelivery[]> {
		const agent = await this.#own(caller, name);
		if (agent.reach.kind !== 'pull') throw carriedOnly(agent);
		const stream = agentStream(name);
		const max = Math.max(1, Math.min(options.max, MAX_BATCH));
		const leaseMs = Math.max(1_000, Math.min(options.leaseMs ?? LEASE_MS, LONGEST_LEASE_MS));
		const until = this.#now() + Math.max(0, Math.min(options.waitMs, LONGEST_POLL_MS));
		const found = await this.#deps.changes.look(stream, { until, signal: options.signal }, async () => {
			const at = this.#now();
			const leased = await this.#deps.agents.handle(stream, { type: 'LeaseMessages', at, max, until: at + leaseMs });
			const fact = leased.facts[0] as unknown as RecordedAgentFact | undefined;
			if (fact?.type === 'MessagesLeased') return { found: fact.data };
			return { again: nextChange(leased.state, at) };
		});
		return found === undefined ? [] : this.#deliveries(name, found);
	}

	async acknowledge(caller: AgentCaller, name: string, ids: readonly string[]): Promise<void> {
		await this.#own(caller, name);
		await this.#deps.agents.handle(agentStream(name), { type: 'AcknowledgeMessages', at: this.#now(), ids });
	}

	async reject(
		caller: AgentCaller,
		name: string,
		id: string,
		{ words, dead = false }: { words: string; dead?: boolean | undefined },
	): Promise<void> {
		await this.#own(caller, name);
		const reason = words.slice(0, 1_000);
		await this.#deps.agents.handle(agentStream(name), {
			...{ type: 'RejectMessage', at: this.#now(), message: id, reason, dead },
		});
	}

	async deadLetters(caller: AgentCaller, name: string) {
		const { deadLetters } = await this.#own(caller, name);
		const said = await keptMessages(
			this.#deps.store,
			agentStream(name),
			deadLetters.map(({ seq }) => seq),
		);
		return deadLetters
			.flatMap(({ seq, reason, deadAt: at }) => {
				const message = said.get(seq);
				return message === undefined ? [] : [{ message, reason, at }];
			})
			.reverse();
	}

	async replay(caller: AgentCaller, name: string, id: string): Promise<void> {
		await this.#own(caller, name);
		await this.#deps.agents.handle(agentStream(name), { type: 'ReplayMessage', at: this.#now(), id });
	}

	async ofToken(token: string): Promise<AgentCaller | undefined> {
		const name = agentNamedBy(token);
		if (name === undefined) return undefined;
		const agent = await this.#deps.agents.latest(agentStream(name));
		if (agent === undefined || agent.status === 'gone' || !fitsHash(token, agent.tokenHash)) return undefined;
		const role = await this.#deps.roleOf(agent.person);
		return role === undefined || role === 'guest' ? undefined : { person: agent.person, role, agent: name };
	}

	/** Before it is sent, so that nobody else is handed the answer. */
	async #expect(
		{ id: messageId, source, target, replyTo }: Omit<AgentMessage, 'at'>,
		waits: { until: number; task?: TaskId },
	): Promise<void> {
		if (replyTo !== undefined && replyTo !== source) throw elsewhere();
		const from = target.startsWith('topic:') ? {} : { from: target };
		const at = this.#now();
		await this.#deps.agents.handle(agentStream(source), { type: 'ExpectReply', at, messageId, ...from, ...waits });
	}

	/** The answer, taken out of the mailbox so that nobody handles it twice. */
	async #takeAnswer(source: string, id: string): Promise<AgentMessage | undefined> {
		const stream = agentStream(source);
		const agent = await this.#deps.agents.latest(stream);
		const answer = agent?.waiting.find((waiting) => expectationOf(agent, waiting, this.#now())?.messageId === id);
		if (answer === undefined) return undefined;
		const said = await keptMessages(this.#deps.store, stream, [answer.seq]);
		await this.#deps.agents.handle(stream, { type: 'FinishMessage', at: this.#now(), message: answer.seq });
		return said.get(answer.seq);
	}

	async #deliveries(name: string, { seqs, until }: { seqs: readonly number[]; until: number }) {
		const stream = agentStream(name);
		const [said, agent] = await Promise.all([
			keptMessages(this.#deps.store, stream, seqs),
			this.#deps.agents.state(stream),
		]);
		const counts = new Map(agent?.waiting.map(({ seq, deliveries }) => [seq, deliveries]));
		return seqs.flatMap((seq) => {
			const message = said.get(seq);
			if (message === undefined) return [];
			return [{ message, deliveries: Math.max(0, (counts.get(seq) ?? 1) - 1), leasedUntil: until }];
		});
	}

	/** The agent, where the caller may speak as it and read what it gets. */
	async #own(caller: AgentCaller, name: string): Promise<Agent> {
		refuseGuests(caller, NOT_FOR_GUESTS);
		const agent = await this.#known(name);
		refuseOthers(caller, agent);
		return agent;
	}

	async #known(name: string): Promise<Agent> {
		const agent = AGENT_NAME.test(name) ? await this.#deps.agents.latest(agentStream(name)) : undefined;
		if (agent === undefined || agent.status === 'gone') throw unknownAgent(name);
		return agent;
	}

	#checkReach(reach: AgentView['reach']): void {
		if (reach.kind === 'webhook') this.#deps.sender.check(reach.url);
		if (reach.kind !== 'a2a') return;
		const { courier } = this.#deps;
		if (courier === undefined) {
			throw new CoreError('not-possible', 'Nothing here carries messages over A2A.', {
				hint: 'Register the agent with another reach.',
			});
		}
		courier.check(reach.url);
	}

	/** Resolves with its name in the vault. */
	async #keep(secret: string, person: string, name: string): Promise<string> {
		const reference = `${person}/agent/${name}/${randomBytes(8).toString('hex')}`;
		await this.#deps.vault.put(reference, secret);
		return reference;
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

/** When one that is out, or held back, may be handed out again. */
function nextChange(agent: Agent | undefined, now: number): number | undefined {
	if (agent === undefined || agent.waiting.length === 0) return undefined;
	let next = Number.POSITIVE_INFINITY;
	for (const { leasedUntil = 0, dueAt = 0 } of agent.waiting) {
		if (leasedUntil > now) next = Math.min(next, leasedUntil);
		if (dueAt > now) next = Math.min(next, dueAt);
	}
	for (const { until } of agent.expected) if (until > now) next = Math.min(next, until);
	return next === Number.POSITIVE_INFINITY ? undefined : next;
}

/** An agent that has workflows run could read with them what only its person may. */
function isUnchanged(reach: AgentView['reach'], before: AgentView['reach'] | undefined): boolean {
	if (reach.kind !== 'workflow') return true;
	return before?.kind === 'workflow' && before.workflow === reach.workflow;
}
