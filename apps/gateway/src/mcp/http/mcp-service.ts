import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { ErrandParts } from '../errand/errand-surface.ts';
import type { McpEndpoint } from './mcp-endpoint.ts';

interface Loaded {
	readonly endpoint: McpEndpoint;
	readonly surfaceOf: typeof import('../errand/errand-surface.ts').errandSurface;
}

/** McpService is Errand over MCP as the HTTP side has it; what it takes is loaded with the first request, for few servers get one. */
export class McpService {
	readonly #parts: ErrandParts;
	readonly #log: ILogger;
	#loading: Promise<Loaded> | undefined;
	#stopped = false;

	constructor({ log, ...parts }: ErrandParts & { readonly log: ILogger }) {
		this.#parts = parts;
		this.#log = log;
	}

	/** Answers a request of somebody known; `tools` says which tools their client has room for. */
	async serve(
		principal: Principal,
		tools: string | undefined,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		this.#loading ??= this.#load();
		const { endpoint, surfaceOf } = await this.#loading;
		const surface = surfaceOf(this.#parts, principal, tools);
		await endpoint.serve({ person: principal.person, surface }, request, response);
	}

	/** Ends what a person has open. */
	closeOf(person: PersonId): void {
		void this.#loading?.then(({ endpoint }) => endpoint.endOf(person));
	}

	/** Ends everything; clients are expected to come back. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await (await this.#loading)?.endpoint.stop();
	}

	async #load(): Promise<Loaded> {
		const [{ McpEndpoint }, { errandSurface }] = await Promise.all([
			import('./mcp-endpoint.ts'),
			import('../errand/errand-surface.ts'),
		]);
		const endpoint = new McpEndpoint({ clock: this.#parts.clock, log: this.#log });
		if (this.#stopped) await endpoint.stop();
		return { endpoint, surfaceOf: errandSurface };
	}
}
