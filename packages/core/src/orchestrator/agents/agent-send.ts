import { z } from 'zod';
import { parseInput } from '../../domain/parse-input.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import { replyEvent } from './answer-of-task.ts';
import { type AgentStepParts, LONGEST_REPLY_MS, StepMessage, stepMessage } from './step-message.ts';

const Input = StepMessage.extend({
	/** How long an answer is waited for, ms: the task gets it as the event that the output names. */
	awaitReplyMs: z.int().min(1).max(LONGEST_REPLY_MS).optional(),
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
export function agentSend({ desk, roleOf, now }: AgentStepParts): ICoreStep {
	return {
		declaration: AGENT_SEND,
		run: async (step) => {
			const { awaitReplyMs, ...given } = parseInput(Input, step.input, 'The message');
			const { caller, message } = await stepMessage(step, given, roleOf);
			const { id } = message;
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
