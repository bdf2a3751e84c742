import type { AgentMessage } from '../domain/agent/message.ts';
import type { StepFailure } from '../domain/capability.ts';
import type { Json } from '../domain/json.ts';

/** AgentParcel is a message on its way to an agent elsewhere; `key` is the same each time for the same message. */
export interface AgentParcel {
	readonly url: string;
	/** Shown to its host, and to no other. */
	readonly token?: string | undefined;
	readonly key: string;
	readonly message: AgentMessage;
	readonly signal: AbortSignal;
}

/** CourierOutcome is what became of a parcel: what the agent answered, if it did, or why it did not get there. */
export type CourierOutcome =
	| { readonly kind: 'delivered'; readonly answer?: Json | undefined }
	| { readonly kind: 'failed'; readonly failure: StepFailure };

/**
 * IAgentCourier carries messages to agents that speak another protocol. `check` throws CoreError for an address that can never be called.
 * `carry` takes what the agent does for an outcome, and waits for its answer; it rejects only with the reason of the signal.
 */
export interface IAgentCourier {
	check(url: string): void;
	carry(parcel: AgentParcel): Promise<CourierOutcome>;
}
