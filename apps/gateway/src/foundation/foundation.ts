import type { ModelRouter } from '@errand/core/models/router/model-router.ts';
import type { IClusterDesk } from '@errand/core/orchestrator/desks/cluster.ts';
import type { Orchestrator, Ports } from '@errand/core/orchestrator/orchestrator.ts';
import type { RunReports } from '@errand/core/orchestrator/tasks/run-reports.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { ILeases } from '@errand/core/ports/lease.ts';
import type { IEmbedder } from '@errand/core/ports/memory.ts';
import type { IMessageSpool } from '@errand/core/ports/message-spool.ts';
import type { IModelLedger } from '@errand/core/ports/model-ledger.ts';
import type { INote } from '@errand/core/ports/note.ts';
import type { IPeerCalls } from '@errand/core/ports/peer-calls.ts';
import type { ISessionPool } from '@errand/core/ports/session-pool.ts';
import type { IShortMemory } from '@errand/core/ports/short-memory.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import type { Offer } from '@errand/workers/services/offered-catalogue.ts';
import type { Registry } from 'prom-client';
import type { ILoginCodes, ILogins } from '../auth/logins.ts';
import type { LinkSigner } from '../links/link-signer.ts';

/** Foundation is what a server stands on: alone on its data directory, or one of many processes on Postgres and Redis. */
export interface Foundation {
	readonly ports: Ports;
	readonly leases: ILeases;
	/** What this machine and its configuration have for tasks, in words. */
	readonly words: readonly string[];
	/** All language models there are, as one; undefined where there is none. */
	readonly router: ModelRouter | undefined;
	/** What they cost. */
	readonly ledger: IModelLedger;
	/** Tells which texts mean alike. */
	readonly embedder: IEmbedder;
	/** Calls between gateway and frontends processes. */
	readonly peers: IPeerCalls;
	/** A short text of a frontend, kept by name. */
	note(name: string): INote;
	/** What steps can be done here. */
	readonly offer: Offer;
	/** What brings capabilities besides, and takes them away. */
	readonly sources: readonly ICapabilitySource[];
	readonly sessions: ISessionPool;
	readonly cluster: IClusterDesk;
	readonly ownerToken: string;
	readonly logins: ILogins;
	readonly loginCodes: ILoginCodes;
	/** The login cookie's name, where it does not follow from the port. */
	readonly cookie: string | undefined;
	readonly links: LinkSigner;
	readonly shortMemory: IShortMemory;
	/** Keeps messages on this machine while history is out of reach; undefined where it cannot be. */
	readonly outage:
		| { readonly spool: IMessageSpool; reachable(): boolean; onBack(listener: () => void): () => void }
		| undefined;
	/** Joins the sockets of all gateways. */
	joinSockets(io: WebServer): void;
	/** Adds what this knows to the metrics. */
	measure(registry: Registry): void;
	/** What it cannot reach now, in words with what to do; undefined when all is well. */
	trouble(): { readonly message: string; readonly hint: string } | undefined;
	/** Begins to have jobs carried out. */
	start(runs: RunReports): Promise<void>;
	/** Tells clients on this machine where the server listens. */
	publish(url: string): Promise<void>;
	/** Removes what a crash left behind. */
	cleanUp(orchestrator: Orchestrator): Promise<void>;
	/** Has no more jobs carried out; what runs here may finish for a while. */
	stopJobs(drainMs: number): Promise<void>;
	close(): Promise<void>;
}
