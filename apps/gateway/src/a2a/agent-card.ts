import type { AgentCard, AgentSkill } from '@a2a-js/sdk';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';

/** A2A_PATH is where A2A is spoken. */
export const A2A_PATH = '/a2a';
/** A2A_REST_PATH is where it is spoken as plain HTTP with JSON. */
export const A2A_REST_PATH = '/a2a/v1';
/** CARD_PATH is where agents look for what another one can do. */
export const CARD_PATH = '/.well-known/agent-card.json';

const MODES_IN = ['text/plain', 'text/markdown', 'application/json', 'application/pdf', 'image/*'];
const MODES_OUT = ['text/markdown', 'text/plain', 'application/json'];

const ERRANDS: AgentSkill = {
	id: 'errand',
	name: 'Run an errand',
	description:
		'Does what is asked for in words: reads and compares pages and documents, searches the web, uses a browser, asks when it must, and answers with its sources.',
	tags: ['research', 'web', 'documents', 'browser', 'tasks'],
	examples: ['Compare the prices of https://a.example and https://b.example', 'Summarise the attached report'],
	...{ inputModes: [], outputModes: [], securityRequirements: [] },
};

/** agentCard is what Errand says of itself to other agents: errands in words, and the workflows that somebody may run. */
export function agentCard({
	address,
	release,
	workflows,
}: {
	address: string;
	/** Errand's version. */
	release: string;
	workflows: readonly Pick<WorkflowSummary, 'name' | 'title' | 'description'>[];
}): AgentCard {
	return {
		name: 'Errand',
		description: 'Runs errands: plans what is asked for, does it in steps, and never loses any of it.',
		supportedInterfaces: [
			{ url: `${address}${A2A_PATH}`, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '1.0' },
			{ url: `${address}${A2A_REST_PATH}`, protocolBinding: 'HTTP+JSON', tenant: '', protocolVersion: '1.0' },
		],
		provider: undefined,
		version: release,
		documentationUrl: `${address}/openapi.json`,
		capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true, extensions: [] },
		securitySchemes: {
			bearer: {
				scheme: {
					$case: 'httpAuthSecurityScheme',
					value: { description: 'A token of a person of this Errand.', scheme: 'Bearer', bearerFormat: '' },
				},
			},
		},
		securityRequirements: [{ schemes: { bearer: { list: [] } } }],
		defaultInputModes: MODES_IN,
		defaultOutputModes: MODES_OUT,
		skills: [ERRANDS, ...workflows.map(skillOf)],
		signatures: [],
	};
}

function skillOf({ name, title, description }: Pick<WorkflowSummary, 'name' | 'title' | 'description'>): AgentSkill {
	return {
		...{ id: `workflow.${name}`, name: title, description: description ?? title, tags: ['workflow'] },
		...{ examples: [], inputModes: [], outputModes: [], securityRequirements: [] },
	};
}
