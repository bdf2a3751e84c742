import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import { type ReadonlySignal, signal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';
import type { ClientEvents, ServerEvents } from '../../socket-events.ts';
import { type Problem, parseProblem } from './problem.ts';

/** StepProgress is a passing word about a running step. */
export interface StepProgress {
	readonly stepId: string;
	readonly percent?: number | undefined;
	readonly text?: string | undefined;
	readonly partial?: string | undefined;
}

/** Connection is the live line to the server; it comes back by itself. */
export interface Connection {
	readonly status: ReadonlySignal<'connecting' | 'online' | 'offline'>;
	/** Asks for the facts of a task after `after`, and then for each new one; `refused` hears why not. */
	follow(taskId: string, after: number, refused: (problem: Problem) => void): void;
	unfollow(taskId: string): void;
	/** Connects anew, with the login of now. */
	restart(): void;
	stop(): void;
}

/** ConnectionListener hears what the server says. `online` comes at every (re)connection: the time to catch up. */
export interface ConnectionListener {
	online(): void;
	/** Nobody is logged in, or not any more. */
	loggedOut(): void;
	conversation(id: string): void;
	reply(conversationId: string, seq: number, reply: ReplyBody): void;
	fact(taskId: string, fact: RecordedTaskFact): void;
	progress(taskId: string, progress: StepProgress): void;
	model(name: string, health: ModelHealth): void;
}

/** connect opens the line; the login cookie goes along. */
export function connect(listener: ConnectionListener): Connection {
	const status = signal<'connecting' | 'online' | 'offline'>('connecting');
	const socket: Socket<ServerEvents, ClientEvents> = io({
		transports: ['websocket', 'polling'],
		withCredentials: true,
		reconnectionDelay: 300,
		reconnectionDelayMax: 3_000,
	});
	let again: ReturnType<typeof setTimeout> | undefined;
	const connectLater = (waitMs: number) => {
		clearTimeout(again);
		again = setTimeout(() => socket.connect(), waitMs);
	};

	socket.on('connect', () => {
		status.value = 'online';
		listener.online();
	});
	socket.on('disconnect', (reason) => {
		status.value = 'offline';
		// After a close by the server itself, as when it shuts down, the client does not try again unasked.
		if (reason === 'io server disconnect') connectLater(500);
	});
	socket.on('connect_error', (error) => {
		status.value = 'offline';
		const { data } = error as Error & { data?: unknown };
		if (data !== undefined && parseProblem(0, data).code === 'unauthorized') return listener.loggedOut();
		if (!socket.active) connectLater(3_000);
	});
	socket.on('conversation', ({ id }) => listener.conversation(id));
	socket.on('reply', ({ conversationId, seq, reply }) => listener.reply(conversationId, seq, reply));
	socket.on('fact', ({ taskId, fact }) => listener.fact(taskId, fact));
	socket.on('progress', ({ taskId, ...progress }) => listener.progress(taskId, progress));

	socket.on('models', ({ name, health }) => listener.model(name, health));
	return {
		status,
		follow: (taskId, after, refused) => {
			if (!socket.connected) return;
			socket.emit('follow', { taskId, after }, (answer) => {
				if ('error' in answer) refused(parseProblem(answer.error.status, answer.error));
			});
		},
		unfollow: (taskId) => {
			if (socket.connected) socket.emit('unfollow', { taskId });
		},
		restart: () => {
			clearTimeout(again);
			socket.disconnect().connect();
		},
		stop: () => {
			clearTimeout(again);
			socket.close();
		},
	};
}
