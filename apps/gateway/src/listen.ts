import type { Server } from 'node:http';
import { CoreError } from '@errand/core/domain/errors.ts';

/** listen resolves once the server takes connections, and rejects with what stands in the way. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const inUse = cause.code === 'EADDRINUSE';
			const seen = inUse ? 'another program listens there' : cause.message;
			const hint = inUse ? 'Stop that program, or set PORT to another port.' : 'Check HOST and PORT.';
			reject(new CoreError('invalid-config', `Cannot listen on ${host}:${port}: ${seen}.`, { hint, cause }));
		});
		server.listen(port, host, () => resolve());
	});
}
