import { join } from 'node:path';
import { freePort, startServerProcess } from '../../support/server-process.ts';

/** startInstantModel starts an OpenAI-compatible server that answers at once; `url` is its API. */
export async function startInstantModel(): Promise<{ readonly url: string; stop(): Promise<void> }> {
	const port = await freePort();
	const server = await startServerProcess({
		command: process.execPath,
		args: [join(import.meta.dirname, 'instant-model-main.ts'), String(port)],
		cwd: import.meta.dirname,
		readyLine: 'listening',
		orphanSignal: 'KILL',
	});
	return { url: `http://127.0.0.1:${port}/v1`, stop: () => server.end('SIGTERM') };
}
