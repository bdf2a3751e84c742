import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asConversationId, type ConversationId, type PersonId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, FrontendLimits, IFrontend, Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import { z } from 'zod';
import { MessageSchema } from './inbound.ts';
import type { SocketData, SocketProblem, WebServer, WebSocket } from './socket-events.ts';
import { SocketFollows } from './socket-follows.ts';
import { defaultConversation, ownConversation } from './web-conversation.ts';

/** WebFrontendParts is what the web frontend is built from; the socket server is handed in and stays the giver's to close. */
export interface WebFrontendParts {
	readonly io: WebServer;
	readonly desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	/** Who is at the other end of a handshake, and the login it rests on; may throw why it is refused. */
	authenticate(handshake: WebSocket['handshake']): Promise<SocketData | undefined>;
	/** Throws `rate-limited` when the person sends too much. */
	admit(principal: Principal): void;
	describeProblem(error: unknown): SocketProblem;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Connections that one person may have to this process; the owner as many as the server bears. */
const CONNECTIONS_OF_ONE = 100;
const SocketMessage = z.looseObject({ conversationId: z.string().max(200).optional() });
const Follow = z.object({ taskId: z.string().min(1).max(200), after: z.int().min(0).default(0) });
const Unfollow = z.object({ taskId: z.string().min(1).max(200) });

/** WebFrontend serves the page and the terminal over socket.io: one room a conversation, replies pushed, tasks followed live. */
export class WebFrontend implements IFrontend {
	readonly name = 'web';
	readonly limits: FrontendLimits = {
		maxTextLength: 1_000_000,
		// The page and the terminal follow tasks themselves.
		edits: false,
		buttons: true,
		markdown: 'full',
		files: true,
		editsPerSecond: 10,
		deduplicates: 'always',
		saysWhenSending: false,
		quietMs: 0,
		showsTasks: true,
		push: false,
	};
	readonly #parts: WebFrontendParts;
	readonly #follows = new Set<SocketFollows>();
	#host: FrontendHost | undefined;

	constructor(parts: WebFrontendParts) {
		this.#parts = parts;
	}

