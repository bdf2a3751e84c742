import type { ErrandCalls } from '../../harness/errand-calls.ts';
import { ECHO } from './boundary-workflows.ts';

/** prepare saves workflows, and registers the agents that they tell and ask. */
export async function prepare({ call }: ErrandCalls, workflows: Readonly<Record<string, string>>): Promise<void> {
	for (const name of ['alpha', 'beta']) await json(call('POST', '/v1/agents', { name }));
	const saved = { ...workflows, echo: ECHO };
	for (const [name, text] of Object.entries(saved)) await json(call('PUT', `/v1/workflows/${name}`, { text }));
	await json(call('POST', '/v1/agents', { name: 'gamma', reach: { kind: 'workflow', workflow: 'echo' } }));
}

/** told takes what ended runs left with others, by their names: messages to the agent, and reminders, of which a person has a hundred at most. */
export async function told({ call }: ErrandCalls): Promise<{ messages: string[]; reminders: string[] }> {
	const messages: string[] = [];
	for (;;) {
		const page = (await json(call('GET', '/v1/agents/beta/messages?max=100'))) as {
			messages: { message: { id: string } }[];
		};
		if (page.messages.length === 0) break;
		const ids = page.messages.map(({ message }) => message.id);
		messages.push(...ids);
		await json(call('POST', '/v1/agents/beta/messages/ack', { ids }));
	}
	const { schedules } = (await json(call('GET', '/v1/schedules'))) as {
		schedules: { id: string; what: { do: { kind: string; text?: string } } }[];
	};
	for (const { id } of schedules) await json(call('DELETE', `/v1/schedules/${id}`));
	return { messages, reminders: schedules.map(({ what }) => what.do.text ?? '') };
}

async function json(calling: Promise<Response>): Promise<unknown> {
	const response = await calling;
	const text = await response.text();
	if (response.ok) return text === '' ? undefined : JSON.parse(text);
	throw new Error(`${response.url} answered ${response.status}: ${text}`);
}
