import { FrontDoor } from '@errand/core/orchestrator/people/front-door.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { configuredFrontends } from '../frontends/configured-frontends.ts';
import { FrontendMetrics } from '../frontends/frontend-metrics.ts';
import { FrontendPresence } from '../frontends/frontend-presence.ts';
import { type ConfiguredFrontend, FrontendSupervisor } from '../frontends/frontend-supervisor.ts';
import { HolderNotes } from '../frontends/holder-notes.ts';
import { suggestionsFor } from '../frontends/suggestions.ts';
import { WebhookRelay } from '../frontends/webhook-relay.ts';
import { WebhookTable } from '../http/webhook-table.ts';
import { taskLinks } from '../links/task-links.ts';
import type { Core } from './open-core.ts';

/** Chats is what keeps frontends working, and the platforms that are to be started. */
export interface Chats {
	readonly frontends: FrontendSupervisor;
	readonly configured: readonly ConfiguredFrontend[];
	readonly presence: FrontendPresence;
	/** Where platforms call. */
	readonly webhooks: WebhookTable;
}

interface ChatsParts {
	readonly config: Config;
	readonly base: Foundation;
	readonly core: Core;
	readonly registry: Registry;
	readonly log: ILogger;
}

/** openChats builds what runs frontends: the door their messages come in by, and the care for each. Starts none of them. */
export function openChats({ config, base, core, registry, log }: ChatsParts): Chats {
	const { ports, links } = base;
	const { clock } = ports;
	const { orchestrator, people, conversations } = core;
	const presence = new FrontendPresence({
		...{ homes: ports.homes, clock, log },
		back: (name) => orchestrator.frontendIsBack(name),
	});
	const webhooks = new WebhookTable();
	const door = new FrontDoor({ people, conversations, log, clock });
	const frontends = new FrontendSupervisor({
		host: {
			receive: (message) => door.receive(message),
			reportDelivery: (report) => orchestrator.conversations.reportDelivery(report),
			suggestions: suggestionsFor({
				...{ people, tasks: orchestrator.tasks },
				...{ workflows: orchestrator.workflows.desk, schedules: orchestrator.schedules.desk },
			}),
		},
		back: (name, how) => presence.appeared(name, how),
		gone: (name) => presence.disappeared(name),
		leases: base.leases,
		webhooks,
		relay: new WebhookRelay({ peers: base.peers, log }),
		notes: new HolderNotes({ memory: base.shortMemory, clock, log }),
		metrics: new FrontendMetrics(registry),
		clock,
		log,
	});
	const linkTo = taskLinks({ signer: links, publicUrl: config.publicUrl, clock });
	const configured = configuredFrontends({ ...ports, config, linkTo, note: base.note });
	frontends.expect(configured);
	return { frontends, configured, presence, webhooks };
}