	async start(host: FrontendHost): Promise<void> {
		this.#host = host;
		const { io, authenticate, describeProblem } = this.#parts;
		io.use((socket, next) => {
			authenticate(socket.handshake)
				.then((known) => {
					const { principal, login } = identified(known);
					this.#makeRoom(principal);
					socket.data = { principal, login };
					// From here on it ends with what it rests on, and counts.
					void socket.join(personRoom(principal.person));
					if (login) void socket.join(loginRoom(login));
				})
				.then(
					() => next(),
					(error: unknown) => {
						const problem = describeProblem(error);
						next(Object.assign(new Error(problem.detail), { data: problem }));
					},
				);
		});
		io.on('connection', (socket) => this.#connected(socket));
		host.reportState({ status: 'ready' });
	}

	async deliver(reply: Reply): Promise<Receipt> {
		const { conversation, seq, repeated: _, ...body } = reply;
		this.#parts.io.to(roomOf(conversation)).emit('reply', { conversationId: conversation, seq, reply: body });
		// Whoever is away reads it from the conversation later, so a reply counts as delivered once it was offered.
		return { platformMessageIds: [reply.id], at: this.#parts.clock.now() };
	}

	async revise(_receipt: Receipt, reply: Reply): Promise<void> {
		await this.deliver(reply);
	}

	/** tellOfModel tells the pages of this process how a language model stands now; each process looks after its models itself. */
	tellOfModel(name: string, health: ModelHealth): void {
		this.#parts.io.local.emit('models', { name, health });
	}

	/** endLogin closes the connections that rest on a login which is over. */
	endLogin(login: string): void {
		this.#parts.io.in(loginRoom(login)).disconnectSockets(true);
	}

	/** endPerson closes the connections of somebody who may do less from now on; whoever still may connects again. */
	endPerson(person: PersonId): void {
		this.#parts.io.in(personRoom(person)).disconnectSockets(true);
	}

	async stop(): Promise<void> {
		if (!this.#host) return;
		this.#host = undefined;
		for (const follows of this.#follows) follows.stop();
		this.#parts.io.removeAllListeners('connection');
	}

	#makeRoom({ person, role }: Principal): void {
		const open = this.#parts.io.of('/').adapter.rooms.get(personRoom(person))?.size ?? 0;
		if (role === 'owner' || open < CONNECTIONS_OF_ONE) return;
		throw new CoreError('not-possible', `You have ${open} connections to this server already.`, {
			hint: 'Close a page or a terminal that you do not use.',
		});
	}

	#connected(socket: WebSocket): void {
		const { principal } = socket.data;
		const conversation = conversationNamed(socket) ?? defaultConversation(principal.person);
		void socket.join(roomOf(conversation));
		const follows = new SocketFollows(socket, this.#parts.desk);
		this.#follows.add(follows);
		socket.on('disconnect', () => {
			follows.stop();
			this.#follows.delete(follows);
		});
		socket.on('message', (payload, acknowledge) =>
			this.#answer(socket, acknowledge, () => this.#receive(socket, conversation, payload)),
		);
		socket.on('follow', (payload, acknowledge) =>
			this.#answer(socket, acknowledge, async () => {
				this.#parts.admit(principal);
				const { taskId, after } = parseInput(Follow, payload, 'The follow');
				await follows.follow(taskId, after);
				return { taskId };
			}),
		);
		socket.on('unfollow', (payload) => {
			const parsed = Unfollow.safeParse(payload);
			if (parsed.success) follows.unfollow(parsed.data.taskId);
		});
		socket.emit('conversation', { id: conversation });
	}

	async #receive(socket: WebSocket, shown: ConversationId, payload: unknown): Promise<{ id: string }> {
		const { person } = socket.data.principal;
		this.#parts.admit(socket.data.principal);
		if (!this.#host) {
			throw new CoreError('shutting-down', 'The server is stopping and takes no more messages.', {
				hint: 'Send it again in a moment; the same clientId is never taken twice.',
			});
		}
		const { conversationId, ...rest } = parseInput(SocketMessage, payload, 'The message');
		const conversation = conversationId === undefined ? shown : ownConversation(person, conversationId);
		const message = parseInput(MessageSchema, rest, 'The message');
		// Joined before it is taken, so that the first reply cannot pass by.
		await socket.join(roomOf(conversation));
		return this.#host.receive({
			frontend: 'web',
			conversation,
			identity: `web:${person}`,
			direct: true,
			platformMessageId: message.clientId,
			text: message.text,
			attachments: message.attachments ?? [],
			at: this.#parts.clock.now(),
		});
	}

	#answer<Answer>(
		socket: WebSocket,
		acknowledge: ((answer: Answer | { error: SocketProblem }) => void) | undefined,
		work: () => Promise<Answer>,
	): void {
		const reply = typeof acknowledge === 'function' ? acknowledge : () => {};
		work().then(reply, (error: unknown) => {
			const problem = this.#parts.describeProblem(error);
			const fields = { person: socket.data.principal.person, code: problem.code };
			if (problem.status >= 500) this.#parts.log.error('socket call failed', { ...fields, error });
			else this.#parts.log.info('socket call refused', fields);
			reply({ error: problem });
		});
	}
}

function identified(known: SocketData | undefined): SocketData {
	if (known) return known;
	throw new CoreError('unauthorized', 'This connection shows no token and no login.', {
		hint: 'Open a login link, or send the token as auth.token in the handshake.',
	});
}

const roomOf = (conversation: ConversationId) => `conversation:${conversation}`;
const loginRoom = (login: string) => `login:${login}`;
const personRoom = (person: PersonId) => `person:${person}`;

// A page may remember a conversation of somebody who used it before; it then gets its own person's default.
function conversationNamed(socket: WebSocket): ConversationId | undefined {
	const named: unknown = socket.handshake.auth['conversation'];
	if (typeof named !== 'string') return undefined;
	try {
		return asConversationId(ownConversation(socket.data.principal.person, named));
	} catch {
		return undefined;
	}
}
