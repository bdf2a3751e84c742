import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRelease } from '@errand/core/infrastructure/release.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { NextFunction, Request, Response } from 'express';
import type { A2aEndpoint } from './a2a-endpoint.ts';
import { agentCard } from './agent-card.ts';
import type { HandlerParts } from './task-handler.ts';

/** A2aParts is what Errand has for agents elsewhere. */
export interface A2aParts extends Pick<HandlerParts, 'tasks' | 'exchanges' | 'clock'> {
	readonly artifacts: Pick<IArtifactStore, 'get'>;
	readonly log: ILogger;
	/** What the card of somebody known names besides errands in words. */
	readonly workflows?: Pick<IWorkflowDesk, 'list'> | undefined;
	readonly address: () => string;
}

/** A2aService is A2A as the HTTP side has it; what it takes is loaded with the first request, for few servers get one. */
export class A2aService {
	readonly #parts: A2aParts;
	readonly #release = readRelease();
	#loading: Promise<A2aEndpoint> | undefined;

	constructor(parts: A2aParts) {
		this.#parts = parts;
	}

	async card(): Promise<unknown> {
		return (await this.#endpoint()).card();
	}

	async serve(principal: Principal, request: IncomingMessage, response: ServerResponse): Promise<void> {
		await (await this.#endpoint()).serve(principal, request, response);
	}

	/** The same as plain HTTP with JSON: the paths below it are the protocol's own affair. */
	async serveRest(principal: Principal, request: Request, response: Response, next: NextFunction): Promise<void> {
		(await (await this.#endpoint()).rest()).serve(principal, request, response, next);
	}

	#endpoint(): Promise<A2aEndpoint> {
		this.#loading ??= this.#load();
		return this.#loading;
	}

	async #load(): Promise<A2aEndpoint> {
		const { A2aEndpoint } = await import('./a2a-endpoint.ts');
		const { tasks, exchanges, clock, artifacts: files, address, log } = this.#parts;
		const card = (principal: Principal | undefined) => this.#card(principal);
		return new A2aEndpoint({ tasks, exchanges, clock, files, address, log, card });
	}

	async #card(principal: Principal | undefined) {
		const { workflows, address } = this.#parts;
		const listed = principal === undefined ? [] : ((await workflows?.list(principal)) ?? []);
		const usable = listed.filter(({ enabled, problems }) => enabled && problems.length === 0);
		return agentCard({ address: address(), release: this.#release, workflows: usable });
	}
}
