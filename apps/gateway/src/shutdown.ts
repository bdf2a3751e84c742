import type { Server as HttpServer } from 'node:http';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import type { TaskStreams } from './http/task-streams.ts';

/** ServingParts is everything that holds connections. */
export interface ServingParts {
	readonly http: HttpServer;
	readonly io: WebServer;
	readonly streams: TaskStreams;
	readonly log: ILogger;
}

/**
 * stopServing takes no more connections, tells readers why and ends them, and gives calls that are under way `limitMs` to
 * be answered; then it cuts them off. Clients are expected to connect again.
 */
export async function stopServing(
	{ http, io, streams, log }: ServingParts,
	reason: string,
	limitMs = 10_000,
): Promise<void> {
	if (!http.listening) return;
	const closed = new Promise<void>((resolve) => http.close(() => resolve()));
	io.emit('closing', { reason });
	streams.closeAll(reason);
	// The transport is closed rather than the session ended: to a client that means "connect again".
	for (const socket of io.sockets.sockets.values()) socket.conn.close();
	http.closeIdleConnections();
	// A connection that was busy until now becomes idle without being closed by itself.
	const sweep = setInterval(() => http.closeIdleConnections(), 50);
	const limit = setTimeout(() => {
		log.warn('calls cut off at shutdown', { limitMs });
		http.closeAllConnections();
	}, limitMs);
	await closed;
	clearInterval(sweep);
	clearTimeout(limit);
	await io.close();
}
