import { asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import { describe, expect, it } from 'vitest';
import type { Api } from './api.ts';
import { createConversation } from './conversation.ts';
import { ProblemError } from './problem.ts';

/** A server of one conversation: what is said becomes an entry, unless `say` is told to fail first. */
function server(failures: unknown[] = []) {
	const entries: ConversationEntry[] = [];
	const said: string[] = [];
	const api: Pick<Api, 'say' | 'entries'> = {
		say: async (_conversation, { text, clientId }) => {
			said.push(clientId);
			const failure = failures.shift();
			if (failure !== undefined) throw failure;
			const seq = entries.length + 1;
			entries.push({ kind: 'message', seq, at: seq, clientId, text, attachments: [], taskId: asTaskId(`t${seq}`) });
		},
		entries: async (_conversation, after) => {
			const later = entries.filter((entry) => entry.seq > after);
			return { entries: later, next: later.at(-1)?.seq ?? after };
		},
	};
	return { api, entries, said };
}
const reply = (seq: number): ConversationEntry => ({
	kind: 'reply',
	seq,
	at: seq,
	reply: { id: asReplyId(`r${seq}`), kind: 'answer', text: `reply ${seq}` },
});
const shape = (conversation: ReturnType<typeof createConversation>) =>
	conversation.items.value.map((item) => (item.kind === 'message' ? `${item.status}: ${item.text}` : item.kind));

describe('createConversation', () => {
	it('shows a message at once, then the task it became', async () => {
		const { api } = server();
		const conversation = createConversation(api);
		conversation.open('web-owner');
		conversation.send('hello', []);
		expect(shape(conversation)).toEqual(['sending: hello']);
		await expect.poll(() => shape(conversation)).toEqual(['sent: hello', 'plan', 'end']);
	});

	it('sends again with the same id until a lost connection is back, and shows the message once', async () => {
		const { api, said } = server([new TypeError('Failed to fetch')]);
		const conversation = createConversation(api);
		conversation.open('web-owner');
		conversation.send('hello', []);
		await expect.poll(() => shape(conversation)).toEqual(['sent: hello', 'plan', 'end']);
		expect(said).toHaveLength(2);
		expect(new Set(said).size).toBe(1);
	});

	it('keeps a refused message with its problem, to be sent again or discarded', async () => {
		const problem = { status: 413, code: 'too-large', message: 'Too long.', hint: 'Attach it.' };
		const { api } = server([new ProblemError(problem), new ProblemError(problem)]);
		const conversation = createConversation(api);
		conversation.open('web-owner');
		conversation.send('long', []);
		await expect.poll(() => shape(conversation)).toEqual(['refused: long']);
		const [item] = conversation.items.value;
		expect(item).toMatchObject({ kind: 'message', problem: { hint: 'Attach it.' } });
		const clientId = item?.key.slice(2) ?? '';
		conversation.resend(clientId);
		await expect.poll(() => shape(conversation)).toEqual(['refused: long']);
		conversation.discard(clientId);
		expect(shape(conversation)).toEqual([]);
	});

	it('reads what it missed when a live entry shows a gap, and ignores other conversations', async () => {
		const { api, entries } = server();
		entries.push(reply(1), reply(2), reply(3));
		const conversation = createConversation(api);
		conversation.open('web-owner');
		await expect.poll(() => shape(conversation)).toHaveLength(3);
		entries.push(reply(4), reply(5));
		conversation.add('web-owner-terminal', reply(5));
		expect(shape(conversation)).toHaveLength(3);
		conversation.add('web-owner', reply(5));
		await expect.poll(() => shape(conversation)).toHaveLength(5);
	});
});
