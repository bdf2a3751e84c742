import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { SpoolingDesk } from '@errand/core/orchestrator/conversations/spooling-desk.ts';
import { CORE_CAPABILITIES } from '@errand/core/orchestrator/core-capabilities.ts';
import { ModelDesk } from '@errand/core/orchestrator/models/model-desk.ts';
import { Orchestrator, type Parts } from '@errand/core/orchestrator/orchestrator.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import type { SkillDesk } from '@errand/core/orchestrator/skills/skill-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { FLOW_CAPABILITIES } from '@errand/core/planning/flow-capabilities.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { ModelPlanner } from '@errand/core/planning/model/model-planner.ts';
import { QuickPlanner } from '@errand/core/planning/quick/quick-planner.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { IFrontend } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Registry } from 'prom-client';
import { openAgentCourier } from '../a2a/open-agent-courier.ts';
import { openPushTeller } from '../a2a/open-push-teller.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { workflowMetrics } from '../metrics/workflow-metrics.ts';
import { openSkills } from '../open-skills.ts';

/** Core is what decides, remembers and has work done: the orchestrator, with the desks that stand beside it. */
export interface Core {
	readonly orchestrator: Orchestrator;
	/** What messages are given to: the orchestrator's desk, or one that keeps them here while history is out of reach. */
	readonly conversations: Orchestrator['conversations'] | SpoolingDesk;
	readonly spooling: SpoolingDesk | undefined;
	readonly people: PeopleDesk;
	readonly models: ModelDesk;
	readonly skills: SkillDesk;
	readonly catalogue: LiveCatalogue;
}

interface CoreParts {
	readonly config: Config;
	readonly base: Foundation;
	/** The frontend of a name, while it works here. */
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly loginLink: NonNullable<Parts['loginLink']>;
	readonly logOutAll: NonNullable<Parts['logOutAll']>;
	/** Where what workflows do is counted; asked for with the first one. */
	readonly registry: () => Registry;
	readonly log: ILogger;
}

/** openCore builds the core on a foundation. What it reaches outward with is called later, when the doors are there. */
export function openCore({ config, base, frontend, loginLink, logOutAll, registry, log }: CoreParts): Core {
	const { ports, sources, router, ledger } = base;
	const { clock } = ports;
	const catalogue = openCatalogue(base, log);
	const people = new PeopleDesk({
		...ports,
		owners: config.owners,
		welcome: async ({ id: to, identities }) => {
			const words = { key: `welcome.${to}`, text: 'You are let in. Write what you want done, or `/help`.', to };
			await Promise.all(identities.map(({ identity }) => orchestrator.conversations.tell(identity, words)));
		},
		forgetEverything: async (person) => {
			const streams = await orchestrator.forget(person);
			await ledger.eraseOf(person);
			router?.forget(person);
			return streams;
		},
		forgottenElsewhere: () => {
			orchestrator.forgottenElsewhere();
			router?.forget();
		},
	});
	const skills = openSkills(config, { note: base.note('skills'), hasModel: router !== undefined, clock, log });
	const models = new ModelDesk({ views: () => router?.views() ?? [], ledger, pins: people, clock });
	const rules = new RulesPlanner(catalogue);
	const orchestrator = new Orchestrator(ports, {
		planner: new QuickPlanner({
			model: router,
			otherwise: router === undefined ? rules : new ModelPlanner({ model: router, catalogue, rules, log }),
		}),
		admission: new CatalogueAdmission(catalogue),
		sessions: base.sessions,
		frontend,
		people,
		cluster: base.cluster,
		...{ loginLink, logOutAll },
		webhookSender: openWebhookSender(config),
		teller: openPushTeller(config),
		courier: openAgentCourier(config, clock),
		models,
		skills,
		embedder: base.embedder,
		projects: async () => (await import('../open-projects.ts')).openProjects(config, { models }),
		scheduleTimes: async () => (await import('@errand/core/planning/schedule/schedule-times.ts')).scheduleTimes,
		workflows: async () =>
			(await import('../open-workflows.ts')).openWorkflows(config, {
				...{ catalogue, sources, model: router, clock, log },
				measure: workflowMetrics(registry()),
			}),
	});
	const spooling =
		base.outage &&
		new SpoolingDesk({
			...{ conversations: orchestrator.conversations, frontend },
			...{ spool: base.outage.spool, reachable: base.outage.reachable, clock, log },
			principalOf: (person) => people.whoIs(`web:${person}`),
		});
	base.outage?.onBack(() => void spooling?.drain());
	const conversations = spooling ?? orchestrator.conversations;
	return { orchestrator, conversations, spooling, people, models, skills, catalogue };
}

function openCatalogue({ offer, sources }: Foundation, log: ILogger): LiveCatalogue {
	const catalogue = new LiveCatalogue([...offer.catalogue, ...FLOW_CAPABILITIES, ...CORE_CAPABILITIES], {
		missing: offer.missing,
		onRefused: (source, problem) => log.warn('capability refused', { source, problem }),
	});
	for (const source of sources) catalogue.add(source);
	return catalogue;
}
