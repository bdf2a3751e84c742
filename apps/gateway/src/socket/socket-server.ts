import type { Server as HttpServer } from 'node:http';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import { Server } from 'socket.io';
import type { OriginPolicy } from '../auth/origin-policy.ts';

/** createSocketServer serves socket.io beside the HTTP app, to the same hosts and origins. */
export function createSocketServer(http: HttpServer, origins: OriginPolicy): WebServer {
	return new Server(http, {
		path: '/socket.io',
		serveClient: false,
		perMessageDeflate: false,
		httpCompression: false,
		maxHttpBufferSize: INBOUND_LIMITS.bodyBytes,
		allowRequest: (request, decide) => {
			try {
				origins.check(request.headers);
				decide(null, true);
			} catch (error) {
				decide(isCoreError(error) ? error.message : 'forbidden', false);
			}
		},
	});
}
