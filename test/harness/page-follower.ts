import { io } from 'socket.io-client';

/** PageFollower is a page's line to Errand: it comes back by itself and follows its tasks on from what it has seen. */
export interface PageFollower {
	/** Numbers of the facts it was sent, by task, in the order they came; those it had before are left out, as a page does. */
	readonly seen: ReadonlyMap<string, readonly { readonly seq: number; readonly at: number }[]>;
	/** What was said in its conversation: the last of each number, and how often each was sent. */
	readonly replies: ReadonlyMap<number, { readonly kind: string; readonly text: string }>;
	follow(task: string): void;
	/** Says something; sends it again until it was taken. */
	say(text: string, clientId: string): Promise<void>;
	connections(): number;
	close(): void;
}

/** followLikeAPage connects as a page does. */
export function followLikeAPage(url: string, token: string): PageFollower {
	const socket = io(url, {
		auth: { token },
		transports: ['websocket', 'polling'],
		reconnectionDelay: 300,
		reconnectionDelayMax: 3_000,
		forceNew: true,
	});
	const seen = new Map<string, { readonly seq: number; readonly at: number }[]>();
	const replies = new Map<number, { kind: string; text: string }>();
	let connections = 0;
	const ask = (taskId: string) => {
		if (socket.connected)
			socket.emit('follow', { taskId, after: seen.get(taskId)?.at(-1)?.seq ?? 0 }, askAgain(taskId));
	};
	/** A refusal passes, as when a server is only just starting. */
	const askAgain = (taskId: string) => (answer: { readonly error?: unknown }) => {
		if (answer.error !== undefined) setTimeout(() => ask(taskId), 1_000);
	};
	socket.on('connect', () => {
		connections++;
		for (const taskId of seen.keys()) ask(taskId);
	});
	socket.on('disconnect', (reason) => {
		if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
	});
	socket.on('fact', ({ taskId, fact }: { taskId: string; fact: { seq: number } }) => {
		const known = seen.get(taskId);
		if (known === undefined || fact.seq <= (known.at(-1)?.seq ?? 0)) return;
		known.push({ seq: fact.seq, at: Date.now() });
	});
	socket.on('reply', ({ seq, reply }: { seq: number; reply: { kind: string; text: string } }) => {
		replies.set(seq, reply);
	});
	return {
		seen,
		replies,
		follow: (taskId) => {
			seen.set(taskId, []);
			ask(taskId);
		},
		say: async (text, clientId) => {
			for (let tries = 0; ; tries++) {
				try {
					const answer = await socket.timeout(30_000).emitWithAck('message', { text, clientId });
					if (answer.error === undefined) return;
				} catch (error) {
					if (tries > 3) throw error;
				}
			}
		},
		connections: () => connections,
		close: () => void socket.close(),
	};
}
