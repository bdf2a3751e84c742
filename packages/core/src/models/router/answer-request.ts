import type { CoreError } from '../../domain/errors.ts';
import { withUsage } from '../../domain/task/usage.ts';
import type { ModelReply, ModelRequest, ReplyOptions } from '../../ports/language-model.ts';
import { cancelled } from '../model-fault.ts';
import { pause } from '../pause.ts';
import { useOf } from './call-book.ts';
import { chooseModels, type ModelChoice } from './choose-models.ts';
import type { ModelStand } from './model-stand.ts';
import { noteFailure, type TryEnd, tryOnce } from './one-try.ts';
import { promptVersionOf } from './prompt-version.ts';
import { type Runner, raceTries } from './raced-tries.ts';
import { replyKey } from './reply-cache.ts';
import { ReplyCourse } from './reply-course.ts';
import { allFailed, allResting, noneSuits } from './router-refusals.ts';
import type { Routed, Routing } from './routing.ts';
import { isFull } from './shared-queue.ts';

/** answerRequest has one model after the other answer until one does, pauses between rounds included, or none is left to ask. */
export async function answerRequest(routing: Routing, routed: Routed, options: ReplyOptions): Promise<ModelReply> {
	const course = new ReplyCourse(options);
	try {
		return await new Answering(routing, routed, { course, options }).run();
	} catch (error) {
		throw withUsage(error, course.usage);
	}
}

class Answering {
	readonly #routing: Routing;
	readonly #routed: Routed;
	readonly #course: ReplyCourse;
	readonly #options: ReplyOptions;
	readonly #until: number;

	constructor(routing: Routing, routed: Routed, { course, options }: { course: ReplyCourse; options: ReplyOptions }) {
		this.#routing = routing;
		this.#routed = routed;
		this.#course = course;
		this.#options = options;
		this.#until = routing.clock.now() + MAX_MS;
	}

	async run(): Promise<ModelReply> {
		const course = this.#course;
		for (;;) {
			const choices = this.#choices();
			const kept = this.#kept(choices[0]);
			if (kept !== undefined) return kept;
			const choice = choices.find((one) => this.#mayAsk(one));
			if (choice === undefined) {
				await this.#pauseOrGiveUp(choices);
				continue;
			}
			if (!this.#isPayable(choice)) {
				// What others may cost is set aside for them; mostly, much of it comes back.
				await this.#routing.budgets.freed(this.#options.signal);
				if (this.#options.signal.aborted) throw cancelled(choice.name);
				continue;
			}
			course.onRestart();
			for (const end of await this.#try(choice, choices)) {
				const reply = this.#settle(end);
				if (reply !== undefined) return reply;
			}
			// Where another can take over, that is the end of it for the one that failed.
			if (choices.length > 1) this.#countFailures();
			if (this.#options.signal.aborted) throw cancelled(choice.name);
		}
	}

	/** All models that might still be asked, the best first; throws where none could be asked from the beginning. */
	#choices(): readonly ModelChoice[] {
		const { stands, budgets, clock } = this.#routing;
		const { request, demand, size } = this.#routed;
		const { usage } = this.#course;
		const { tokens = Number.POSITIVE_INFINITY, microUsd = Number.POSITIVE_INFINITY } = request.allowance ?? {};
		const own = { tokens: tokens - usage.tokens, microUsd: microUsd - usage.microUsd };
		const day = budgets.left(request.caller?.person);
		const binding = day !== undefined && day.atMostMicroUsd < own.microUsd ? day : undefined;
		const allowance = { tokens: own.tokens, microUsd: binding?.atMostMicroUsd ?? own.microUsd };
		const candidates = [...stands.values()].map((stand) => stand.candidate(size.tokens + request.maxTokens));
		const { choices, passed } = chooseModels({ ...demand, allowance }, candidates, clock.now());
		if (choices.length > 0) return choices;
		const names = [...stands.keys()];
		throw this.#course.error ?? noneSuits({ passed, names, wanted: wantedBy(request), day: binding });
	}

	/** Whether the budgets of the day allow it beside all that is under way. */
	#isPayable({ mostMicroUsd }: ModelChoice): boolean {
		const day = this.#routing.budgets.left(this.#routed.request.caller?.person);
		return day === undefined || mostMicroUsd <= day.microUsd || day.microUsd === day.atMostMicroUsd;
	}

	#mayAsk({ name }: ModelChoice): boolean {
		return this.#course.isOpen(name) && this.#restMs(name) === 0;
	}

