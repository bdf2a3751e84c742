import { CoreError } from '../errors.ts';
import type { AgentCommand, AgentCommandOf } from './commands.ts';
import { type AgentFact, agentFact } from './facts.ts';
import { remembers } from './id-window.ts';
import { nextMessages } from './next-messages.ts';
import { toSweep } from './pending-agent-work.ts';
import { AGENT_LIMITS, type Agent, type AgentState, type WaitingMessage } from './state.ts';

/** AgentDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type AgentDecision =
	| { readonly ok: true; readonly facts: readonly AgentFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** decideAgent says which facts a command may add. Every command may come twice; the second adds nothing. */
export function decideAgent(state: AgentState, command: AgentCommand): AgentDecision {
	if (command.type === 'RegisterAgent') return register(state, command);
	if (state === undefined || state.status === 'gone') {
		return command.type === 'UnregisterAgent' ? nothingNew : refuse(unknownAgent(state?.name ?? ''));
	}
	switch (command.type) {
		case 'UnregisterAgent':
			return add(agentFact('AgentUnregistered', {}));
		case 'AcceptMessage':
			return accept(state, command);
		case 'LeaseMessages': {
			const seqs = nextMessages(state, command.at, { max: command.max }).map(({ seq }) => seq);
			return seqs.length === 0 ? nothingNew : add(agentFact('MessagesLeased', { seqs, until: command.until }));
		}
		case 'AcknowledgeMessages':
			return acknowledge(state, command.ids);
		case 'FinishMessage': {
			const there = [...state.waiting, ...state.running].some(({ seq }) => seq === command.message);
			return there ? add(agentFact('MessagesAcknowledged', { seqs: [command.message] })) : nothingNew;
		}
		case 'RejectMessage':
			return reject(state, command);
		case 'StartMessage': {
			const { message, task } = command;
			const there = state.waiting.some(({ seq }) => seq === message);
			return there ? add(agentFact('MessageStarted', { message, task })) : nothingNew;
		}
		case 'ExpectReply': {
			const { type: _type, at: _at, ...expected } = command;
			const known = state.expected.find(({ messageId }) => messageId === expected.messageId);
			if (known !== undefined && known.until >= expected.until && known.task === expected.task) return nothingNew;
			return add(agentFact('ReplyExpected', expected));
		}
		case 'SweepMessages':
			return sweep(state, command.at);
		case 'ReplayMessage':
			return replay(state, command.id);
	}
}

/** unknownAgent is the refusal for an agent that is not there. */
export function unknownAgent(name: string): CoreError {
	return new CoreError('unknown-agent', `There is no agent "${name.slice(0, 80)}".`, {
		hint: 'GET /v1/agents lists those that are registered; POST /v1/agents registers one.',
	});
}

const nothingNew: AgentDecision = { ok: true, facts: [] };

function add(...facts: AgentFact[]): AgentDecision {
	return { ok: true, facts };
}

function refuse(error: CoreError): AgentDecision {
	return { ok: false, error };
}

/** A name stays with whoever had it first: nobody can come into the place of an agent that others know. */
function register(
	state: AgentState,
	{ type: _type, at: _at, ...data }: AgentCommandOf<'RegisterAgent'>,
): AgentDecision {
	if (state !== undefined && state.person !== '' && state.person !== data.person) {
		const error = new CoreError('not-possible', `The name "${data.name}" belongs to somebody else's agent.`, {
			hint: 'Choose another name.',
		});
		return refuse(error);
	}
	return add(agentFact('AgentRegistered', data));
}

function accept(state: Agent, { key, message, published, at }: AgentCommandOf<'AcceptMessage'>): AgentDecision {
	if (remembers(state.known, key) || hasKept(state, message)) return nothingNew;
	const accepted = agentFact('MessageAccepted', { key, message });
	const seqs = [state.seq + 1];
	if (message.expiresAt !== undefined && message.expiresAt <= at) {
		const reason = 'It had expired when it was sent.';
		return add(accepted, agentFact('MessagesDeadLettered', { seqs, cause: 'expired', reason }));
	}
	if (state.waiting.length < AGENT_LIMITS.waiting) return add(accepted);
	const reason = `${AGENT_LIMITS.waiting.toLocaleString('en')} messages wait for "${state.name}" already.`;
	if (published) return add(accepted, agentFact('MessagesDeadLettered', { seqs, cause: 'mailbox-full', reason }));
	return refuse(new CoreError('rate-limited', reason, { hint: 'Send it again once some were acknowledged.' }));
}

