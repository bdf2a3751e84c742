import type { AgentMessage } from '../../domain/agent/message.ts';
import { AGENT_LIMITS } from '../../domain/agent/state.ts';
import type { Json } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import type { TaskView } from '../../domain/task/view.ts';

/** replyEvent is the name of the event that a task gets when its message is answered. */
export function replyEvent(messageId: string): string {
	return `agent.reply.${messageId}`;
}

/** eventOf is an answer as the task that waits for it gets it. */
export function eventOf(message: AgentMessage): { name: string; data: Json; id: string; origins: readonly string[] } {
	const { id, source: from, type, payload, inReplyTo = '', origins = [] } = message;
	return {
		name: replyEvent(inReplyTo),
		data: { id, from, type, payload },
		id: `${from}/${id}`,
		origins: [...new Set([...origins, `agent:${from}`])],
	};
}

/** answerOf is what a workflow's task sends back to whoever set it off. */
export function answerOf(view: TaskView): Json {
	if (view.status === 'failed') {
		const { code = 'internal', message = 'The task failed.' } = view.error ?? {};
		return { status: 'failed', error: { code, message: shortened(message, MAX_TEXT) } };
	}
	if (view.result === undefined) return { status: view.status };
	const { text, output } = view.result as typeof view.result & { readonly output?: Json };
	const answer = { status: 'done', text: shortened(text, MAX_TEXT) };
	const whole = output === undefined ? answer : { ...answer, output };
	return Buffer.byteLength(JSON.stringify(whole)) <= AGENT_LIMITS.payloadBytes ? whole : answer;
}

const MAX_TEXT = 16_000;
