import { z } from 'zod';
import { AGENT_NAME } from '../../domain/agent/message.ts';
import { CoreError } from '../../domain/errors.ts';
import { defineWorkflow } from '../define-workflow.ts';

const Received = z.object({
	message_id: z.string(),
	source_agent: z.string(),
	target_agent: z.string(),
	message_type: z.string(),
	payload: z.json(),
});
const Route = z.object({ source: z.string(), target: z.string() });
/** What `agent.send` gives. */
const Sent = z.object({ id: z.string(), routed: z.array(z.string()), duplicate: z.boolean() });

/** agentCoordination delivers a message of one agent to another, or to all that listen to a topic, and says whether it got there. */
export const agentCoordination = defineWorkflow({
	name: 'agent-coordination',
	title: 'Send a message between agents',
	description: 'Checks the way of a message from one agent to another, delivers it durably and acknowledges it.',
	input: z.object({
		message_id: z.string().min(1).max(200),
		source_agent: z.string().min(1).max(80),
		target_agent: z.string().min(1).max(80),
		message_type: z.string().min(1).max(100),
		payload: z.json(),
	}),
	output: z.object({
		message_id: z.string(),
		source_agent: z.string(),
		target_agent: z.string(),
		routed: z.boolean(),
		timestamp: z.string(),
	}),
	steps: (flow, input) => {
		const received = flow.step('receive', {
			title: 'Take in the message',
			placement: 'inline',
			accepts: Received,
			input: {
				message_id: input.message_id,
				source_agent: input.source_agent,
				target_agent: input.target_agent,
				message_type: input.message_type,
				payload: input.payload,
			},
			run: (message) => message,
			output: Received,
		});
		const route = flow.step('validate_route', {
			title: 'Check the way of the message',
			placement: 'inline',
			accepts: Route,
			input: { source: received.source_agent, target: received.target_agent },
			run: checkRoute,
			output: Route,
		});
		const sent = flow.use(
			'agent.send',
			{
				id: received.message_id,
				source: route.source,
				target: route.target,
				type: received.message_type,
				payload: received.payload,
			},
			{ id: 'deliver', title: 'Deliver the message', output: Sent },
		);
		return flow.step('acknowledge', {
			title: 'Say where the message got',
			placement: 'inline',
			accepts: Route.extend({ message_id: z.string(), routed: z.array(z.string()) }),
			input: { message_id: sent.id, source: route.source, target: route.target, routed: sent.routed },
			run: ({ message_id, source, target, routed }) => ({
				message_id,
				source_agent: source,
				target_agent: target,
				routed: routed.length > 0,
				timestamp: new Date().toISOString(),
			}),
		});
	},
});

function checkRoute({ source, target }: z.infer<typeof Route>): z.infer<typeof Route> {
	const topic = target.startsWith('topic:') ? target.slice('topic:'.length) : target;
	for (const name of [source, topic]) {
		if (AGENT_NAME.test(name)) continue;
		throw new CoreError('invalid-input', `"${name}" cannot be the name of an agent or a topic.`, {
			hint: 'Names are small letters, digits and -, at most 63; a topic is written topic:<name>.',
		});
	}
	if (source !== target) return { source, target };
	throw new CoreError('invalid-input', `The agent "${source}" would send itself a message.`, {
		hint: 'Name another agent in `target_agent`.',
	});
}
