import type { Agent } from '../../domain/agent/state.ts';
import { CoreError } from '../../domain/errors.ts';
import type { AgentCaller } from '../desks/agents.ts';

/** refuseOthers throws unless the caller is the agent, or the person it belongs to. */
export function refuseOthers(caller: AgentCaller, agent: Agent): void {
	if (caller.agent === undefined ? caller.person === agent.person : caller.agent === agent.name) return;
	throw notYours(agent.name);
}

/** notYours is for whoever would speak as the agent of somebody else. */
export function notYours(name: string): CoreError {
	return new CoreError('forbidden', `You cannot speak as "${name}", nor read what it gets.`, {
		hint: 'Use the token that registering this agent gave, or the token of the person it belongs to.',
	});
}

/** notByItself is for an agent that would choose the workflow its messages run. */
export function notByItself(name: string): CoreError {
	return new CoreError('forbidden', `"${name}" cannot decide by itself which workflow its messages run.`, {
		hint: 'Register it with the token of the person it belongs to.',
	});
}

/** elsewhere is for who waits for an answer and sends it to another. */
export function elsewhere(): CoreError {
	return new CoreError(
		'invalid-input',
		'An answer that is waited for has to go to who asks: `replyTo` is another agent.',
		{
			hint: 'Leave `replyTo` out, or send the message without waiting.',
		},
	);
}

/** carriedOnly is for messages that are fetched though they are carried. */
export function carriedOnly({ name, reach }: Agent): CoreError {
	return new CoreError('not-possible', `Messages for "${name}" are carried to its ${reach.kind}, not fetched.`, {
		hint: 'Register it again with the reach `{"kind": "pull"}` to fetch them.',
	});
}

/** tooMany is for a person with as many agents as there may be. */
export function tooMany(limit: number): CoreError {
	return new CoreError('not-possible', `You have ${limit} agents; there may not be more.`, {
		hint: 'Unregister one that is not needed any more.',
	});
}
