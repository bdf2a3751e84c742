import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { Receiver } from './receiver.ts';

/** PageSockets are people on the page, each with a connection and a conversation of their own. */
export interface PageSockets {
	/** Resolves once the message of that person is acknowledged. */
	say(person: number, text: string): Promise<void>;
	/** Resolves with the next reply that person sees. */
	replied(person: number): Promise<void>;
	close(): void;
}

/** openPageSockets connects everybody on the page of a server. */
export async function openPageSockets({ url, people }: Receiver): Promise<PageSockets> {
	const sockets: Socket[] = people.map(({ id, token }) =>
		io(url, { auth: { token, conversation: `web-${id}-socket` }, transports: ['websocket'], forceNew: true }),
	);
	await Promise.all(sockets.map((socket) => once(socket as never, 'connect')));
	const socketOf = (person: number) => {
		const socket = sockets[person % sockets.length];
		if (socket === undefined) throw new Error('Nobody is on the page.');
		return socket;
	};
	let said = 0;
	return {
		say: async (person, text) => {
			const message = { text, clientId: `socket-${++said}` };
			const answer = (await socketOf(person).timeout(30_000).emitWithAck('message', message)) as { id?: string };
			if (answer.id === undefined) throw new Error(`A message of the page was not taken: ${JSON.stringify(answer)}`);
		},
		replied: async (person) => {
			await once(socketOf(person) as never, 'reply');
		},
		close: () => {
			for (const socket of sockets) socket.disconnect();
		},
	};
}
