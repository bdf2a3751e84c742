import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { CORE_CAPABILITIES } from '@errand/core/orchestrator/core-capabilities.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { FrontDoor } from '@errand/core/orchestrator/people/front-door.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { FLOW_CAPABILITIES } from '@errand/core/planning/flow-capabilities.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICatalogue } from '@errand/core/ports/catalogue.ts';
import type { FrontendLimits, FrontendName, IFrontend, InboundMessage, Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IPlanner } from '@errand/core/ports/planner.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { deskParts } from './desk-parts.ts';

/** RecordingFrontend keeps what it was given to send and to edit; `fail` is thrown instead, as long as it is set. */
export class RecordingFrontend implements IFrontend {
	readonly name: FrontendName;
	readonly limits: FrontendLimits;
	readonly sent: Reply[] = [];
	readonly revised: { readonly receipt: Receipt; readonly reply: Reply }[] = [];
	fail: Error | undefined;
	awaitsReport = false;
	readonly #now: () => number;

	constructor(name: FrontendName, now: () => number, limits: Partial<FrontendLimits> = {}) {
		this.name = name;
		this.#now = now;
		this.limits = {
			maxTextLength: 4_000,
			edits: true,
			buttons: true,
			markdown: 'full',
			files: true,
			editsPerSecond: 1,
			deduplicates: 'never',
			saysWhenSending: false,
			quietMs: 1_500,
			showsTasks: false,
			push: true,
			...limits,
		};
	}

	async start(): Promise<void> {}
	async stop(): Promise<void> {}

	async deliver(reply: Reply, sending?: () => Promise<void>): Promise<Receipt> {
		await sending?.();
		if (this.fail !== undefined) throw this.fail;
		this.sent.push(reply);
		const platformMessageIds = [`${this.name}-${this.sent.length}`];
		return { platformMessageIds, at: this.#now(), ...(this.awaitsReport ? { awaitsReport: true } : {}) };
	}

	async revise(receipt: Receipt, reply: Reply): Promise<void> {
		this.revised.push({ receipt, reply });
	}
}

/** ChatErrand is the core with three chat frontends and a clock that stands still; identities `…:1` are the owner's. */
export interface ChatErrand {
	readonly clock: FakeClock;
	readonly orchestrator: Orchestrator;
	readonly people: PeopleDesk;
	readonly discord: RecordingFrontend;
	readonly telegram: RecordingFrontend;
	readonly sms: RecordingFrontend;
	/** Frontends named here are not connected. */
	readonly down: Set<string>;
	/** Somebody (the owner if left out) writes in their private conversation. */
	say(frontend: RecordingFrontend, text: string, change?: Partial<InboundMessage>): Promise<void>;
	/** Resolves with what the check returns, once it returns something; the clock does not go on by itself. */
	until<T>(check: () => T | undefined | false): Promise<T>;
	/** Resolves once the history has been at rest for a while: what the clock is to move next waits for it by then. */
	settled(): Promise<void>;
	/** Starts anew on the same data, as after a kill. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

/** What does not happen by then does not happen, on a machine that others keep busy, too. */
const LIMIT_MS = 30_000;
/** As many turns of this process, however long they take, bring what was answered to its next call. */
const STILL_TURNS = 30;
const quiet: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

interface Options {
	/** When it begins, ms since 1970. */
	readonly startsAt?: number;
	/** `host:port` that steps may read from. */
	readonly allowPrivateHosts?: readonly string[];
}

/** startChatErrand composes the core as the server does, without HTTP. */
export async function startChatErrand(
	shipped: readonly ICapability[],
	plannerFor: IPlanner | ((catalogue: ICatalogue) => IPlanner),
	{ startsAt, allowPrivateHosts = [] }: Options = {},
): Promise<ChatErrand> {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-chat-'));
	const clock = new FakeClock(startsAt);
	const catalogue = new LiveCatalogue([...shipped, ...FLOW_CAPABILITIES, ...CORE_CAPABILITIES]);
	const planner = typeof plannerFor === 'function' ? plannerFor(catalogue) : plannerFor;
	const now = () => clock.now();
	const frontends = {
		discord: new RecordingFrontend('discord', now, { deduplicates: 'briefly' }),
		telegram: new RecordingFrontend('telegram', now),
		sms: new RecordingFrontend('sms', now, {
			edits: false,
			buttons: false,
			editsPerSecond: 0,
			quietMs: 5_000,
			saysWhenSending: true,
		}),
	};
	const down = new Set<string>();
	/** Calls of the history that are not answered yet. */
	let underWay = 0;
	const counted = <T extends object>(port: T): T =>
		new Proxy(port, {
			get: (target, name) => {
				const value: unknown = Reflect.get(target, name, target);
				if (typeof value !== 'function') return value;
				return (...args: unknown[]) => {
					const answer: unknown = value.apply(target, args);
					if (!(answer instanceof Promise)) return answer;
					underWay++;
					return answer.finally(() => underWay--);
				};
			},
		});
	const compose = async () => {
		const opened = await openEmbedded({ dataDir, log: quiet });
		const ports = { ...opened, clock, store: counted(opened.store), vault: counted(opened.vault) };
		const workers = openWorkers({ ...ports, catalogue: shipped, catalogueUrl: '', dataDir, allowPrivateHosts });
		const people = new PeopleDesk({
			...ports,
			owners: ['discord:1', 'telegram:1', 'sms:+15550000001'],
			forgetEverything: (person) => orchestrator.forget(person),
		});
		const orchestrator: Orchestrator = new Orchestrator(ports, {
			planner,
			admission: new CatalogueAdmission(catalogue),
			sessions: workers.sessions,
			frontend: (name) => (down.has(name) ? undefined : frontends[name as keyof typeof frontends]),
			people,
			...deskParts(ports, [], { catalogue }),
			webhookSender: openWebhookSender({ allowPrivateHosts: [] }),
		});
		workers.start(orchestrator.runs);
		const door = new FrontDoor({ people, conversations: orchestrator.conversations, log: quiet, clock });
		const stop = async () => {
			await orchestrator.stop();
			const stopped = workers.stop({ drainMs: 0 });
			await clock.advance(1_000);
			await stopped;
			ports.close();
		};
		return { orchestrator, people, door, stop };
	};
	let running = await compose();
	let said = 0;
	return {
		clock,
		...frontends,
		down,
		get orchestrator() {
			return running.orchestrator;
		},
		get people() {
			return running.people;
		},
		say: async ({ name }, text, change = {}) => {
			const who = name === 'sms' ? '+15550000001' : '1';
			await running.door.receive({
				frontend: name,
				conversation: asConversationId(name === 'discord' ? `discord-dm-${who}` : `${name}-${who}`),
				identity: `${name}:${who}`,
				direct: true,
				platformMessageId: `said-${++said}`,
				text,
				attachments: [],
				at: clock.now(),
				...change,
			});
		},
		until: async (check) => {
			for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await wait(2)) {
				const found = check();
				if (found !== undefined && found !== false) return found;
			}
			throw new Error(`It did not happen: ${check}`);
		},
		settled: async () => {
			for (let still = 0; still < STILL_TURNS; await wait(2)) still = underWay === 0 ? still + 1 : 0;
		},
		restart: async () => {
			await running.stop();
			running = await compose();
			await running.orchestrator.resume();
		},
		stop: async () => {
			await running.stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}
