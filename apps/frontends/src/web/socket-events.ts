import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** SocketProblem is a refusal as the HTTP API words it (`application/problem+json`). */
export interface SocketProblem {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: string;
	readonly detail: string;
	readonly hint: string;
}

/** ServerEvents are what the server sends to the page and the terminal. */
export interface ServerEvents {
	/** Once after connecting: the conversation to show. */
	conversation(event: { id: string }): void;
	reply(event: { conversationId: string; seq: number; reply: ReplyBody }): void;
	fact(event: { taskId: string; fact: RecordedTaskFact }): void;
	progress(event: {
		taskId: string;
		stepId: string;
		percent?: number | undefined;
		text?: string | undefined;
		partial?: string | undefined;
	}): void;
	/** A language model stands differently than before. */
	models(event: { name: string; health: ModelHealth }): void;
	/** The server is about to close the connection: connect again and follow on from the last `seq`. */
	closing(event: { reason: string }): void;
}

/** ClientEvents are what the page and the terminal send; payloads are parsed before use. */
export interface ClientEvents {
	/** `{conversationId?, text, attachments?, clientId}`; acknowledged once durable, or refused. */
	message(payload: unknown, acknowledge?: (answer: { id: string } | { error: SocketProblem }) => void): void;
	/** `{taskId, after}`: facts with a greater `seq`, then live ones. Following a task again starts over from `after`. */
	follow(payload: unknown, acknowledge?: (answer: { taskId: string } | { error: SocketProblem }) => void): void;
	/** `{taskId}` */
	unfollow(payload: unknown): void;
}

/** SocketData is what the server knows about a connection: who it is, and the login it came with. */
export interface SocketData {
	principal: Principal;
	login?: string | undefined;
}

export type WebServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;
export type WebSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;