	/** How long a model is not to be asked. */
	#restMs(name: string): number {
		const stand = this.#stand(name);
		const now = this.#routing.clock.now();
		const until = Math.max(stand.restsUntil ?? 0, stand.gate.shutUntil);
		return Math.max(0, until - now);
	}

	async #pauseOrGiveUp(choices: readonly ModelChoice[]): Promise<void> {
		const { clock, chance } = this.#routing;
		const error = this.#course.error;
		const names = choices.map(({ name }) => name);
		if (error === undefined)
			throw allResting(
				names.map((name) => this.#stand(name)),
				Math.min(...names.map((name) => this.#restMs(name))),
			);
		const waitMs = this.#course.pauseMs(chance);
		if (waitMs === undefined || clock.now() + waitMs >= this.#until) throw this.#gaveUp(error);
		await pause(waitMs, { clock, signal: this.#options.signal, name: names[0] ?? 'a language model' });
		this.#course.paused();
		// Whoever could be asked again may have gone to rest meanwhile.
		if (!names.some((name) => this.#course.isOpen(name) && this.#restMs(name) === 0)) throw this.#gaveUp(error);
	}

	#gaveUp(error: CoreError): CoreError {
		this.#countFailures();
		return allFailed(error, this.#course.failed);
	}

	#countFailures(): void {
		for (const [name, error] of this.#course.uncounted()) noteFailure(this.#stand(name), error);
	}

	/** Asks a model, and another one beside it where the first says nothing for long and that is wished for. */
	async #try(choice: ModelChoice, choices: readonly ModelChoice[]): Promise<readonly TryOutcome[]> {
		const { hedgeAfterMs, clock } = this.#routing;
		const { signal } = this.#options;
		const { onText, onRestart } = this.#course;
		if (hedgeAfterMs === undefined)
			return [{ ...(await this.#runner(choice, choices)({ signal, onText, onRestart })), lost: false }];
		const second = () => {
			const other = choices.find((one) => one.name !== choice.name && this.#mayAsk(one) && this.#isPayable(one));
			return other === undefined
				? undefined
				: this.#runner({ ...other, reason: `${other.reason}; as the first was slow` }, choices);
		};
		const parts = { clock, afterMs: hedgeAfterMs, signal, onText, onRestart };
		const { ends } = await raceTries(this.#runner(choice, choices), second, parts);
		// The one that answered is looked at last, so that what the other cost is counted before.
		return ends.toSorted((one, other) => Number('reply' in one.end) - Number('reply' in other.end));
	}

	#runner(choice: ModelChoice, choices: readonly ModelChoice[]): Runner {
		const { budgets, book, clock } = this.#routing;
		const { request, size, demand } = this.#routed;
		const stand = this.#stand(choice.name);
		const reason = this.#reasonFor(choice);
		const release = budgets.reserve(request.caller?.person, choice.mostMicroUsd);
		return async (listening) => {
			const end = await tryOnce({
				...listening,
				stand,
				choice: { ...choice, reason },
				request,
				size,
				clock,
				isImpatient: choices.length > 1 && !this.#course.isPatientWith(choice.name),
				onCall: (call) => book.write(call, { request, complexity: demand.complexity, reason }),
			});
			release(end.usage.microUsd);
			return end;
		};
	}

	/** Takes in how a try ended; the whole reply, if it is one. */
	#settle({ stand, choice, usage, end, lost, made }: TryOutcome): ModelReply | undefined {
		const { request } = this.#routed;
		const { name } = stand;
		const { purpose } = request;
		const how = 'reply' in end ? '' : lost ? '; overtaken' : '; failed';
		if (made) this.#course.spend(useOf({ name, purpose, reason: `${choice.reason}${how}`, usage }));
		if ('reply' in end) return this.#finish(end.reply, choice);
		if (end.error.code === 'cancelled' && this.#options.signal.aborted) throw end.error;
		if (isFull(end.error)) this.#course.foundFull(name);
		else if (!lost) this.#course.fail(name, end.error);
		return undefined;
	}

	#finish(reply: ModelReply, choice: ModelChoice): ModelReply {
		const { request } = this.#routed;
		const { usage } = this.#course;
		// A reply that was cut to fit the budget is not what the same request gives another time.
		if (request.pure === true && reply.finish !== 'refusal' && choice.maxTokens === request.maxTokens) {
			const { clock, cache } = this.#routing;
			cache.put(replyKey(choice.name, request), reply, { person: request.caller?.person, now: clock.now() });
		}
		return { ...reply, usage };
	}

	/** What was replied to the same request before, at no cost. */
	#kept(choice: ModelChoice | undefined): ModelReply | undefined {
		const { request, demand } = this.#routed;
		if (request.pure !== true || choice === undefined || this.#course.failed.length > 0) return undefined;
		const { cache, clock, book } = this.#routing;
		const now = clock.now();
		const reply = cache.get(replyKey(choice.name, request), now);
		if (reply === undefined) return undefined;
		const reason = 'the same was asked before';
		const call = { ...NO_COST, stand: this.#stand(choice.name), choice, at: now, ms: 0, outcome: 'cached' as const };
		book.write({ ...call, reply }, { request, complexity: demand.complexity, reason });
		if (reply.text !== '') this.#options.onText?.(reply.text);
		const usage = { tokens: 0, microUsd: 0 };
		return { ...reply, usage: useOf({ name: choice.name, purpose: request.purpose, reason, usage, calls: 0 }) };
	}

	#reasonFor({ name, reason }: ModelChoice): string {
		const promptVersion = promptVersionOf(this.#routed.request);
		const failed = this.#course.failed;
		const others = failed.slice(0, MAX_NAMED).join(', ');
		const after = failed.includes(name) ? '; tried again' : others === '' ? '' : `; after ${others} failed`;
		return `${reason}${after}${promptVersion === undefined ? '' : `; prompt ${promptVersion}`}`;
	}

	#stand(name: string): ModelStand {
		const stand = this.#routing.stands.get(name);
		if (stand === undefined) throw new Error(`No model ${name} stands here`);
		return stand;
	}
}

/** What a request insists on, as whoever made it would say it. */
function wantedBy({ model, provider }: ModelRequest): string | undefined {
	return provider === undefined ? model : `${provider}/${model ?? '…'}`;
}

type TryOutcome = TryEnd & { readonly lost: boolean };

/** As long as one call to a server may take: further tries do not begin after that. */
const MAX_MS = 600_000;
const MAX_NAMED = 3;
const NO_COST = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, microUsd: 0 };
