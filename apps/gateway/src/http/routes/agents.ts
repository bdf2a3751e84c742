import type { AgentCaller } from '@errand/core/orchestrator/desks/agents.ts';
import { z } from 'zod';
import type { Caller } from '../../auth/authenticator.ts';
import { type Route, route } from '../route.ts';
import {
	AcknowledgeSchema,
	AgentParams,
	AgentSchema,
	DeadLetterSchema,
	DeliverySchema,
	LetterParams,
	ReceiveQuery,
	RegisterSchema,
	RejectSchema,
	RequestSchema,
	RoutedSchema,
	SendSchema,
} from '../schemas/agent.ts';

const TAG = { tag: 'agents', access: 'agent' } as const;
const TOKENS = z.object({
	token: z.string().describe('Shown this once; the one before is void.'),
	secret: z.string().optional().describe('Signs what is posted to its webhook; shown this once.'),
});

/** AGENT_ROUTES carry messages between agents; an agent's own token is good for them, and for nothing else. */
export const AGENT_ROUTES: readonly Route[] = [
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents', operationId: 'registerAgent' },
			summary: 'Register an agent, or change one of yours; it gets a new token.',
			body: RegisterSchema,
			responses: { 201: { description: 'Registered.', schema: TOKENS } },
			errors: ['not-possible', 'address-refused', 'unsupported-type', 'too-large', 'disk-full'],
		},
		async ({ agents }, { caller, body }) => ({ status: 201, json: await agents.register(agentCaller(caller), body) }),
	),
	route(
		{
			...{ ...TAG, method: 'get', path: '/v1/agents', operationId: 'listAgents' },
			summary: 'List the agents that messages can go to.',
			responses: { 200: { description: 'Latest first.', schema: z.object({ agents: z.array(AgentSchema) }) } },
			errors: [],
		},
		async ({ agents }, { caller }) => ({ status: 200, json: { agents: await agents.list(agentCaller(caller)) } }),
	),
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents/messages', operationId: 'sendAgentMessage' },
			summary: 'Send a message to an agent or a topic; the same id from the same source again changes nothing.',
			body: SendSchema,
			responses: { 202: { description: 'Every mailbox has it.', schema: RoutedSchema } },
			errors: ['unknown-agent', 'unsupported-type', 'too-large', 'disk-full'],
		},
		async ({ agents }, { caller, body }) => ({ status: 202, json: await agents.send(agentCaller(caller), body) }),
	),
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents/request', operationId: 'requestOfAgent' },
			summary: 'Send a message and wait for its answer.',
			body: RequestSchema,
			responses: { 200: { description: 'The answer.', schema: DeliverySchema.shape.message } },
			errors: ['unknown-agent', 'timed-out', 'unsupported-type', 'too-large', 'disk-full'],
		},
		async ({ agents }, { caller, body: { timeoutMs, ...message }, response }) => {
			const gone = new AbortController();
			response.once('close', () => gone.abort());
			const options = { timeoutMs, signal: gone.signal };
			return { status: 200, json: await agents.request(agentCaller(caller), message, options) };
		},
	),
	route(
		{
			...{ ...TAG, method: 'delete', path: '/v1/agents/:name', operationId: 'unregisterAgent' },
			summary: 'Take an agent out of the registry, with what waits for it.',
			params: AgentParams,
			responses: { 204: { description: 'Gone.' } },
			errors: ['unknown-agent'],
		},
		async ({ agents }, { caller, params }) => {
			await agents.unregister(agentCaller(caller), params.name);
			return { status: 204 };
		},
	),
	route(
		{
			...{ ...TAG, method: 'get', path: '/v1/agents/:name/messages', operationId: 'receiveAgentMessages' },
			summary: 'Fetch messages on lease, oldest first.',
			...{ params: AgentParams, query: ReceiveQuery },
			responses: {
				200: { description: 'None after the wait.', schema: z.object({ messages: z.array(DeliverySchema) }) },
			},
			errors: ['unknown-agent', 'not-possible', 'disk-full'],
		},
		async ({ agents }, { caller, params, query: { max, wait: waitMs, lease: leaseMs }, response }) => {
			const gone = new AbortController();
			response.once('close', () => gone.abort());
			const options = { max, waitMs, leaseMs, signal: gone.signal };
			return { status: 200, json: { messages: await agents.receive(agentCaller(caller), params.name, options) } };
		},
	),
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents/:name/messages/ack', operationId: 'acknowledgeAgentMessages' },
			summary: 'Say that messages were dealt with.',
			...{ params: AgentParams, body: AcknowledgeSchema },
			responses: { 204: { description: 'They are not handed out again.' } },
			errors: ['unknown-agent', 'unsupported-type', 'disk-full'],
		},
		async ({ agents }, { caller, params, body }) => {
			await agents.acknowledge(agentCaller(caller), params.name, body.ids);
			return { status: 204 };
		},
	),
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents/:name/messages/reject', operationId: 'rejectAgentMessage' },
			summary: 'Give a message back, or make it a dead letter.',
			...{ params: AgentParams, body: RejectSchema },
			responses: { 204: { description: 'Done.' } },
			errors: ['unknown-agent', 'unsupported-type', 'disk-full'],
		},
		async ({ agents }, { caller, params, body: { id, reason: words, dead } }) => {
			await agents.reject(agentCaller(caller), params.name, id, { words, dead });
			return { status: 204 };
		},
	),
	route(
		{
			...{ ...TAG, method: 'get', path: '/v1/agents/:name/dead-letters', operationId: 'listAgentDeadLetters' },
			summary: 'Messages that were given up.',
			params: AgentParams,
			responses: {
				200: { description: 'Latest first.', schema: z.object({ deadLetters: z.array(DeadLetterSchema) }) },
			},
			errors: ['unknown-agent'],
		},
		async ({ agents }, { caller, params }) => ({
			status: 200,
			json: { deadLetters: await agents.deadLetters(agentCaller(caller), params.name) },
		}),
	),
	route(
		{
			...{ ...TAG, method: 'post', path: '/v1/agents/:name/dead-letters/:id/replay' },
			operationId: 'replayAgentDeadLetter',
			summary: 'Deliver a message again that was given up.',
			params: LetterParams,
			responses: { 202: { description: 'It waits again.', schema: z.object({ id: z.string() }) } },
			errors: ['unknown-agent', 'not-found', 'disk-full'],
		},
		async ({ agents }, { caller, params: { name, id } }) => {
			await agents.replay(agentCaller(caller), name, id);
			return { status: 202, json: { id } };
		},
	),
];

function agentCaller({ principal, agent }: Caller): AgentCaller {
	return { ...principal, ...(agent === undefined ? {} : { agent }) };
}
