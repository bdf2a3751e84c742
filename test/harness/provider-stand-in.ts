import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { goodReply } from './good-replies.ts';
import { begin, calls, chunk, finish } from './misbehaving-model.ts';

/** ProviderAsked is one request for a reply as a provider sees it. */
export interface ProviderAsked {
	/** When it came, ms since 1970. */
	readonly at: number;
	readonly response: ServerResponse;
}

/** ProviderManner is how a provider answers a request for a reply where it does not as it should. */
export type ProviderManner = (asked: ProviderAsked) => void;

/** ProviderOptions say what it calls its model, what it takes for a million tokens in dollars, and how long it thinks. */
export interface ProviderOptions {
	readonly model: string;
	readonly price: { readonly input: number; readonly output: number };
	readonly thinkMs?: number;
}

/** ProviderStandIn is a provider that keeps books of its own: who asked when, how many at once, and what it charged. */
export interface ProviderStandIn {
	readonly baseUrl: string;
	/** Must stand nowhere but in the requests. */
	readonly apiKey: string;
	/** Requests for replies, in the order in which they came. */
	readonly asked: readonly ProviderAsked[];
	/** Texts of which vectors were wanted. */
	readonly embedded: readonly string[];
	/** The most replies that were in the making at once. */
	mostAtOnce(): number;
	/** Millionths of a dollar for all that it finished. */
	charged(): number;
	/** Requests with another key than its own. */
	strangers(): number;
	/** Answers in another manner from now on; without one as it should. */
	turn(manner?: ProviderManner): void;
	/** Counts so many tokens more for each reply from now on. */
	ramble(tokens: number): void;
	/** Lets all connections go and takes no new ones. */
	goDown(): Promise<void>;
	comeBack(): Promise<void>;
	stop(): Promise<void>;
}

/** WORDS_OF_ONE_KIND have the same vector; all other texts have one that is far from theirs. */
const WORDS_OF_ONE_KIND = /\b(?:car|automobile)\b/i;

/** startProvider serves a provider of language models on a free loopback port. */
export async function startProvider({ model, price, thinkMs = 0 }: ProviderOptions): Promise<ProviderStandIn> {
	const apiKey = `sk-${model}-0123456789-never-to-be-seen`;
	const asked: ProviderAsked[] = [];
	const embedded: string[] = [];
	let [running, most, charged, strangers, more] = [0, 0, 0, 0, 0];
	let manner: ProviderManner | undefined;
	let port = 0;

	const charge = (input: number, output: number) => {
		charged += Math.ceil(input * price.input + output * price.output - 1e-6);
	};
	const reply = async (prompt: string, plans: boolean, response: ServerResponse) => {
		const at = asked.push({ at: Date.now(), response });
		running += 1;
		most = Math.max(most, running);
		response.once('close', () => (running -= 1));
		if (manner !== undefined) return manner({ at: Date.now(), response });
		await wait(thinkMs);
		const [input, output] = [1_000 + 7 * at, 37 + at + more];
		charge(input, output);
		const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
		const good = goodReply(prompt, plans);
		if (typeof good !== 'string') return calls(response, good.call, JSON.stringify(good.args), usage);
		begin(response);
		for (const content of good.match(/[\s\S]{1,12}/g) ?? []) response.write(chunk({ content }));
		finish(response, 'stop', usage);
	};
	const vectors = (texts: readonly string[], response: ServerResponse) => {
		embedded.push(...texts);
		const tokens = texts.length * 11;
		charge(tokens, 0);
		const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
		answer(response, { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
	};
	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const text = await textOf(request);
		if (request.headers.authorization !== `Bearer ${apiKey}`) strangers += 1;
		if (request.method === 'GET') return answer(response, { object: 'list', data: [{ id: model, object: 'model' }] });
		const body = JSON.parse(text) as Body;
		if (request.url?.endsWith('/embeddings') === true) return vectors([body.input ?? []].flat(), response);
		const prompt = (body.messages ?? [])
			.map(({ content }) => (typeof content === 'string' ? content : ''))
			.join('\n\n');
		await reply(prompt, (body.tools ?? []).length > 0, response);
	};
	let server: Server;
	const comeBack = async () => {
		server = createServer((request, response) => void serve(request, response));
		await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
		({ port } = server.address() as AddressInfo);
	};
	const goDown = () => {
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		server.closeAllConnections();
		return closed;
	};
	await comeBack();
	return {
		...{ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey, asked, embedded, goDown, comeBack },
		mostAtOnce: () => most,
		charged: () => charged,
		strangers: () => strangers,
		turn: (next) => {
			manner = next;
		},
		ramble: (tokens) => {
			more = tokens;
		},
		stop: goDown,
	};
}

/** diesInMidStream begins a reply and lets the connection go. */
export const diesInMidStream: ProviderManner = ({ response }) => {
	begin(response);
	response.write(chunk({ content: 'Half an answer, which' }));
	setTimeout(() => response.socket?.destroy(), 30);
};

/** refuses answers with a status, and names the key as some providers do. */
export const refuses = (status: number, apiKey: string, headers: Record<string, string> = {}): ProviderManner => {
	return ({ response }) => {
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		response.end(JSON.stringify({ error: { message: `status ${status} for key ${apiKey}` } }));
	};
};

interface Body {
	readonly messages?: readonly { readonly content: unknown }[];
	readonly tools?: readonly unknown[];
	readonly input?: string | readonly string[];
}

function vectorOf(text: string): readonly number[] {
	return WORDS_OF_ONE_KIND.test(text) ? [1, 0, 0, 0] : [0, 1, 0, 0];
}

async function textOf(request: IncomingMessage): Promise<string> {
	const lots: Buffer[] = [];
	for await (const lot of request) lots.push(lot as Buffer);
	return Buffer.concat(lots).toString();
}

function answer(response: ServerResponse, json: unknown): void {
	response.writeHead(200, { 'content-type': 'application/json' });
	response.end(JSON.stringify(json));
}
