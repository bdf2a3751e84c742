import type { IClock } from '../../ports/clock.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import { agentRequest } from './agent-request.ts';
import { agentSend } from './agent-send.ts';
import type { AgentStepParts } from './step-message.ts';

/** agentSteps are the steps that send messages between agents. */
export function agentSteps({ clock, ...parts }: Omit<AgentStepParts, 'now'> & { clock: IClock }): readonly ICoreStep[] {
	const deps = { ...parts, now: () => clock.now() };
	return [agentSend(deps), agentRequest(deps)];
}
