import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Deeds is a place on loopback where steps act: it notes what was done how often, which no part of Errand can touch. */
export interface Deeds {
	readonly url: string;
	/** How often each step of a run acted, by its name. */
	of(run: string): ReadonlyMap<string, number>;
	close(): Promise<void>;
}

/** DeedRules say which steps meet with trouble at first: how often they are refused, or get no answer. */
export interface DeedRules {
	readonly refused?: Readonly<Record<string, number>>;
	readonly unanswered?: Readonly<Record<string, number>>;
	/** They are refused for ever. */
	readonly shut?: readonly string[];
}

/** openDeeds opens one on a free port. */
export async function openDeeds({ refused = {}, unanswered = {}, shut = [] }: DeedRules = {}): Promise<Deeds> {
	const runs = new Map<string, Map<string, number>>();
	const server = createServer(async (request, response) => {
		const { run, step } = JSON.parse(await textOf(request)) as { run: string; step: string };
		const done = runs.get(run) ?? new Map<string, number>();
		runs.set(run, done);
		const before = done.get(step) ?? 0;
		done.set(step, before + 1);
		if (before < (unanswered[step] ?? 0)) return;
		response.writeHead(shut.includes(step) || before < (refused[step] ?? 0) ? 503 : 200).end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/`,
		of: (run) => runs.get(run) ?? new Map(),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function textOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text;
}
