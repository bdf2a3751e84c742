import { hash } from 'node:crypto';
import { z } from 'zod';
import { SentMessage } from '../../domain/agent/registration-schema.ts';
import { CoreError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import type { AgentCaller, IAgentDesk } from '../desks/agents.ts';
import { replyEvent } from './answer-of-task.ts';

interface Dependencies {
	readonly desk: Pick<IAgentDesk, 'send' | 'ask'>;
	readonly roleOf: (person: PersonId) => Promise<AgentCaller['role'] | undefined>;
	readonly now: () => number;
}

const Input = SentMessage.extend({
	/** Made from the step where left out. */
	id: z.string().min(1).max(200).optional(),
	/** How long an answer is waited for, ms: the task gets it as the event that the output names. */
	awaitReplyMs: z
		.int()
		.min(1)
		.max(30 * 24 * 3_600_000)
		.optional(),
});
const Output = z.object({
	id: z.string(),
	routed: z.array(z.string()),
	duplicate: z.boolean(),
	event: z.string().optional(),
});

/** AGENT_SEND is the step that sends a message, as planners and plans see it. */
export const AGENT_SEND: CapabilityDeclaration = {
	name: 'agent.send',
	version: 1,
	summary: 'Sends a durable message from one agent to another, or to a topic; it is stored before the step ends.',
	input: Input,
	output: Output,
	effects: 'external',
	pure: false,
	placement: 'inline',
	concurrency: 100,
};

/** agentSend is the step that sends a message from one of the person's agents to another agent, or to all that listen to a topic. */
export function agentSend({ desk, roleOf, now }: Dependencies): ICoreStep {
	return {
		declaration: AGENT_SEND,
		run: async (step) => {
			const { awaitReplyMs, ...given } = parseInput(Input, step.input, 'The message');
			const role = await roleOf(step.person);
			if (role === undefined) {
				throw new CoreError('forbidden', 'Nobody is known here whom this task belongs to.', { hint: 'Ask the owner.' });
			}
			const id = given.id ?? `step.${hash('sha256', step.key, 'base64url').slice(0, 22)}`;
			const origins = [...new Set([...(given.origins ?? []), ...step.origins])].slice(0, 100);
			const caller = { person: step.person, role };
			const message = { ...given, id, ...(origins.length === 0 ? {} : { origins }) };
			if (awaitReplyMs === undefined) {
				const { routed, duplicate } = await desk.send(caller, message);
				return { id, routed: [...routed], duplicate };
			}
			const waits = { task: step.taskId, until: now() + awaitReplyMs };
			const { routed, duplicate } = await desk.ask(caller, message, waits);
			return { id, routed: [...routed], duplicate, event: replyEvent(id) };
		},
	};
}
