import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { mergeEntries, type Outgoing, type TimelineItem, timeline } from '../fold/timeline.ts';
import type { Api } from './api.ts';
import { readFile } from './files.ts';
import { isPassing, type Problem, problemOf } from './problem.ts';

/** Conversation is one thread of messages as the page knows it. */
export interface Conversation {
	readonly items: ReadonlySignal<readonly TimelineItem[]>;
	/** False until the first reading has come back. */
	readonly loaded: ReadonlySignal<boolean>;
	send(text: string, files: readonly File[]): void;
	/** Sends a refused message once more, as it was. */
	resend(clientId: string): void;
	discard(clientId: string): void;
	/** The conversation to show, as the server names it. */
	open(id: string): void;
	/** Takes an entry that arrived live; one of another conversation is left alone. */
	add(conversation: string, entry: ConversationEntry): void;
	/** Reads what came since; safe to call at any time. */
	refresh(): Promise<void>;
}

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** createConversation keeps a thread: shows a message at once, sends it until it is accepted or refused, and catches up. */
export function createConversation(api: Pick<Api, 'say' | 'entries'>): Conversation {
	let id: string | undefined;
	let read = 0;
	let reading: Promise<void> | undefined;
	let readAgain = false;
	const entries = signal<readonly ConversationEntry[]>([]);
	const outbox = signal<readonly Outgoing[]>([]);
	const loaded = signal(false);
	const filesOf = new Map<string, readonly File[]>();

	const change = (clientId: string, changes: Partial<Outgoing>) => {
		outbox.value = outbox.value.map((each) => (each.clientId === clientId ? { ...each, ...changes } : each));
	};

	const readOn = async () => {
		const from = id;
		while (from !== undefined) {
			const page = await api.entries(from, read);
			if (from !== id) return;
			entries.value = mergeEntries(entries.value, page.entries);
			const more = page.next > read;
			read = Math.max(read, page.next);
			if (!more) break;
		}
		loaded.value = from !== undefined;
		forgetArrived();
	};

	const refresh = async (): Promise<void> => {
		if (reading !== undefined) {
			readAgain = true;
			return reading;
		}
		reading = readOn()
			// A lost connection or login shows elsewhere; the next connection reads again.
			.catch(() => undefined)
			.finally(() => {
				reading = undefined;
				if (readAgain) {
					readAgain = false;
					void refresh();
				}
			});
		return reading;
	};

	const forgetArrived = () => {
		const arrived = new Set(entries.value.flatMap((entry) => (entry.kind === 'message' ? [entry.clientId] : [])));
		if (outbox.value.some((each) => arrived.has(each.clientId))) {
			for (const clientId of arrived) filesOf.delete(clientId);
			outbox.value = outbox.value.filter((each) => !arrived.has(each.clientId));
		}
	};

	/** Until the server has said which task the message became, only reading again tells. */
	const learnTask = async (clientId: string) => {
		for (const waitMs of [0, 150, 600, 2_000]) {
			await pause(waitMs);
			const own = entries.value.find((entry) => entry.kind === 'message' && entry.clientId === clientId);
			if (own?.kind === 'message' && own.taskId !== undefined) return;
			if (own !== undefined) read = Math.min(read, own.seq - 1);
			await refresh();
		}
	};

	const deliver = async (clientId: string) => {
		const message = outbox.value.find((each) => each.clientId === clientId);
		if (message === undefined) return;
		change(clientId, { status: 'sending', problem: undefined });
		const attachments = await Promise.all((filesOf.get(clientId) ?? []).map(readFile));
		for (let tries = 0; ; tries++) {
			try {
				if (id === undefined) throw new TypeError('not connected yet');
				await api.say(id, { text: message.text, attachments, clientId });
				change(clientId, { status: 'sent' });
				return learnTask(clientId);
			} catch (error) {
				const problem = problemOf(error);
				// Without a connection it is tried until there is one.
				const waitMs = RETRY_MS[tries] ?? (problem.status === 0 ? RETRY_MS.at(-1) : undefined);
				if (!isPassing(problem) || waitMs === undefined) return refused(clientId, problem);
				await pause(waitMs);
			}
		}
	};
	const refused = (clientId: string, problem: Problem) => change(clientId, { status: 'refused', problem });

	const dispatch = (clientId: string) => {
		deliver(clientId).catch((error: unknown) => {
			const message = error instanceof Error ? error.message : String(error);
			const hint = 'If a file of it was changed or moved meanwhile, attach it again.';
			refused(clientId, { status: 0, code: 'unreadable', message, hint });
		});
	};

	return {
		items: computed(() => timeline(entries.value, outbox.value)),
		loaded,
		send: (text, files) => {
			const clientId = crypto.randomUUID();
			filesOf.set(clientId, files);
			const named = files.map((file) => ({ name: file.name, bytes: file.size }));
			outbox.value = [...outbox.value, { clientId, text, files: named, at: Date.now(), status: 'sending' }];
			dispatch(clientId);
		},
		resend: dispatch,
		discard: (clientId) => {
			filesOf.delete(clientId);
			outbox.value = outbox.value.filter((each) => each.clientId !== clientId);
		},
		open: (next) => {
			if (next === id) return;
			id = next;
			read = 0;
			entries.value = [];
			loaded.value = false;
			void refresh();
		},
		add: (conversation, entry) => {
			if (conversation !== id) return;
			entries.value = mergeEntries(entries.value, [entry]);
			// What came between the last reading and this, such as a message sent from another place.
			if (entry.seq > read + 1) void refresh();
		},
		refresh,
	};
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
