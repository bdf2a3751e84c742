import { isCoreError } from '@errand/core/domain/errors.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import { Server } from 'socket.io';
import type { OriginPolicy } from '../auth/origin-policy.ts';

/**
 * createSocketServer makes a socket.io server that answers the same hosts and origins as the HTTP app. `attach` it to the
 * HTTP server after the app is: it takes its own path and passes everything else on to the listeners it found.
 */
export function createSocketServer(origins: OriginPolicy): WebServer {
	return new Server({
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
