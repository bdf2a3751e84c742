import { join } from 'node:path';
import { freePort, type Service, startService } from './service.ts';

/** startInstantModel starts an OpenAI-compatible server that answers at once; `url` is its API. */
export async function startInstantModel(): Promise<Service> {
	const port = await freePort();
	const stop = await startService({
		command: process.execPath,
		args: [join(import.meta.dirname, 'instant-model-main.ts'), String(port)],
		cwd: import.meta.dirname,
		readyLine: 'listening',
		stopSignal: 'SIGTERM',
	});
	return { url: `http://127.0.0.1:${port}/v1`, stop };
}
