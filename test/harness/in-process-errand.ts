import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asConversationId, asPersonId, type TaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { type Embedded, openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { CORE_CAPABILITIES } from '@errand/core/orchestrator/core-capabilities.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IPeopleDesk } from '@errand/core/orchestrator/desks/people.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IFrontend, Reply } from '@errand/core/ports/frontend.ts';
import type { ILanguageModel } from '@errand/core/ports/language-model.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IPlanner } from '@errand/core/ports/planner.ts';
import { openSkills } from '@errand/gateway/open-skills.ts';
import { openWorkers, type Workers } from '@errand/workers/open-workers.ts';
import { offeredCatalogue } from '@errand/workers/services/offered-catalogue.ts';
import { deskParts } from './desk-parts.ts';

export const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
export const BOB: Principal = { person: asPersonId('bob'), role: 'member' };

/** InProcessErrand is everything but HTTP, with a catalogue, a planner and a frontend of the test's own. */
export interface InProcessErrand {
	readonly dataDir: string;
	readonly ports: Embedded;
	readonly orchestrator: Orchestrator;
	readonly workers: Workers;
	/** What the frontend was given to deliver, in order. */
	readonly delivered: readonly Reply[];
	/** Says something in Ann's conversation. */
	say(text: string, change?: { id?: string; replyTo?: Reply['id'] }): Promise<void>;
	/** Resolves with the first delivered reply that fits. */
	heard(fits: (reply: Reply) => boolean): Promise<Reply>;
	until(principal: Principal, task: TaskId, fits: (view: TaskView) => boolean): Promise<TaskView>;
	stop(): Promise<void>;
}

interface Options {
	/** Who people are; everybody is a member without preferences if left out. */
	readonly people?: IPeopleDesk;
	readonly catalogue: readonly ICapability[];
	/** What else brings capabilities, on the errand's own data directory. */
	readonly sources?: (errand: { dataDir: string; clock: Embedded['clock'] }) => Promise<readonly ICapabilitySource[]>;
	/** Folders in which others than the owner may have backlogs. */
	readonly projects?: readonly string[];
	/** Where the operator's workflows stand. */
	readonly workflowsDir?: string;
	/** Where the operator's skills stand. */
	readonly skillsDir?: string;
	/** The module that handler children load, where some of the catalogue runs in children. */
	readonly catalogueUrl?: string;
	readonly planner?: IPlanner;
	/** The language model of the workers. */
	readonly model?: ILanguageModel;
	/** A data directory of the test's own, which stays when this ends. */
	readonly dataDir?: string;
	readonly maxHistoryPages?: number;
	/** Throws to fail a delivery. */
	readonly onDeliver?: (reply: Reply, attempt: number) => void;
	/** Delivers instead of the one that only keeps what it was given. */
	readonly frontend?: () => IFrontend | undefined;
	/** `host:port` that webhooks may be posted to. */
	readonly allowPrivateHosts?: readonly string[];
}

const SOMEBODY = { role: 'member', identities: [], tokens: [], preferences: { notify: {} } } as const;
const CONVERSATION = asConversationId('web-ann');
const quiet: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

/** startInProcess composes Errand as the server does, on a temporary data directory. */
export async function startInProcess(options: Options): Promise<InProcessErrand> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'errand-integration-')));
	const ports = await openEmbedded({ dataDir, log: quiet, maxHistoryPages: options.maxHistoryPages });
	const sources = (await options.sources?.({ dataDir, clock: ports.clock })) ?? [];
	const offer = offeredCatalogue(options.catalogue, { model: options.model });
	const catalogue = new LiveCatalogue([...offer.catalogue, ...CORE_CAPABILITIES], { missing: offer.missing });
	for (const source of sources) catalogue.add(source);
	const workers = openWorkers({
		...ports,
		catalogue: options.catalogue,
		sources,
		catalogueUrl: options.catalogueUrl ?? '',
		model: options.model,
		dataDir,
		allowPrivateHosts: [],
	});
	const delivered: Reply[] = [];
	let attempts = 0;
	const frontend: IFrontend = {
		name: 'web',
		limits: {
			maxTextLength: 1_000,
			edits: false,
			buttons: false,
			markdown: 'full',
			files: false,
			editsPerSecond: 1,
			deduplicates: 'always',
			saysWhenSending: false,
			quietMs: 0,
			showsTasks: true,
			push: false,
		},
		start: async () => {},
		stop: async () => {},
		revise: async () => {},
		deliver: async (reply) => {
			attempts++;
			options.onDeliver?.(reply, attempts);
			delivered.push(reply);
			return { platformMessageIds: [reply.id], at: Date.now() };
		},
	};
	const orchestrator = new Orchestrator(ports, {
		planner: options.planner ?? { plan: () => Promise.reject(new Error('this test plans by itself')) },
		admission: new CatalogueAdmission(catalogue),
		sessions: workers.sessions,
		frontend: (name) => (name === frontend.name ? (options.frontend?.() ?? frontend) : undefined),
		people: options.people ?? everybodyIsAMember(ports),
		skills:
			options.skillsDir === undefined
				? undefined
				: openSkills(
						{ skillsDir: options.skillsDir },
						{ note: ports.note('skills'), hasModel: true, clock: ports.clock, log: quiet },
					),
		...deskParts(ports, options.projects, { catalogue, workflowsDir: options.workflowsDir }),
		webhookSender: openWebhookSender({ allowPrivateHosts: options.allowPrivateHosts ?? [] }),
	});
	workers.start(orchestrator.runs);
	let said = 0;
	return {
		dataDir,
		ports,
		orchestrator,
		workers,
		delivered,
		say: async (text, { id = `message-${++said}`, replyTo } = {}) => {
			await orchestrator.conversations.receive(ANN, {
				frontend: 'web',
				conversation: CONVERSATION,
				identity: 'web:ann',
				direct: true,
				platformMessageId: id,
				text,
				attachments: [],
				...(replyTo === undefined ? {} : { replyTo }),
				at: Date.now(),
			});
		},
		heard: async (fits) => {
			for (;;) {
				const reply = delivered.find(fits);
				if (reply !== undefined) return reply;
				await wait(5);
			}
		},
		until: async (principal, task, fits) => {
			for (;;) {
				const view = await orchestrator.tasks.view(principal, task);
				if (fits(view)) return view;
				await wait(5);
			}
		},
		stop: async () => {
			await workers.stop({ drainMs: 0 });
			await orchestrator.stop();
			ports.close();
			// What a task keeps of its sessions may just be on its way to the disk.
			if (options.dataDir === undefined)
				await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
		},
	};
}

/** The directory, in which everybody is found. */
function everybodyIsAMember(ports: Embedded): IPeopleDesk {
	const desk = new PeopleDesk({ ...ports, owners: [], forgetEverything: async () => 0 });
	desk.view = async (id) => ({ ...SOMEBODY, id });
	return desk;
}

/** inline builds a capability that runs in the test's own process. */
export function inline(
	name: string,
	run: ICapability['run'],
	change: Partial<ICapability> & Pick<ICapability, 'input' | 'output'>,
): ICapability {
	return {
		name,
		version: 1,
		summary: 'For one test.',
		effects: 'none',
		pure: false,
		placement: 'inline',
		concurrency: 10,
		run,
		...change,
	};
}
