import { describeError, isCoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { PLAN_LIMITS } from '../../domain/task/plan.ts';
import { addUsage, NO_USAGE, usageOf, withUsage } from '../../domain/task/usage.ts';
import type { ICatalogue } from '../../ports/catalogue.ts';
import type { ILanguageModel, ModelMessage, ModelReply } from '../../ports/language-model.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { withRemembered } from '../remembered.ts';
import { CatalogueText } from './catalogue-text.ts';
import { type FollowedSkills, followedSkills, withFollowed } from './followed-skills.ts';
import { briefOf, type GoalBrief } from './goal-brief.ts';
import { type GivenUp, gaveUpOn, givenUp, judgeReply, type Rejected } from './judge-reply.ts';
import { pastedBytes } from './pasted-references.ts';
import { PLANNER_TOOLS } from './planner-tools.ts';
import { repairMessages, systemPrompt, tokensOf } from './planning-messages.ts';
import { promptVersion } from './prompt-files.ts';
import { refusedOutright, shortLine, takenOver } from './take-over.ts';
import { Talk, throwIfCancelled } from './talk.ts';
import { VisibleText } from './visible-text.ts';

/** ModelPlannerParts is what a model planner is made of; `rules` takes over where the model does not get there. */
export interface ModelPlannerParts {
	readonly model: ILanguageModel;
	readonly catalogue: ICatalogue;
	readonly rules: IPlanner;
	readonly log: ILogger;
	/** How long the model may take for one goal, all its replies together. */
	readonly patienceMs?: number | undefined;
}

/** What one conversation with the model is about and bounded by. */
interface Conversation {
	readonly talk: Talk;
	readonly request: PlanRequest;
	readonly brief: GoalBrief;
	/** What can be done: less than everything where skills say so. */
	readonly catalogue: CatalogueText;
	readonly skills: FollowedSkills | undefined;
	readonly signal: AbortSignal;
	readonly deadline: AbortSignal;
}

/** One plan and two repairs. */
const MAX_CALLS = 3;
/** A slow model writes a plan for minutes; silence is bounded where the model is called. Ends before planning itself is given up, so that rules have their turn. */
const PATIENCE_MS = 1_200_000;
/** A model that holds less gets the catalogue in short form, and no examples. */
const TIGHT_CONTEXT = 12_000;
/** Text in a step's input is bounded, and the rest of the input needs room, too. */
const MAX_PASTED_BYTES = PLAN_LIMITS.maxInputBytes - 12_288;
const MAX_REASON = 300;
/** What a plan by rules would meet, too. */
const LASTING = ['cancelled', 'over-budget', 'over-day-budget'] as const;
const TOOL_TOKENS = Math.ceil(JSON.stringify(PLANNER_TOOLS).length / 4);

/**
 * ModelPlanner has a language model plan, answer or ask. What it proposes is held against the catalogue and against what the
 * person gave, and goes back to it at most twice; then rules take over, and the outcome says so. Cancelling ends all of it.
 */
export class ModelPlanner implements IPlanner {
	readonly #model: ILanguageModel;
	readonly #catalogue: CatalogueText;
	readonly #everything: ICatalogue;
	readonly #rules: IPlanner;
	readonly #log: ILogger;
	readonly #patienceMs: number;
	/** Until its server refuses them; such a model writes its plan as text. */
	#takesTools = true;

	constructor({ model, catalogue, rules, log, patienceMs = PATIENCE_MS }: ModelPlannerParts) {
		this.#model = model;
		this.#catalogue = new CatalogueText(catalogue);
		this.#everything = catalogue;
		this.#rules = rules;
		this.#log = log;
		this.#patienceMs = patienceMs;
	}

	async plan(asked: PlanRequest, signal: AbortSignal): Promise<PlanOutcome> {
		const request = await withRemembered(asked);
		const brief = briefOf(request);
		// Rules know what to say about text that fits into no step, at no cost.
		if (pastedBytes(brief.pasted) > MAX_PASTED_BYTES) return this.#rules.plan(request, signal);
		const skills = await this.#skillsFor(request);
		const catalogue = skills?.only === undefined ? this.#catalogue : this.#narrowed(skills.only);
		const talk = new Talk(request.allowance);
		const late = new AbortController();
		const timer = setTimeout(() => late.abort(), this.#patienceMs);
		try {
			const end = await this.#converse({ talk, request, brief, catalogue, skills, signal, deadline: late.signal });
			const { calls, usage } = talk;
			const { tokens, microUsd } = usage;
			const facts = { taskId: request.taskId, model: this.#model.name, calls, tokens, microUsd };
			if (end.kind === 'given-up') {
				this.#log.warn('model did not plan', { ...facts, cause: end.cause });
				return await this.#byRules(end, request, usage, signal);
			}
			this.#log.info('planned by model', { ...facts, outcome: end.kind });
			return { ...noted(taintedBy(brief, end), skills), usage };
		} catch (error) {
			throw withUsage(error, talk.usage);
		} finally {
			clearTimeout(timer);
		}
	}

	/** Asks the model until there is an outcome or no sense in asking on. */
	async #converse(about: Conversation): Promise<PlanOutcome | GivenUp> {
		const { talk, request, brief, catalogue, signal, deadline } = about;
		const messages = this.#opening(about);
		const { answers } = request;
		let last: Rejected | undefined;
		while (talk.calls < MAX_CALLS) {
			throwIfCancelled(signal);
			const room = talk.room(tokensOf(messages) + (this.#takesTools ? TOOL_TOKENS : 0), this.#model);
			if (typeof room !== 'number') return last === undefined ? room : gaveUpOn(last, this.#model.name);
			// Words about what nobody has read are sent back once, so they are not shown before.
			const show = brief.unread && last === undefined ? undefined : request.onPartial;
			const reply = await this.#reply(messages, room, show, { request, signal, deadline, talk });
			throwIfCancelled(signal);
			if (reply === 'without-tools') continue;
			if ('kind' in reply) return reply;
			const wasTold = last !== undefined;
			const { name } = this.#model;
			const verdict = judgeReply(reply, { model: name, catalogue: catalogue.plannable, brief, answers, wasTold });
			if (verdict.kind !== 'rejected') return verdict;
			last = verdict;
			messages.push(...repairMessages(reply, verdict.problems));
		}
		const { name } = this.#model;
		return last === undefined ? givenUp('nothing', `The model ${name} gave no reply`) : gaveUpOn(last, name);
	}

	async #skillsFor({ skills }: PlanRequest): Promise<FollowedSkills | undefined> {
		const found = (await skills?.()) ?? [];
		return followedSkills(found, { catalogue: this.#catalogue.plannable, isTight: this.#isTight });
	}

	#narrowed(only: ReadonlySet<string>): CatalogueText {
		const list = this.#catalogue.plannable.filter(({ name }) => only.has(name));
		return new CatalogueText({ list: () => list, sourceOf: (name) => this.#everything.sourceOf(name) });
	}

	get #isTight(): boolean {
		return this.#model.contextTokens < TIGHT_CONTEXT;
	}

	#opening({ request, brief, catalogue, skills }: Conversation): ModelMessage[] {
		const isTight = this.#isTight;
		const { goal } = request;
		const prompt = systemPrompt(isTight ? undefined : goal, catalogue.textFor(goal, isTight), catalogue.names);
		return [
			{ role: 'system', text: skills === undefined ? prompt : `${prompt}\n\n${skills.instructions}` },
			{ role: 'user', text: brief.message },
		];
	}

	async #reply(
		messages: readonly ModelMessage[],
		maxTokens: number,
		show: PlanRequest['onPartial'],
		{ request, signal, deadline, talk }: Pick<Conversation, 'talk' | 'request' | 'signal' | 'deadline'>,
	): Promise<ModelReply | GivenUp | 'without-tools'> {
		const visible = new VisibleText(show);
		try {
			const reply = await this.#model.reply(
				{
					purpose: 'plan',
					caller: { person: request.person, taskId: request.taskId },
					allowance: talk.left,
					promptVersion: promptVersion(),
					messages,
					maxTokens,
					...(this.#takesTools ? { tools: PLANNER_TOOLS } : {}),
				},
				{
					signal: AbortSignal.any([signal, deadline]),
					onText: (piece) => visible.add(piece),
					onRestart: () => visible.restart(),
				},
			);
			talk.calls += 1;
			talk.spend(reply.usage);
			return reply;
		} catch (error) {
			talk.spend(usageOf(error) ?? NO_USAGE);
			throwIfCancelled(signal);
			if (this.#takesTools && refusesTools(error)) {
				this.#takesTools = false;
				return 'without-tools';
			}
			talk.calls += 1;
			return this.#failed(error, deadline);
		}
	}

	#failed(error: unknown, deadline: AbortSignal): GivenUp {
		const { name } = this.#model;
		if (deadline.aborted) {
			const minutes = Math.ceil(this.#patienceMs / 60_000);
			return givenUp('too-slow', `The model ${name} did not answer within ${minutes} min`);
		}
		// Of a budget the person is asked.
		if (LASTING.some((code) => isCoreError(error, code))) throw error;
		const words = shortLine(describeError(error), MAX_REASON).replace(/[.;]$/, '');
		const isNamed = words.startsWith('The language model ');
		const reason = isNamed ? words : `The model ${name} could not be used (${words})`;
		const end = givenUp(isCoreError(error) ? error.code : 'fault', reason);
		// What passes by itself needs nobody; a key or an address that is not taken does.
		return isCoreError(error, 'model-refused') ? { ...end, hint: error.hint } : end;
	}

	async #byRules(end: GivenUp, request: PlanRequest, usage: Usage, signal: AbortSignal): Promise<PlanOutcome> {
		const outcome = await this.#rules.plan(request, signal);
		const total = addUsage(usage, outcome.usage ?? NO_USAGE);
		const refused = end.refusal !== undefined && outcome.kind !== 'plan';
		const told = refused ? refusedOutright(end, this.#model.name) : takenOver(outcome, end);
		return { ...told, usage: total };
	}
}

/** A model that was shown what strangers wrote may have been steered by it. */
function taintedBy({ origins }: GoalBrief, outcome: PlanOutcome): PlanOutcome {
	return origins.length === 0 || outcome.kind === 'ask' ? outcome : { ...outcome, origins };
}

function noted(outcome: PlanOutcome, skills: FollowedSkills | undefined): PlanOutcome {
	if (skills === undefined || outcome.kind !== 'plan') return outcome;
	return { ...outcome, note: withFollowed(outcome.note, skills.names) };
}

/** Servers say so in many ways: "does not support tools", "tools param requires --jinja", "requires --enable-auto-tool-choice". */
function refusesTools(error: unknown): boolean {
	if (!isCoreError(error, 'model-refused') && !isCoreError(error, 'model-unavailable')) return false;
	return /\btools?\b|tool[-_ ]?(?:choice|call)|function[-_ ]call/i.test(error.message);
}
