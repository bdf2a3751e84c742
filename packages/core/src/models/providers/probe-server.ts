import { isCoreError } from '../../domain/errors.ts';
import { listModels } from '../openai/list-models.ts';
import type { ServerSettings } from '../openai/server-settings.ts';

/** ProbedServer is a server and where on it to ask whether it is there. */
interface ProbedServer {
	readonly baseUrl: string;
	readonly apiKey: string | undefined;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>> | undefined;
	readonly settings: ServerSettings;
}

/** probeServer makes the probe that all models of a server share: while one is under way, others wait for what it finds. */
export function probeServer(server: ProbedServer): (signal: AbortSignal) => Promise<void> {
	let underWay: { readonly found: Promise<void>; readonly signal: AbortSignal } | undefined;
	return (signal) => {
		// What was called off says nothing about the server.
		if (underWay !== undefined && !underWay.signal.aborted) return underWay.found;
		const found = ask(server, signal).finally(() => {
			if (underWay?.found === found) underWay = undefined;
		});
		underWay = { found, signal };
		return found;
	};
}

async function ask(server: ProbedServer, signal: AbortSignal): Promise<void> {
	try {
		await listModels({ ...server, signal });
	} catch (error) {
		// A server without such a list is there all the same; a key that it does not take is of no use.
		if (isCoreError(error, 'model-refused') && !/\b40[13]\b/.test(error.message)) return;
		throw error;
	}
}
