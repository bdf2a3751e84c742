import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type ErrandParts, errandSurface } from '../errand/errand-surface.ts';
import type { SessionLimits } from './legacy-sessions.ts';
import { McpEndpoint } from './mcp-endpoint.ts';

/** McpService is Errand over MCP as the HTTP side has it. */
export class McpService {
	readonly #parts: ErrandParts;
	readonly #endpoint: McpEndpoint;

	constructor({ log, limits, ...parts }: ErrandParts & { readonly log: ILogger; readonly limits?: SessionLimits }) {
		this.#parts = parts;
		this.#endpoint = new McpEndpoint({ clock: parts.clock, log, limits });
	}

	/** Answers a request of somebody known; `tools` says which tools their client has room for. */
	serve(
		principal: Principal,
		tools: string | undefined,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const surface = errandSurface(this.#parts, principal, tools);
		return this.#endpoint.serve({ person: principal.person, surface }, request, response);
	}

	/** Ends what a person has open. */
	closeOf(person: PersonId): void {
		void this.#endpoint.endOf(person);
	}

	/** Ends everything; clients are expected to come back. */
	stop(): Promise<void> {
		return this.#endpoint.stop();
	}
}
