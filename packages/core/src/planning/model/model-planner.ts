import { describeError, isCoreError } from '../../domain/errors.ts';
import { assertNever } from '../../domain/json.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { PLAN_LIMITS } from '../../domain/task/plan.ts';
import { addUsage, NO_USAGE, usageOf } from '../../domain/task/usage.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ILanguageModel, ModelMessage, ModelReply } from '../../ports/language-model.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { checkPlan, checkQuestions } from './check-move.ts';
import { deniesReach } from './denies-reach.ts';
import { briefOf, type GoalBrief } from './goal-brief.ts';
import { pastedBytes } from './pasted-references.ts';
import { PLANNER_TOOLS } from './planner-tools.ts';
import { repairMessages, systemPrompt, tokensOf } from './planning-messages.ts';
import { type Move, readMove } from './read-move.ts';
import { renderCatalogue } from './render-catalogue.ts';
import { listedProblems, shortLine, takenOver } from './take-over.ts';
import { Talk, throwIfCancelled, withUsage } from './talk.ts';
import { VisibleText } from './visible-text.ts';

/** ModelPlannerParts is what a model planner is made of; `rules` takes over where the model does not get there. */
export interface ModelPlannerParts {
	readonly model: ILanguageModel;
	readonly catalogue: readonly CapabilityDeclaration[];
	readonly rules: IPlanner;
	readonly log: ILogger;
	/** How long the model may take for one goal, all its replies together. */
	readonly patienceMs?: number | undefined;
}

/** One plan and two repairs. */
const MAX_CALLS = 3;
/** A model that holds less gets the catalogue in short form, and no examples. */
const TIGHT_CONTEXT = 12_000;
/** Ends before planning itself is given up, so that rules have their turn. */
const PATIENCE_MS = 100_000;
const MAX_NOTE = 1_000;
/** Text in a step's input is bounded, and the rest of the input needs room, too. */
const MAX_PASTED_BYTES = PLAN_LIMITS.maxInputBytes - 12_288;

/**
 * ModelPlanner has a language model plan, answer or ask. What it proposes is held against the catalogue and against what the
 * person gave, and goes back to it at most twice; then rules take over, and the outcome says so. Cancelling ends all of it.
 */
export class ModelPlanner implements IPlanner {
	readonly #model: ILanguageModel;
	readonly #catalogue: readonly CapabilityDeclaration[];
	readonly #capabilities: ReadonlySet<string>;
	readonly #rules: IPlanner;
	readonly #log: ILogger;
	readonly #patienceMs: number;
	#rendered: string | undefined;

	constructor({ model, catalogue, rules, log, patienceMs = PATIENCE_MS }: ModelPlannerParts) {
		this.#model = model;
		this.#catalogue = catalogue;
		this.#capabilities = new Set(catalogue.map(({ name }) => name));
		this.#rules = rules;
		this.#log = log;
		this.#patienceMs = patienceMs;
	}

	async plan(request: PlanRequest, signal: AbortSignal): Promise<PlanOutcome> {
		const brief = briefOf(request);
		// Rules know what to say about text that fits into no step, at no cost.
		if (pastedBytes(brief.pasted) > MAX_PASTED_BYTES) return this.#rules.plan(request, signal);
		const talk = new Talk(request.allowance);
		try {
			const end = await this.#converse(talk, request, brief, signal);
			const { calls, usage } = talk;
			const { taskId } = request;
			if (end.kind !== 'given-up') {
				this.#log.info('planned by model', { taskId, model: this.#model.name, outcome: end.kind, calls, ...usage });
				return { ...end, usage };
			}
			this.#log.warn('model did not plan', { taskId, model: this.#model.name, cause: end.cause, calls, ...usage });
			return await this.#byRules(end, request, usage, signal);
		} catch (error) {
			throw withUsage(error, talk.usage);
		}
	}

