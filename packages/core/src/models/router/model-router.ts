import { CoreError, describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import { NO_USAGE } from '../../domain/task/usage.ts';
import type { IClock } from '../../ports/clock.ts';
import type {
	Embedded,
	EmbedOptions,
	ILanguageModel,
	ModelReply,
	ModelRequest,
	ReplyOptions,
} from '../../ports/language-model.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IModelLedger } from '../../ports/model-ledger.ts';
import type { ModelView } from '../../ports/model-view.ts';
import type { ISharedTurns, ProviderNews } from '../../ports/shared-turns.ts';
import { cancelled } from '../model-fault.ts';
import { answerRequest } from './answer-request.ts';
import { CallBook } from './call-book.ts';
import { DayBudgets } from './day-budgets.ts';
import { embedVia } from './embed-texts-via.ts';
import { HealthMonitor } from './health-monitor.ts';
import { nameSuits } from './model-names.ts';
import { type HealthChange, ModelStand } from './model-stand.ts';
import { ProviderGate } from './provider-gate.ts';
import { complexityOf, tiersFor, wishFor } from './purpose-demand.ts';
import { redactRequest } from './redact-request.ts';
import { ReplyCache } from './reply-cache.ts';
import { sizeOf } from './request-size.ts';
import type { RoutedModel } from './routed-model.ts';
import type { RouterConfig } from './router-config.ts';
import { noneSuits } from './router-refusals.ts';
import type { Routed, Routing } from './routing.ts';

/** ModelRouterParts is which models there are, what the operator says about them, and where calls are written down. */
export interface ModelRouterParts {
	readonly models: readonly RoutedModel[];
	readonly config: RouterConfig | undefined;
	readonly ledger: IModelLedger;
	readonly clock: IClock;
	readonly log: ILogger;
	/** The model that a person wants all their work to go to. */
	readonly pinOf: (person: PersonId) => Promise<string | undefined>;
	/** Hears each change of how a model stands. */
	readonly onHealth: (change: HealthChange) => void;
	/** No model and no transcript is to see these. */
	readonly secrets: readonly string[];
	/** Where other processes ask the same providers. */
	readonly turns?: ISharedTurns | undefined;
	/** From 0 to 1. */
	readonly chance?: (() => number) | undefined;
}

/**
 * ModelRouter is all language models as one: each request goes to the model that suits it, and on to another where that one
 * fails. It keeps to the limits of providers and to budgets, and has every call written down. What it chose and why comes back in
 * the reply's usage. Rejects as any ILanguageModel does, and with `over-budget`, in words that say which budget and until when.
 */
export class ModelRouter implements ILanguageModel {
	readonly #parts: ModelRouterParts;
	readonly #routing: Routing & { readonly stands: Map<string, ModelStand> };
	readonly #gates = new Map<string, ProviderGate>();
	readonly #monitor: HealthMonitor;
	readonly #stopListening: (() => void) | undefined;

	constructor(parts: ModelRouterParts) {
		const { models, config, ledger, clock, log, secrets, turns, chance = Math.random } = parts;
		this.#parts = parts;
		const stands = new Map<string, ModelStand>();
		const onHealth = (change: HealthChange) => this.#tell(change);
		for (const routed of models) {
			const { provider: name, limits } = routed;
			const gate = this.#gates.get(name) ?? new ProviderGate({ name, limits, clock, chance, turns });
			this.#gates.set(name, gate);
			stands.set(routed.name, new ModelStand({ routed, gate, clock, onHealth }));
		}
		this.#routing = {
			stands,
			budgets: new DayBudgets({ budgets: config?.budgets, ledger, clock, log }),
			book: new CallBook({ ledger, keepDays: config?.audit?.keepDays, secrets }),
			cache: new ReplyCache(),
			hedgeAfterMs: config?.hedge?.afterMs,
			clock,
			chance,
		};
		this.#monitor = new HealthMonitor([...stands.values()], clock);
		this.#stopListening = turns?.listen((news) => this.#heed(news));
	}

	/** Begins to look after the models' health. */
	start(): void {
		this.#monitor.start();
	}

	/** Looks no more, and sends home who waits for a turn; safe to call twice. */
	stop(): void {
		this.#stopListening?.();
		this.#monitor.stop();
		for (const gate of this.#gates.values()) gate.stop();
	}

	/** The model that everyday work goes to. */
	get name(): string {
		const chatting = this.#chatting;
		const usual = tiersFor('medium').flatMap((tier) => chatting.filter(({ tiers }) => tiers.includes(tier)));
		return usual[0]?.model.name ?? 'none';
	}

	/** As much as the largest model holds: every request within that finds a model. */
	get contextTokens(): number {
		return Math.max(0, ...this.#chatting.map(({ model }) => model.contextTokens));
	}

	views(): readonly ModelView[] {
		return [...this.#routing.stands.values()].map((stand) => stand.view());
	}

	/** Forgets what was said to a person, or to anybody. */
	forget(person?: PersonId): void {
		this.#routing.cache.forget(person);
	}

	async reply(request: ModelRequest, options: ReplyOptions): Promise<ModelReply> {
		if (options.signal.aborted) throw cancelled(this.name);
		refuseNoNumber(request);
		const safe = redactRequest(request, this.#parts.secrets);
		const person = safe.caller?.person;
		const pin = person === undefined ? undefined : await this.#pinOf(person);
		const reading = this.#routing.budgets.ready(person);
		if (reading !== undefined) await reading;
		return await answerRequest(this.#routing, this.#routed(safe, pin), options);
	}

	/** Vectors always come from the same model, as those of two cannot be compared. */
	async embed(texts: readonly string[], { signal, caller, model }: EmbedOptions): Promise<Embedded> {
		if (texts.length === 0) return { vectors: [], usage: NO_USAGE };
		const embedding = model === undefined ? this.#embedding : this.#named(model);
		const stand = embedding && this.#routing.stands.get(embedding.name);
		if (stand === undefined)
			throw noneSuits({ passed: [], names: this.#ranked.map(({ name }) => name), wanted: model });
		const parts = { routing: this.#routing, secrets: this.#parts.secrets, signal, caller };
		return { ...(await embedVia(stand, texts, parts)), model: stand.name };
	}

	/** The model that makes vectors where none is named. */
	get #embedding(): RoutedModel | undefined {
		const wanted = this.#parts.config?.embeddings;
		return (
			this.#ranked.find(({ name }) => name === wanted) ??
			this.#ranked.find(({ tiers }) => tiers.includes('embedding')) ??
			this.#ranked[0]
		);
	}

	/** The model that somebody means, one that makes vectors before others. */
	#named(wanted: string): RoutedModel | undefined {
		const suiting = this.#ranked.filter(({ name }) => nameSuits(wanted, name));
		return suiting.find(({ tiers }) => tiers.includes('embedding')) ?? suiting[0];
	}

	#routed(request: ModelRequest, pin: string | undefined): Routed {
		const { purpose, complexity = complexityOf(purpose), model, provider, prefer, maxTokens, tools } = request;
		const wish = wishFor(purpose, this.#parts.config?.purposes);
		const size = sizeOf(request);
		return {
			request,
			size,
			demand: {
				complexity,
				// What a request says of itself goes before what stands for its purpose.
				tiers: (request.complexity === undefined ? wish.tiers : undefined) ?? tiersFor(complexity),
				model,
				provider,
				prefer,
				pin,
				wish: wish.model,
				inputTokens: size.tokens,
				mostInputTokens: size.mostTokens,
				maxTokens,
				images: size.hasImages,
				tools: (tools?.length ?? 0) > 0,
			},
		};
	}

	/** Work does not wait for a choice that cannot be read. */
	async #pinOf(person: PersonId): Promise<string | undefined> {
		try {
			return await this.#parts.pinOf(person);
		} catch (error) {
			this.#parts.log.warn('chosen model not read', { error: describeError(error) });
			return undefined;
		}
	}

	#tell(change: HealthChange): void {
		const { name, health, trouble } = change;
		this.#parts.log.info('model health changed', { model: name, health, trouble });
		this.#parts.onHealth(change);
		const provider = this.#routing.stands.get(name)?.routed.provider;
		if (health === 'down' && provider !== undefined) this.#parts.turns?.tell({ kind: 'trouble', provider });
	}

	/** What other processes met. */
	#heed(news: ProviderNews): void {
		if (news.kind === 'trouble') this.#monitor.lookAt(news.provider);
		else this.#gates.get(news.provider)?.leaveAlone(news.forMs);
	}

	get #ranked(): readonly RoutedModel[] {
		return this.#parts.models.toSorted((one, other) => one.rank - other.rank);
	}

	get #chatting(): readonly RoutedModel[] {
		return this.#ranked.filter(({ tiers }) => tiers.some((tier) => tier !== 'embedding'));
	}
}

/** Handlers of steps ask, too; what is no number would end up in what is reserved of everybody's budgets. */
function refuseNoNumber({ maxTokens, purpose }: ModelRequest): void {
	if (Number.isFinite(maxTokens) && maxTokens >= 0) return;
	throw new CoreError(
		'invalid-input',
		`A model was asked (${purpose.slice(0, 100)}) for ${maxTokens} tokens at most.`,
		{
			hint: 'Bound the reply by a number of tokens.',
		},
	);
}
