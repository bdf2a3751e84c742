import { z } from 'zod';
import { parseInput } from '../../domain/parse-input.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { AwaitedEvent, type ICoreStep } from '../../ports/core-step.ts';
import { replyEvent } from './answer-of-task.ts';
import { type AgentStepParts, LONGEST_REPLY_MS, StepMessage, stepMessage } from './step-message.ts';

const Input = StepMessage.extend({
	replyMs: z.int().min(1).max(LONGEST_REPLY_MS).default(86_400_000).describe('How long the answer is waited for, ms.'),
	otherwise: z.enum(['fail', 'go-on']).default('fail').describe('What then, without one.'),
});
const Output = z.object({
	id: z.string().optional().describe('Of the answer.'),
	from: z.string().optional().describe('The agent that answered.'),
	type: z.string().optional(),
	payload: z.json().optional().describe('What it says.'),
	timedOut: z.boolean().optional().describe('No answer came in time.'),
});

/** AGENT_REQUEST is the step that asks another agent and ends with its answer, as planners and plans see it. */
export const AGENT_REQUEST: CapabilityDeclaration = {
	name: 'agent.request',
	version: 1,
	summary: 'Asks another agent with a durable message, and gives its answer, however long that takes.',
	input: Input,
	output: Output,
	effects: 'external',
	pure: false,
	placement: 'inline',
	concurrency: 100,
};

/** agentRequest sends a message once, and has its step wait for the answer; no process is held meanwhile. */
export function agentRequest({ desk, roleOf, now }: AgentStepParts): ICoreStep {
	return {
		declaration: AGENT_REQUEST,
		run: async (step) => {
			const { replyMs, otherwise: _then, ...given } = parseInput(Input, step.input, 'The message');
			const { caller, message } = await stepMessage(step, given, roleOf);
			const until = now() + replyMs;
			await desk.ask(caller, message, { task: step.taskId, until });
			return new AwaitedEvent({ event: replyEvent(message.id), until });
		},
	};
}
