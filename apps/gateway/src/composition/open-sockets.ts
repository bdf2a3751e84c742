import type { ILogger } from '@errand/core/ports/logger.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import { WebFrontend } from '@errand/frontends/web/web-frontend.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { callerOfHandshake } from '../http/guard.ts';
import { problemOf } from '../http/problem.ts';
import { createSocketServer } from '../socket/socket-server.ts';
import type { Access } from './open-access.ts';
import type { Core } from './open-core.ts';

/** Sockets is what the page and the terminal are connected by. */
export interface Sockets {
	readonly io: WebServer;
	readonly web: WebFrontend;
}

interface SocketsParts {
	readonly base: Foundation;
	readonly core: Core;
	readonly access: Access;
	readonly log: ILogger;
}

/** openSockets builds the socket server, joined to those of other gateways, with the web frontend on it. */
export function openSockets({ base, core, access, log }: SocketsParts): Sockets {
	const io = createSocketServer(access.origins);
	base.joinSockets(io);
	const web = new WebFrontend({
		io,
		desk: core.orchestrator.tasks,
		authenticate: (handshake) => callerOfHandshake(access, handshake),
		admit: (principal) => access.gates.admit(principal),
		describeProblem: (error) => problemOf(error),
		clock: base.ports.clock,
		log,
	});
	return { io, web };
}
