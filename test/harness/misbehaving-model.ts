import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type GoodReply, goodReply } from './good-replies.ts';

/** ModelCall is one request to a misbehaving model, with what a well-behaved one would say. */
export interface ModelCall {
	readonly response: ServerResponse;
	/** How many requests of the same case came, this one included. */
	readonly at: number;
	/** Whether a plan is wanted; else a value or a text is, inside a step. */
	readonly plans: boolean;
	readonly good: GoodReply;
}

/** Misdeed is how a model answers one request. */
export type Misdeed = (call: ModelCall) => void | Promise<void>;

/** MisbehavingModel is a server of a model that does to each case what the case says. */
export interface MisbehavingModel {
	readonly port: number;
	/** What tells an Errand to use it, with a key that is easy to recognise. */
	readonly env: Readonly<Record<string, string>>;
	/** Requests that named a case. */
	requests(name: string): number;
	/** Replies that are still being written or waited for, to one case or to all. */
	open(name?: string): number;
	/** Does something else to a case from now on. */
	turn(name: string, misdeed: Misdeed): void;
	/** Connections that are there, idle ones included. */
	connections(): Promise<number>;
	stop(): Promise<void>;
}

/** API_KEY must stand nowhere but in the requests. */
export const API_KEY = 'sk-recognisable-0123456789-never-to-be-seen';

/** Before it, a planner's prompt tells of earlier goals. */
const GOAL = "The goal, in the person's words:";

/** startMisbehavingModel serves misdeeds by the name of their case: a request holds it as `case-<name>`, from its goal on. */
export async function startMisbehavingModel(
	misdeeds: Readonly<Record<string, Misdeed>>,
	port = 0,
): Promise<MisbehavingModel> {
	const cases = new Map(Object.entries(misdeeds));
	const counts = new Map<string, number>();
	const open: string[] = [];
	const server = createServer((request, response) => {
		const lots: Buffer[] = [];
		request.on('data', (lot: Buffer) => lots.push(lot));
		request.on('end', async () => {
			const text = Buffer.concat(lots).toString();
			if (request.method !== 'POST') return void response.writeHead(404).end();
			const name = /case-([a-z0-9-]*[a-z0-9])/.exec(text.slice(Math.max(0, text.indexOf(GOAL))))?.[1] ?? 'none';
			const at = (counts.get(name) ?? 0) + 1;
			counts.set(name, at);
			open.push(name);
			response.once('close', () => open.splice(open.indexOf(name), 1));
			const body = JSON.parse(text) as { tools?: readonly unknown[]; messages: readonly { content: unknown }[] };
			const plans = (body.tools ?? []).length > 0;
			const prompt = body.messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n\n');
			await (cases.get(name) ?? says)({ response, at, plans, good: goodReply(prompt, plans) });
		});
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	const { port: own } = server.address() as AddressInfo;
	return {
		port: own,
		env: modelEnv(own),
		requests: (name) => counts.get(name) ?? 0,
		open: (name) => open.filter((one) => name === undefined || one === name).length,
		turn: (name, misdeed) => void cases.set(name, misdeed),
		connections: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
		stop: () => {
			server.closeAllConnections();
			return new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

/** modelEnv tells an Errand of a model on a port, whether or not there is one. */
export function modelEnv(port: number): Readonly<Record<string, string>> {
	return {
		OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
		OPENAI_MODEL: 'rascal-1',
		OPENAI_API_KEY: API_KEY,
		OPENAI_CONTEXT_TOKENS: '32000',
	};
}

/** chunk is one event of a streamed reply. */
export function chunk(delta: object, finish: string | null = null): string {
	const choices = [{ index: 0, delta, finish_reason: finish }];
	return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'rascal-1', choices })}\n\n`;
}

/** begin starts a streamed reply. */
export function begin(response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.write(chunk({ role: 'assistant', content: '' }));
}

/** finish ends a streamed reply as it should end, with a count of tokens. */
export function finish(response: ServerResponse, reason: string, usage?: object): void {
	response.write(chunk({}, reason));
	if (usage !== undefined) response.write(`data: ${JSON.stringify({ id: 'c1', choices: [], usage })}\n\n`);
	response.end('data: [DONE]\n\n');
}

const USAGE = { prompt_tokens: 1_900, completion_tokens: 100, total_tokens: 2_000 };

/** says is a model that behaves. */
export const says: Misdeed = ({ response, good }) => {
	begin(response);
	if (typeof good === 'string') {
		for (const content of good.match(/[\s\S]{1,24}/g) ?? []) response.write(chunk({ content }));
		return finish(response, 'stop', USAGE);
	}
	calls(response, good.call, JSON.stringify(good.args));
};

/** calls streams the call of a tool. */
export function calls(response: ServerResponse, name: string | undefined, args: string, usage: object = USAGE): void {
	if (!response.headersSent) begin(response);
	const call = { index: 0, id: 'call_1', type: 'function', function: { ...(name && { name }), arguments: '' } };
	response.write(chunk({ tool_calls: [call] }));
	for (const piece of args.match(/[\s\S]{1,2000}/g) ?? [])
		response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
	finish(response, 'tool_calls', usage);
}

/** writes streams a text, or where a plan is wanted the arguments of one. */
export const writes = (text: string): Misdeed => {
	return ({ response, plans }) => {
		if (plans) return calls(response, 'propose_plan', text);
		begin(response);
		response.write(chunk({ content: text }));
		finish(response, 'stop', USAGE);
	};
};

/** fails answers with a status, and an error in OpenAI's form. */
export const fails = (status: number, headers: Record<string, string> = {}, error: object = {}): Misdeed => {
	return ({ response }) => {
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		// Some servers repeat the key that they were given.
		response.end(JSON.stringify({ error: { message: `status ${status} for key ${API_KEY}`, ...error } }));
	};
};

/** sends answers with a body of a type. */
export const sends = (type: string, body: string | Buffer): Misdeed => {
	return ({ response }) => {
		response.writeHead(200, { 'content-type': type });
		response.end(body);
	};
};

/** proposes calls the planner's tool with these steps; what is no plan is replied to as a value. */
export const proposes = (steps: unknown): Misdeed => writes(JSON.stringify({ steps }));

/** thenGood misbehaves for so many requests of a case. */
export const thenGood = (misdeed: Misdeed, times = 1): Misdeed => {
	return (call) => (call.at <= times ? misdeed(call) : says(call));
};

/** resets ends the connection without a word. */
export const resets: Misdeed = ({ response }) => void response.socket?.resetAndDestroy();

/** hangs takes the request and says nothing. */
export const hangs: Misdeed = () => {};

/** fallsSilent begins and goes on no further. */
export const fallsSilent: Misdeed = ({ response }) => {
	begin(response);
	response.write(chunk({ content: 'The capital of' }));
};

/** cutsOff begins and lets the connection go. */
export const cutsOff: Misdeed = async ({ response }) => {
	begin(response);
	response.write(chunk({ content: '{"steps": [{"id": "a' }));
	await wait(20);
	response.socket?.destroy();
};

/** neverStops writes as long as anybody listens. */
export const neverStops: Misdeed = async ({ response }) => {
	begin(response);
	const piece = chunk({ content: 'and so on and so forth '.repeat(200) });
	while (!response.destroyed) {
		response.write(piece);
		await wait(1);
	}
};
