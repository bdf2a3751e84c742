import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import { isJsonObject } from '@errand/core/domain/json.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import { io, type Socket } from 'socket.io-client';

/** OutgoingFile is a file on its way to the server. */
export interface OutgoingFile {
	readonly name: string;
	readonly type: string;
	readonly base64: string;
}

/** TaskFollower hears of a followed task; `lastSeq` is where to go on after the connection was lost. */
export interface TaskFollower {
	fact(fact: RecordedTaskFact): void;
	progress(progress: ProgressEvent): void;
	lastSeq(): number;
}

interface ProgressEvent {
	readonly stepId: string;
	readonly percent?: number | undefined;
	readonly text?: string | undefined;
	readonly partial?: string | undefined;
}
type Answer = { readonly error?: unknown };
interface ServerEvents {
	conversation(event: { id: string }): void;
	fact(event: { taskId: string; fact: RecordedTaskFact }): void;
	progress(event: { taskId: string } & ProgressEvent): void;
}
interface ClientEvents {
	message(
		message: { conversationId: string; text: string; attachments: readonly OutgoingFile[]; clientId: string },
		acknowledge: (answer: Answer) => void,
	): void;
	follow(message: { taskId: string; after: number }, acknowledge: (answer: Answer) => void): void;
	unfollow(message: { taskId: string }): void;
}

/** ServerClient speaks to a running server over its socket and its HTTP calls, in the terminal's own conversation. */
export class ServerClient {
	readonly url: string;
	readonly conversation: string;
	readonly #token: string;
	readonly #socket: Socket<ServerEvents, ClientEvents>;
	readonly #followers = new Map<string, TaskFollower>();

	private constructor(url: string, token: string, conversation: string, socket: Socket<ServerEvents, ClientEvents>) {
		this.url = url;
		this.#token = token;
		this.conversation = conversation;
		this.#socket = socket;
		socket.on('fact', ({ taskId, fact }) => this.#followers.get(taskId)?.fact(fact));
		socket.on('progress', ({ taskId, ...progress }) => this.#followers.get(taskId)?.progress(progress));
		socket.on('connect', () => {
			for (const [taskId, follower] of this.#followers) this.#follow(taskId, follower);
		});
		socket.on('disconnect', (reason) => {
			// A server that shuts down closes the connection itself, and then the client does not try again unasked.
			if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
		});
	}

	/** Connects; throws CoreError when the server refuses or cannot be reached. It then reconnects by itself. */
	static async connect({ url, token }: { readonly url: string; readonly token: string }): Promise<ServerClient> {
		const socket: Socket<ServerEvents, ClientEvents> = io(url, {
			transports: ['websocket'],
			auth: { token },
			reconnectionDelay: 200,
			reconnectionDelayMax: 2_000,
			forceNew: true,
		});
		const own = await new Promise<string>((resolve, reject) => {
			socket.once('conversation', ({ id }) => resolve(id));
			socket.once('connect_error', (error: Error & { data?: unknown }) => reject(refusal(error.data, url)));
		}).catch((error: unknown) => {
			socket.close();
			throw error;
		});
		return new ServerClient(url, token, `${own}-terminal`, socket);
	}

	/** Resolves once the message is durable; the same `clientId` again is the same message. */
	async say(message: {
		readonly text: string;
		readonly attachments: readonly OutgoingFile[];
		readonly clientId: string;
	}): Promise<void> {
		const { text, attachments, clientId } = message;
		for (let tries = 1; ; tries++) {
			try {
				const sent = { conversationId: this.conversation, text, attachments, clientId };
				const answer = await this.#socket.timeout(20_000).emitWithAck('message', sent);
				if (answer.error !== undefined) throw refusal(answer.error, this.url);
				return;
			} catch (error) {
				if (error instanceof CoreError) throw error;
				if (tries >= 3) throw unreachable(this.url);
			}
		}
	}

	/** Entries of the conversation after `after`, page by page to the end. */
	async entries(after: number): Promise<{ readonly entries: readonly ConversationEntry[]; readonly next: number }> {
		const entries: ConversationEntry[] = [];
		let next = after;
		for (;;) {
			const path = `/v1/conversations/${encodeURIComponent(this.conversation)}/messages?after=${next}`;
			const page = (await this.call('GET', path)) as { entries: ConversationEntry[]; next: number };
			entries.push(...page.entries);
			if (page.next <= next) return { entries, next };
			next = page.next;
		}
	}

	/** Hears of a task from its first fact on, across lost connections. Returns the way to stop. */
	follow(taskId: string, follower: TaskFollower): () => void {
		this.#followers.set(taskId, follower);
		this.#follow(taskId, follower);
		return () => {
			if (this.#followers.get(taskId) !== follower) return;
			this.#followers.delete(taskId);
			if (this.#socket.connected) this.#socket.emit('unfollow', { taskId });
		};
	}

	/** Asks again for everything after what the follower has. */
	refollow(taskId: string): void {
		const follower = this.#followers.get(taskId);
		if (follower !== undefined) this.#follow(taskId, follower);
	}

	/** One HTTP call; throws CoreError when it is refused. */
	async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
		const response = await this.#fetch(method, path, body);
		return response.json().catch(() => undefined);
	}

	/** The content of a file; throws CoreError when it is refused. */
	async download(artifact: string): Promise<Uint8Array> {
		const response = await this.#fetch('GET', `/v1/artifacts/${encodeURIComponent(artifact)}`);
		return new Uint8Array(await response.arrayBuffer());
	}

	close(): void {
		this.#followers.clear();
		this.#socket.close();
	}

	async #fetch(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> {
		let response: Response;
		try {
			response = await fetch(this.url + path, {
				method,
				headers: {
					authorization: `Bearer ${this.#token}`,
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				signal: AbortSignal.timeout(30_000),
			});
		} catch {
			throw unreachable(this.url);
		}
		if (response.ok) return response;
		throw refusal(await response.json().catch(() => undefined), this.url);
	}

	#follow(taskId: string, follower: TaskFollower): void {
		if (!this.#socket.connected) return;
		this.#socket.emit('follow', { taskId, after: follower.lastSeq() }, ({ error }) => {
			// Refused for a moment only: the task is this person's own.
			if (error !== undefined && this.#followers.get(taskId) === follower) {
				setTimeout(() => this.refollow(taskId), 1_000);
			}
		});
	}
}

function refusal(answer: unknown, url: string): CoreError {
	if (!isJsonObject(answer)) return unreachable(url);
	const text = (name: string) => (typeof answer[name] === 'string' ? answer[name] : undefined);
	const message = text('detail') ?? text('title') ?? 'The server refused.';
	return new CoreError((text('code') ?? 'internal') as ErrorCode, message, { hint: text('hint') ?? '' });
}

function unreachable(url: string): CoreError {
	return new CoreError('fetch-failed', `The server at ${url} cannot be reached.`, {
		hint: 'Start it with npm start, or look whether it still runs.',
	});
}