	/** Asks the model until there is an outcome or no sense in asking on. */
	async #converse(
		talk: Talk,
		request: PlanRequest,
		brief: GoalBrief,
		signal: AbortSignal,
	): Promise<PlanOutcome | GivenUp> {
		const isTight = this.#model.contextTokens < TIGHT_CONTEXT;
		this.#rendered ??= renderCatalogue(this.#catalogue, isTight);
		const system = systemPrompt(isTight ? undefined : request.goal, this.#rendered, this.#capabilities);
		const messages: ModelMessage[] = [
			{ role: 'system', text: system },
			{ role: 'user', text: brief.message },
		];
		const deadline = AbortSignal.timeout(this.#patienceMs);
		let verdict: Verdict | undefined;
		while (talk.calls < MAX_CALLS) {
			throwIfCancelled(signal);
			const room = talk.room(tokensOf(messages) + TOOL_TOKENS, this.#model.contextTokens);
			if (typeof room !== 'number')
				return verdict === undefined ? this.#gaveUp(room.cause, room.words) : this.#rejected(verdict);
			const reply = await this.#reply(messages, room, request, { signal, deadline, talk });
			throwIfCancelled(signal);
			if ('kind' in reply) return reply;
			verdict = this.#judge(reply, request, brief);
			if (verdict.kind !== 'rejected') return verdict;
			messages.push(...repairMessages(reply, verdict.problems));
		}
		return verdict === undefined ? this.#gaveUp('nothing', 'gave no reply') : this.#rejected(verdict);
	}

	async #reply(
		messages: readonly ModelMessage[],
		maxTokens: number,
		request: PlanRequest,
		{ signal, deadline, talk }: { signal: AbortSignal; deadline: AbortSignal; talk: Talk },
	): Promise<ModelReply | GivenUp> {
		const visible = new VisibleText(request.onPartial);
		try {
			const reply = await this.#model.reply(
				{ purpose: 'plan', messages, tools: PLANNER_TOOLS, maxTokens },
				{
					signal: AbortSignal.any([signal, deadline]),
					onText: (piece) => visible.add(piece),
					onRestart: () => visible.restart(),
				},
			);
			talk.count(reply.usage);
			return reply;
		} catch (error) {
			talk.count(usageOf(error) ?? NO_USAGE);
			throwIfCancelled(signal);
			if (deadline.aborted) {
				return this.#gaveUp('too-slow', `did not answer within ${Math.round(this.#patienceMs / 1_000)} seconds`);
			}
			if (isCoreError(error, 'cancelled')) throw error;
			return this.#gaveUp(isCoreError(error) ? error.code : 'fault', `could not be used (${reasonOf(error)})`);
		}
	}

	#judge(reply: ModelReply, request: PlanRequest, brief: GoalBrief): Verdict {
		const by = `model:${this.#model.name}`;
		if (reply.finish === 'refusal') return this.#gaveUp('refusal', 'declined', shortLine(reply.text, 2_000));
		const move: Move = readMove(reply);
		switch (move.kind) {
			case 'plan': {
				const plan = checkPlan(move.steps, this.#catalogue, brief);
				if (!plan.ok) return { kind: 'rejected', what: 'plan', problems: plan.problems };
				const note = move.note === undefined ? {} : { note: shortLine(move.note, MAX_NOTE) };
				return { kind: 'plan', by, method: 'model', steps: plan.value, ...note };
			}
			case 'ask': {
				const asked = checkQuestions(move.questions, request.answers);
				if (!asked.ok) return { kind: 'rejected', what: 'questions', problems: asked.problems };
				return { kind: 'ask', by, questions: asked.value };
			}
			case 'answer': {
				const denial = deniesReach(move.text, brief);
				if (denial !== undefined) return { kind: 'rejected', what: 'answer', problems: [denial] };
				const end =
					reply.finish === 'length' ? '\n\n*The answer ends here because it reached the limit on its length.*' : '';
				return { kind: 'answer', by, method: 'model', text: move.text + end };
			}
			case 'wrong':
				return { kind: 'rejected', what: 'plan', problems: [move.problem] };
			case 'nothing':
				return this.#gaveUp('nothing', 'gave an empty reply');
			default:
				return assertNever(move);
		}
	}

	#rejected(verdict: Verdict): PlanOutcome | GivenUp {
		if (verdict.kind !== 'rejected') return verdict;
		const listed = listedProblems(verdict.problems);
		return this.#gaveUp('rejected', `${REJECTED[verdict.what]} (${listed})`);
	}

	#gaveUp(cause: string, words: string, refusal?: string): GivenUp {
		const reason = cause.startsWith('allowance') ? words : `The model ${this.#model.name} ${words}`;
		return { kind: 'given-up', cause, reason, refusal };
	}

	async #byRules(
		{ reason, refusal }: GivenUp,
		request: PlanRequest,
		usage: Usage,
		signal: AbortSignal,
	): Promise<PlanOutcome> {
		const outcome = await this.#rules.plan(request, signal);
		const total = addUsage(usage, outcome.usage ?? NO_USAGE);
		if (refusal !== undefined && outcome.kind !== 'plan') {
			const said = refusal === '' ? 'It gave no reason.' : `It said: ${refusal}`;
			const text = `${reason} to do this. ${said}`;
			return { kind: 'answer', by: `model:${this.#model.name}`, method: 'model', text, usage: total };
		}
		return { ...takenOver(outcome, refusal ? `${reason} (${shortLine(refusal, 200)})` : reason), usage: total };
	}
}

/** GivenUp is why the model's part is over without an outcome, as the beginning of a sentence. */
interface GivenUp {
	readonly kind: 'given-up';
	readonly cause: string;
	readonly reason: string;
	/** The words of a model that would not. */
	readonly refusal?: string | undefined;
}

interface Rejected {
	readonly kind: 'rejected';
	readonly what: keyof typeof REJECTED;
	readonly problems: readonly string[];
}

type Verdict = PlanOutcome | GivenUp | Rejected;

const REJECTED = {
	plan: 'proposed a plan that cannot run',
	questions: 'asked in a way that cannot be used',
	answer: 'did not use what it was given',
} as const;

const TOOL_TOKENS = Math.ceil(JSON.stringify(PLANNER_TOOLS).length / 4);

function reasonOf(error: unknown): string {
	return shortLine(describeError(error), 300).replace(/[.;]$/, '');
}
