import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { Authenticator } from '../auth/authenticator.ts';
import { type ListeningAddress, OriginPolicy } from '../auth/origin-policy.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { Gates } from '../http/gates.ts';

/** Access is what a caller passes, by whichever door: who they are, where they come from, and how often. */
export interface Access {
	readonly authenticator: Authenticator;
	readonly origins: OriginPolicy;
	readonly gates: Gates;
	/** Where the server listens; the configured port until it does. */
	listening(): ListeningAddress;
}

interface AccessParts {
	readonly config: Config;
	readonly base: Foundation;
	readonly people: PeopleDesk;
	readonly http: Server;
}

/** openAccess builds what callers of a server pass. */
export function openAccess({ config, base, people, http }: AccessParts): Access {
	const { clock } = base.ports;
	const listening = () => ({ host: config.host, port: (http.address() as AddressInfo | null)?.port ?? config.port });
	const authenticator = new Authenticator({
		...{ token: base.ownerToken, sessions: base.logins, codes: base.loginCodes, people, listening },
		cookie: base.cookie,
	});
	const origins = new OriginPolicy(listening, config.publicUrl);
	return { authenticator, origins, gates: new Gates(() => clock.now()), listening };
}
