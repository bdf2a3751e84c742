import type { ErrorCode } from '@errand/core/domain/errors.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Caller } from '../auth/authenticator.ts';
import type { HttpServices } from './services.ts';

/** Answer is what a route says: JSON or nothing with a status, or that it wrote the response itself. */
export type Answer =
	| { readonly status: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> }
	| 'written';

/** Call is a request after parsing, as a route's handler sees it. */
export interface Call<Params, Query, Body> {
	readonly caller: Caller;
	readonly params: Params;
	readonly query: Query;
	readonly body: Body;
	readonly request: Request;
	readonly response: Response;
}

/** ResponseDoc documents one answer of a route. */
export interface ResponseDoc {
	readonly description: string;
	/** The JSON answered, or the media type of anything else. */
	readonly schema?: z.ZodType;
	readonly types?: readonly string[];
}

/** RouteDoc is everything the OpenAPI document tells about a route; routing reads the same object. */
export interface RouteDoc {
	readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
	/** In express form: `/v1/tasks/:id`. */
	readonly path: string;
	readonly operationId: string;
	readonly summary: string;
	readonly tag: string;
	/** `open` routes need no token; `owner` ones need the owner's; `agent` ones take an agent's own as well as a person's. */
	readonly access: 'open' | 'person' | 'owner' | 'agent';
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	/** Headers that mean something to this route, for the document. */
	readonly headers?: z.ZodObject;
	readonly body?: z.ZodType;
	/** Media types in which the body may come as it is; a text then. */
	readonly textTypes?: readonly string[];
	/** The largest body in bytes; 1 MB if left out. */
	readonly bodyLimit?: number;
	readonly responses: Readonly<Record<number, ResponseDoc>>;
	/** In whose form it refuses; as a problem (RFC 9457) if left out. */
	readonly refusals?: 'openai';
	/** Refusals beyond those every route may give. */
	readonly errors: readonly ErrorCode[];
}

/** Route is a call of the HTTP interface: how it is documented, and what it does. */
export interface Route extends RouteDoc {
	run(services: HttpServices, caller: Caller, request: Request, response: Response): Promise<Answer>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** route ties a handler to its documentation: what the schemas parse is what the handler gets. */
export function route<
	Params extends z.ZodObject | undefined = undefined,
	Query extends z.ZodObject | undefined = undefined,
	Body extends z.ZodType | undefined = undefined,
>(
	doc: Omit<RouteDoc, 'params' | 'query' | 'body'> & { params?: Params; query?: Query; body?: Body },
	handle: (services: HttpServices, call: Call<Parsed<Params>, Parsed<Query>, Parsed<Body>>) => Promise<Answer>,
): Route {
	const parse = <S extends z.ZodType | undefined>(schema: S, value: unknown, what: string): Parsed<S> =>
		(schema === undefined ? undefined : parseInput(schema, value, what)) as Parsed<S>;
	const { params, query, body, ...rest } = doc;
	return {
		...rest,
		...(params === undefined ? {} : { params }),
		...(query === undefined ? {} : { query }),
		...(body === undefined ? {} : { body }),
		run: (services, caller, request, response) =>
			handle(services, {
				caller,
				params: parse(params as Params, request.params, 'The path'),
				query: parse(query as Query, request.query, 'The query'),
				body: parse(body as Body, request.body, 'The body'),
				request,
				response,
			}),
	};
}
