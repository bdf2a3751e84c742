import type { PersonId, TaskId } from '../ids.ts';
import type { Expectation, Registration } from './facts.ts';
import type { AgentMessage } from './message.ts';

interface AgentCommandData {
	RegisterAgent: Registration & {
		readonly name: string;
		readonly person: PersonId;
		readonly tokenHash: string;
		readonly secret?: string | undefined;
	};
	UnregisterAgent: Readonly<Record<never, never>>;
	/** A mailbox that is full refuses it, or with `published` keeps it as a dead letter: one subscriber holds up no other. */
	AcceptMessage: { readonly key: string; readonly message: AgentMessage; readonly published: boolean };
	LeaseMessages: { readonly max: number; readonly until: number };
	/** By message id, or by `<source>/<id>` where two sources use the same one. */
	AcknowledgeMessages: { readonly ids: readonly string[] };
	FinishMessage: { readonly message: number };
	RejectMessage: {
		readonly message: number | string;
		readonly reason: string;
		readonly dead: boolean;
		/** It was carried somewhere: that counts as a delivery. */
		readonly retryAt?: number | undefined;
	};
	StartMessage: { readonly message: number; readonly task: TaskId };
	ExpectReply: Expectation;
	SweepMessages: Readonly<Record<never, never>>;
	ReplayMessage: { readonly id: string };
}

type AgentCommandType = keyof AgentCommandData;
/** AgentCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type AgentCommand = {
	[T in AgentCommandType]: { readonly type: T; readonly at: number } & AgentCommandData[T];
}[AgentCommandType];
/** AgentCommandOf picks one command by its type. */
export type AgentCommandOf<T extends AgentCommandType> = Extract<AgentCommand, { type: T }>;
