import { io, type Socket } from 'socket.io-client';
import type { AdmittedPerson } from './admit-people.ts';
import { bearer, call } from './storm-client.ts';
import type { StormFrontend, StormServer, StormVoice } from './storm-voice.ts';

interface Entries {
	readonly entries: readonly { readonly kind: string; readonly reply?: { readonly text: string } }[];
	readonly next: number;
}

const ANSWER_MS = 1_500;

/** restVoices post to their conversations over HTTP. */
export function restVoices(server: StormServer, people: readonly AdmittedPerson[]): StormFrontend {
	const voices = people.map(({ id, token }): StormVoice => {
		const conversation = `web-${id}-rest`;
		const path = `/v1/conversations/${conversation}/messages`;
		let said = 0;
		return {
			conversation,
			say: async ({ text }, { twice, inbound }) => {
				const clientId = `rest-${++said}`;
				const body = JSON.stringify({ text, clientId });
				const post = (breaks: boolean) => call(server, { method: 'POST', path, headers: bearer(token), body, breaks });
				await Promise.all(twice ? [post(inbound), post(false)] : [post(inbound)]);
				return clientId;
			},
			sees: () => readBack(server, conversation, token),
		};
	});
	return { name: 'rest', voices, window: undefined, deduplicates: true };
}

/** socketVoices hold a connection as the page does, and say what was not acknowledged again over the next one. */
export function socketVoices(
	server: StormServer,
	people: readonly AdmittedPerson[],
): StormFrontend & { close(): void } {
	const sockets = new Set<Socket>();
	const voices = people.map(({ id, token }): StormVoice => {
		const conversation = `web-${id}-socket`;
		let said = 0;
		let socket: Socket | undefined;
		let at = '';
		const connected = () => {
			if (socket !== undefined && at === server.url) return socket;
			if (socket !== undefined) sockets.delete(socket.disconnect());
			at = server.url;
			socket = io(at, {
				auth: { token, conversation },
				transports: ['websocket'],
				reconnectionDelay: 50,
				reconnectionDelayMax: 200,
			});
			sockets.add(socket);
			return socket;
		};
		const offer = async (message: unknown): Promise<boolean> => {
			try {
				const answer = (await connected().timeout(ANSWER_MS).emitWithAck('message', message)) as { id?: string };
				return answer.id !== undefined;
			} catch {
				return false;
			}
		};
		return {
			conversation,
			say: async ({ text }, { twice, inbound }) => {
				const clientId = `socket-${++said}`;
				const message = { text, clientId };
				if (twice) connected().emit('message', message);
				if (inbound) {
					connected().emit('message', message);
					// The connection breaks before the acknowledgement.
					setImmediate(() => socket?.io.engine?.close());
				}
				while (!(await offer(message))) if (at !== server.url) connected();
				return clientId;
			},
			sees: () => readBack(server, conversation, token),
		};
	});
	const close = () => {
		for (const socket of sockets) socket.disconnect();
	};
	return { name: 'socket', voices, window: undefined, deduplicates: true, close };
}

async function readBack(server: StormServer, conversation: string, token: string): Promise<readonly string[]> {
	const texts: string[] = [];
	for (let after = 0; ; ) {
		const path = `/v1/conversations/${conversation}/messages?after=${after}`;
		const { entries, next } = (await call(server, { method: 'GET', path, headers: bearer(token) })) as Entries;
		texts.push(...entries.flatMap(({ reply }) => reply?.text ?? []));
		if (next === after) return texts;
		after = next;
	}
}