/** One that waits for long may be older than what is remembered of ids; only a full window can have forgotten any. */
function hasKept({ known, waiting }: Agent, { id, source }: { id: string; source: string }): boolean {
	if (known.older[0] === '' && known.older.every((place) => place === '')) return false;
	return waiting.some((message) => message.id === id && message.source === source);
}

function acknowledge({ waiting, running }: Agent, ids: readonly string[]): AgentDecision {
	const seqs: number[] = [];
	for (const [id, found] of byName([...waiting, ...running], ids)) {
		if (found.length > 1) return refuse(ambiguous(id));
		const [message] = found;
		if (message !== undefined) seqs.push(message.seq);
	}
	return seqs.length === 0 ? nothingNew : add(agentFact('MessagesAcknowledged', { seqs }));
}

function reject(state: Agent, { message, reason, dead, retryAt }: AgentCommandOf<'RejectMessage'>): AgentDecision {
	const found =
		typeof message === 'number'
			? [...state.waiting, ...state.running].filter(({ seq }) => seq === message)
			: (byName(state.waiting, [message]).get(message) ?? []);
	if (found.length > 1) return refuse(ambiguous(String(message)));
	const [one] = found;
	if (one === undefined) return nothingNew;
	const seqs = [one.seq];
	if (dead) return add(agentFact('MessagesDeadLettered', { seqs, cause: 'rejected', reason }));
	// Carried once more in vain, where it was not handed out on lease.
	const deliveries = one.deliveries + (one.leasedUntil === undefined ? 1 : 0);
	if (deliveries >= AGENT_LIMITS.deliveries) {
		return add(agentFact('MessagesDeadLettered', { seqs, cause: 'deliveries', reason }));
	}
	return add(agentFact('MessageRejected', { message: one.seq, reason, ...(retryAt === undefined ? {} : { retryAt }) }));
}

function sweep(state: Agent, now: number): AgentDecision {
	const { expired, worn } = toSweep(state, now);
	const facts: AgentFact[] = [];
	if (expired.length > 0) {
		const reason = 'Nobody took it before it expired.';
		facts.push(agentFact('MessagesDeadLettered', { seqs: expired.map(({ seq }) => seq), cause: 'expired', reason }));
	}
	if (worn.length > 0) {
		const reason = `It was handed out ${AGENT_LIMITS.deliveries} times, and never acknowledged.`;
		facts.push(agentFact('MessagesDeadLettered', { seqs: worn.map(({ seq }) => seq), cause: 'deliveries', reason }));
	}
	return add(...facts);
}

function replay(state: Agent, id: string): AgentDecision {
	const found = byName(state.deadLetters, [id]).get(id) ?? [];
	if (found.length > 1) return refuse(ambiguous(id));
	const [dead] = found;
	if (dead !== undefined) return add(agentFact('MessageReplayed', { message: dead.seq }));
	if ((byName(state.waiting, [id]).get(id) ?? []).length > 0) return nothingNew;
	const error = new CoreError('not-found', `There is no dead letter "${id.slice(0, 100)}" of "${state.name}".`, {
		hint: `GET /v1/agents/${state.name}/dead-letters lists them.`,
	});
	return refuse(error);
}

/** Messages by what callers call them: the sender's id, or the sender and the id. */
function byName<M extends WaitingMessage>(messages: readonly M[], ids: readonly string[]): ReadonlyMap<string, M[]> {
	const found = new Map<string, M[]>(ids.map((id) => [id, []]));
	for (const message of messages) {
		(found.get(message.id) ?? found.get(`${message.source}/${message.id}`))?.push(message);
	}
	return found;
}

function ambiguous(id: string): CoreError {
	return new CoreError('invalid-input', `Two agents sent a message with the id "${id.slice(0, 100)}".`, {
		hint: 'Name the one that is meant with its source: `<source>/<id>`.',
	});
}
