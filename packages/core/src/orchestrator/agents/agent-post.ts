import type { AgentCommand } from '../../domain/agent/commands.ts';
import { unknownAgent } from '../../domain/agent/decide-agent.ts';
import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import type { AgentMessage } from '../../domain/agent/message.ts';
import { SentMessage } from '../../domain/agent/registration-schema.ts';
import { AGENT_LIMITS, type Agent } from '../../domain/agent/state.ts';
import { CoreError, isCoreError } from '../../domain/errors.ts';
import { agentStream } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { IClock } from '../../ports/clock.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { messageKey } from './agent-token.ts';

interface Dependencies {
	readonly agents: Pick<CommandHandler<Agent, AgentCommand, RecordedAgentFact>, 'handle'>;
	readonly registry: AgentRegistry;
	readonly clock: IClock;
}

/** Routed is what became of a message that was sent. */
export interface Routed {
	readonly id: string;
	readonly routed: readonly string[];
	readonly duplicate: boolean;
}

/** AgentPost puts messages into the mailboxes they are for; who may speak as their source was settled before. */
export class AgentPost {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Resolves once every mailbox has it; sending it again puts it where it is not yet. */
	async send(given: Omit<AgentMessage, 'at'>): Promise<Routed> {
		const sent = parseInput(SentMessage, given, 'The message');
		const bytes = Buffer.byteLength(JSON.stringify(sent.payload));
		if (bytes > AGENT_LIMITS.payloadBytes) throw tooLarge(bytes);
		const { id, source, target } = sent;
		const origins = [...new Set([...(sent.origins ?? []), `agent:${source}`])];
		const message: AgentMessage = { ...sent, at: this.#deps.clock.now(), origins };
		if (!target.startsWith('topic:')) {
			const duplicate = await this.#put(target, message, false);
			return { id, routed: [target], duplicate };
		}
		const subscribers = await this.#deps.registry.subscribersOf(target.slice('topic:'.length));
		const names = subscribers.filter((name) => name !== source);
		const known = await Promise.all(names.map((name) => this.#publish(name, message)));
		const routed = names.filter((_name, index) => known[index] !== undefined);
		return { id, routed, duplicate: routed.length > 0 && known.every((was) => was !== false) };
	}

	/** Undefined where the subscriber has just gone. */
	async #publish(name: string, message: AgentMessage): Promise<boolean | undefined> {
		try {
			return await this.#put(name, message, true);
		} catch (error) {
			if (isCoreError(error, 'unknown-agent')) return undefined;
			throw error;
		}
	}

	async #put(name: string, message: AgentMessage, published: boolean): Promise<boolean> {
		const key = messageKey(message.source, message.id);
		const { at } = message;
		try {
			const { facts } = await this.#deps.agents.handle(agentStream(name), {
				...{ type: 'AcceptMessage', at, key, message, published },
			});
			return facts.length === 0;
		} catch (error) {
			// A stream that never began knows no name to speak of.
			if (isCoreError(error, 'unknown-agent')) throw unknownAgent(name);
			throw error;
		}
	}
}

function tooLarge(bytes: number): CoreError {
	const message = `The payload has ${bytes} bytes; at most ${AGENT_LIMITS.payloadBytes} are taken.`;
	return new CoreError('too-large', message, { hint: 'Store it as a file and send a reference to it.' });
}
