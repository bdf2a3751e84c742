import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Wire, World } from './world.ts';

interface Session {
	readonly id: string;
	readonly intents: number;
	seq: number;
	readonly log: { readonly op: 0; readonly t: string; readonly s: number; readonly d: Wire }[];
	socket: WebSocket | undefined;
}

const MESSAGE_CONTENT = 1 << 15;
const RESUMABLE_LOG = 5_000;

/** GatewayServer is the gateway: sessions, heartbeats, events, and resuming with what was missed. */
export class GatewayServer {
	readonly #world: World;
	readonly #sockets: WebSocketServer;
	readonly #sessions = new Map<string, Session>();
	/** How often it was connected to, and sessions were begun, resumed, and refused to be resumed. */
	readonly counts = { connections: 0, identified: 0, resumed: 0, invalid: 0, heartbeats: 0 };
	/** The most sessions that had a connection at the same time. */
	mostAtOnce = 0;
	heartbeatMs = 41_250;
	answersHeartbeats = true;
	/** New connections are closed at once. */
	refuses = false;
	/** The close code for whoever identifies next, and all after. */
	closesIdentifiesWith: number | undefined;
	/** How an identify was refused last. */
	closedWith: number | undefined;
	/** Every event is sent twice. */
	repeatsEvents = false;

	constructor(server: Server, world: World) {
		this.#world = world;
		this.#sockets = new WebSocketServer({ server, path: '/gateway' });
		this.#sockets.on('connection', (socket) => this.#connected(socket));
	}

	/** Tells every session that may know, now or when it is back. */
	dispatch(event: string, payload: Wire): void {
		for (const session of this.#sessions.values()) {
			this.#send(session, event, withoutContent(event, payload, session.intents, this.#world.bot.id));
			if (this.repeatsEvents && event === 'MESSAGE_CREATE') this.#send(session, event, payload);
		}
	}

	/** Drops the connections as a network does. */
	drop(): void {
		for (const socket of this.#sockets.clients) socket.terminate();
	}

	close(code: number): void {
		for (const socket of this.#sockets.clients) socket.close(code);
	}

	/** Op 7: asks to connect again. */
	askToReconnect(): void {
		this.#toAll({ op: 7, d: null });
	}

	/** Op 9: says that the session is no good any more, or still is. */
	invalidate(resumable: boolean): void {
		if (!resumable) this.#sessions.clear();
		this.#toAll({ op: 9, d: resumable });
	}

	/** Forgets what could be resumed. */
	forgetSessions(): void {
		this.#sessions.clear();
	}

	async stop(): Promise<void> {
		this.drop();
		await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
	}

	#toAll(payload: Wire): void {
		for (const socket of this.#sockets.clients) socket.send(JSON.stringify(payload));
	}

	#connected(socket: WebSocket): void {
		this.counts.connections += 1;
		if (this.refuses) {
			socket.terminate();
			return;
		}
		let session: Session | undefined;
		socket.send(JSON.stringify({ op: 10, s: null, t: null, d: { heartbeat_interval: this.heartbeatMs } }));
		socket.on('message', (data) => {
			const { op, d } = JSON.parse(String(data)) as { op: number; d: Wire };
			if (op === 1) {
				this.counts.heartbeats += 1;
				if (this.answersHeartbeats) socket.send(JSON.stringify({ op: 11 }));
			} else if (op === 2) session = this.#identify(socket, d);
			else if (op === 6) session = this.#resume(socket, d);
		});
		socket.on('close', () => {
			if (session?.socket === socket) session.socket = undefined;
		});
	}

	#identify(socket: WebSocket, data: Wire): Session | undefined {
		const { token, bot, application, guilds, messageContent } = this.#world;
		const intents = Number(data['intents']);
		const refused = this.closesIdentifiesWith ?? (data['token'] === token ? undefined : 4004);
		const code = refused ?? ((intents & MESSAGE_CONTENT) !== 0 && !messageContent ? 4014 : undefined);
		if (code !== undefined) {
			this.closedWith = code;
			socket.close(code);
			return undefined;
		}
		this.counts.identified += 1;
		const session: Session = { id: randomBytes(16).toString('hex'), intents, seq: 0, log: [], socket };
		this.#sessions.set(session.id, session);
		this.#countConnected();
		this.#send(session, 'READY', {
			v: 10,
			user: bot,
			guilds: [...guilds.keys()].map((id) => ({ id, unavailable: true })),
			session_id: session.id,
			resume_gateway_url: this.#url(),
			application: { id: application, flags: 0 },
		});
		for (const guild of guilds.values()) this.#send(session, 'GUILD_CREATE', this.#world.guildPayload(guild));
		return session;
	}

	#resume(socket: WebSocket, data: Wire): Session | undefined {
		const session = this.#sessions.get(String(data['session_id']));
		if (session === undefined || data['token'] !== this.#world.token) {
			this.counts.invalid += 1;
			socket.send(JSON.stringify({ op: 9, d: false }));
			return undefined;
		}
		this.counts.resumed += 1;
		session.socket = socket;
		this.#countConnected();
		for (const event of session.log.filter(({ s }) => s > Number(data['seq']))) socket.send(JSON.stringify(event));
		this.#send(session, 'RESUMED', {});
		return session;
	}

	#countConnected(): void {
		const connected = [...this.#sessions.values()].filter(({ socket }) => socket !== undefined).length;
		this.mostAtOnce = Math.max(this.mostAtOnce, connected);
	}

	#send(session: Session, event: string, payload: Wire): void {
		session.seq += 1;
		const packet = { op: 0, t: event, s: session.seq, d: payload } as const;
		session.log.push(packet);
		if (session.log.length > RESUMABLE_LOG) session.log.shift();
		session.socket?.send(JSON.stringify(packet));
	}

	#url(): string {
		return `${this.#world.address.replace(/^http/, 'ws')}/gateway`;
	}
}

/** Without the intent a bot reads only what is written to it. */
function withoutContent(event: string, payload: Wire, intents: number, bot: string): Wire {
	if (event !== 'MESSAGE_CREATE' || (intents & MESSAGE_CONTENT) !== 0 || payload['guild_id'] === undefined)
		return payload;
	const mentions = payload['mentions'] as readonly { id: string }[];
	const author = payload['author'] as { id: string };
	if (author.id === bot || mentions.some(({ id }) => id === bot)) return payload;
	return { ...payload, content: '', attachments: [], components: [], embeds: [] };
}
