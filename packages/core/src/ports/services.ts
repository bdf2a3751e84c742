import type { Json } from '../domain/json.ts';

/** ServiceCallOptions bound one call. */
export interface ServiceCallOptions {
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
	/** Hears each piece that the service sends before its answer, in order. */
	readonly onPiece?: ((piece: Json) => void) | undefined;
}

/** ServiceRequest is one call as the service has it. */
export interface ServiceRequest {
	/** The same for every delivery of the same call. */
	readonly id: string;
	readonly method: string;
	readonly body: Json;
	/** Aborts when the caller cancelled, went away, or its time is over. */
	readonly signal: AbortSignal;
	/** Sends a piece before the answer. */
	piece(piece: Json): void;
}

/** ServiceState is how a named service stands; `instances` serve it now. */
export interface ServiceState {
	readonly name: string;
	readonly available: boolean;
	readonly instances: number;
	/** Since when it stands so, ms since 1970. */
	readonly since: number;
}

/**
 * IServices lets parts of one Errand offer named services to each other, in this process or in another one.
 *
 * - `register` offers a service until the returned function is called. Several may offer the same name; a call goes to one.
 * - `call` resolves with the answer. Rejects with CoreError: `service-down` when nobody offers the name, `timed-out`, `cancelled`,
 *   `too-large`, or whatever the service threw (code, message, hint, usage and retryAfterMs travel). A call is carried out at most once.
 * - `cast` resolves with the call's id once it was handed over; its answer comes to `onReply` later, once, or never if a process dies.
 * - `state` and `watch` tell who is there; a change shows within five seconds, a clean one at once.
 */
export interface IServices {
	register(name: string, handle: (request: ServiceRequest) => Promise<Json>): () => void;
	call(name: string, method: string, body: Json, options: ServiceCallOptions): Promise<Json>;
	cast(
		name: string,
		method: string,
		body: Json,
		options: ServiceCallOptions & {
			readonly onReply?: ((reply: { answer: Json } | { error: Error }) => void) | undefined;
		},
	): Promise<string>;
	state(name: string): ServiceState;
	list(): readonly ServiceState[];
	watch(listener: (state: ServiceState) => void): () => void;
}
