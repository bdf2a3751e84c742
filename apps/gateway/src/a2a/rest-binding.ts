import { ServerCallContext, type User } from '@a2a-js/sdk/server';
import { restHandler } from '@a2a-js/sdk/server/express';
import { describeError } from '@errand/core/domain/errors.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { NextFunction, Request, Response } from 'express';
import { readyToWrite } from './ready-to-write.ts';
import { type A2aCall, CALL, type TaskHandler } from './task-handler.ts';

/** RestBinding speaks A2A as plain HTTP with JSON, for agents that have no JSON-RPC. */
export class RestBinding {
	readonly #calls = new WeakMap<object, A2aCall>();
	readonly #handle: ReturnType<typeof restHandler>;

	readonly #log: ILogger;

	constructor(handler: TaskHandler, log: ILogger) {
		this.#log = log;
		this.#handle = restHandler({
			requestHandler: handler,
			userBuilder: async (request) => new Caller(this.#calls.get(request)),
			contextBuilder: ({ user, requestedVersion }) => {
				const call = user instanceof Caller ? user.call : undefined;
				return new ServerCallContext({
					...(requestedVersion === undefined ? {} : { requestedVersion }),
					state: new Map([[CALL, call]]),
				});
			},
		});
	}

	/** Answers one request of somebody known; its body was read already. */
	serve(principal: Principal, request: Request, response: Response, next: NextFunction): void {
		const gone = new AbortController();
		response.once('close', () => gone.abort());
		this.#calls.set(request, {
			...{ principal, signal: gone.signal },
			// What writes here does not wait for the client.
			ready: () => readyToWrite(response),
			broke: (error) => this.#log.warn('A2A stream broke off', { error: describeError(error) }),
		});
		void this.#handle(request, response, next);
	}
}

/** What the SDK takes along from a request: who calls is settled before. */
class Caller implements User {
	readonly call: A2aCall | undefined;

	constructor(call: A2aCall | undefined) {
		this.call = call;
	}

	get isAuthenticated(): boolean {
		return this.call !== undefined;
	}

	get userName(): string {
		return this.call?.principal.person ?? '';
	}
}
