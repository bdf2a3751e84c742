import { hash } from 'node:crypto';
import { z } from 'zod';
import type { AgentMessage } from '../../domain/agent/message.ts';
import { SentMessage } from '../../domain/agent/registration-schema.ts';
import { CoreError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { CoreStepRun } from '../../ports/core-step.ts';
import type { AgentCaller, IAgentDesk } from '../desks/agents.ts';

/** AgentStepParts is what steps need that send messages. */
export interface AgentStepParts {
	readonly desk: Pick<IAgentDesk, 'send' | 'ask'>;
	readonly roleOf: (person: PersonId) => Promise<AgentCaller['role'] | undefined>;
	readonly now: () => number;
}

/** StepMessage is a message as a step's input holds it. */
export const StepMessage = SentMessage.extend({
	/** Made from the step where left out. */
	id: z.string().min(1).max(200).optional(),
});

/** Longest that a task waits for an answer: thirty days. */
export const LONGEST_REPLY_MS = 30 * 24 * 3_600_000;

/** stepMessage is the message a step sends, the same in each of its runs, and who it speaks for. */
export async function stepMessage(
	step: CoreStepRun,
	given: z.infer<typeof StepMessage>,
	roleOf: AgentStepParts['roleOf'],
): Promise<{ caller: AgentCaller; message: Omit<AgentMessage, 'at'> }> {
	const role = await roleOf(step.person);
	if (role === undefined) {
		throw new CoreError('forbidden', 'Nobody is known here whom this task belongs to.', { hint: 'Ask the owner.' });
	}
	const id = given.id ?? `step.${hash('sha256', step.key, 'base64url').slice(0, 22)}`;
	const origins = [...new Set([...(given.origins ?? []), ...step.origins])].slice(0, 100);
	const message = { ...given, id, ...(origins.length === 0 ? {} : { origins }) };
	return { caller: { person: step.person, role }, message };
}
