import type { ServerResponse } from 'node:http';

/** readyToWrite resolves once a client has taken what was written to it, or has gone. */
export function readyToWrite(response: ServerResponse): Promise<void> {
	if (!response.writableNeedDrain || response.destroyed) return Promise.resolve();
	return new Promise((resolve) => {
		const go = () => {
			response.off('drain', go);
			response.off('close', go);
			resolve();
		};
		response.on('drain', go);
		response.on('close', go);
	});
}
