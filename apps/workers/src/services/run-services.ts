import { CoreError } from '@errand/core/domain/errors.ts';
import type { Usage } from '@errand/core/domain/task/facts.ts';
import { addUsage, NO_USAGE, usageOf } from '@errand/core/domain/task/usage.ts';
import type { BrowserRun, IBrowser } from '@errand/core/ports/browser.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';
import type { ILanguageModel, ModelRequest } from '@errand/core/ports/language-model.ts';
import type { IWebSearch } from '@errand/core/ports/web-search.ts';
import { Patience } from './patience.ts';
import { type CallListener, type OfferedServices, SERVICE_NAMES, type ServiceCall } from './service-call.ts';

/** RunWork is the run that is served, and how long it may wait for the model in all. */
interface RunWork {
	readonly job: Job;
	readonly run: number;
	readonly capability: Pick<ICapability, 'sessions'>;
	readonly clock: IClock;
	readonly patienceMs?: number | undefined;
	/** Hears when the run begins to wait for the model, and when it goes on. */
	readonly onWaiting?: ((waits: boolean) => void) | undefined;
}

/** HostServices are what a host has for the runs on it: each only where it is configured. */
export interface HostServices {
	readonly model?: ILanguageModel | undefined;
	readonly search?: IWebSearch | undefined;
	readonly browser?: IBrowser | undefined;
}

/**
 * RunServices answers what one run asks of its host. It holds what handlers must not have: keys, the count of what was
 * used, and the run's token. After `stop` or `end` every call is aborted, and so is a later one.
 */
export class RunServices {
	readonly #services: HostServices;
	readonly #run: BrowserRun;
	readonly #allowance: Usage;
	/** Made with the first call: most runs ask nothing of their host. */
	#calls: AbortController | undefined;
	#isOver = false;
	readonly #usesBrowser: boolean;
	#usage: Usage = NO_USAGE;
	#browsed = false;
	#modelFailed = false;
	readonly #patience: Patience;

	constructor(services: HostServices, work: RunWork) {
		const { taskId, person, stepId, attempt, allowance } = work.job;
		this.#services = services;
		this.#run = { taskId, person, stepId, attempt, run: work.run };
		this.#allowance = allowance;
		this.#usesBrowser = work.capability.sessions?.includes('browser') ?? false;
		this.#patience = new Patience({ ...work, ms: work.patienceMs ?? PATIENCE_MS });
	}

	get offered(): OfferedServices {
		const { model, search, browser } = this.#services;
		return {
			model: model && { name: model.name, contextTokens: model.contextTokens },
			search: search && { name: search.name },
			browser: browser !== undefined && this.#usesBrowser ? true : undefined,
		};
	}

	/** What the run has cost so far; undefined for nothing. */
	get usage(): Usage | undefined {
		return this.#usage === NO_USAGE ? undefined : this.#usage;
	}

	/** Whether the model let the run down, so that its result is less than another run would give. */
	get modelFailed(): boolean {
		return this.#modelFailed;
	}

	/** Rejects with the CoreError of the service, or with `over-budget`. */
	async answer(call: ServiceCall, listener: CallListener = {}): Promise<unknown> {
		if (this.#isOver) throw runEnded();
		const { signal } = this.#underWay;
		switch (call.service) {
			case 'model': {
				const model = present(this.#services.model, 'model');
				return await this.#metered(model.name, (bounded) =>
					model.reply({ ...call.request, ...this.#onBehalf }, { ...listener, signal: bounded }),
				);
			}
			case 'embed': {
				const model = present(this.#services.model, 'model');
				const { vectors, model: by = model.name } = await this.#metered(model.name, (bounded) =>
					model.embed(call.texts, { signal: bounded, caller: this.#onBehalf.caller, model: call.model }),
				);
				return { vectors, model: by };
			}
			case 'search':
				return await present(this.#services.search, 'search').search(call.query, { signal });
			case 'browser': {
				const browser = present(this.#usesBrowser ? this.#services.browser : undefined, 'browser');
				this.#browsed = true;
				const { context, action, timeoutMs = DEFAULT_ACTION_MS } = call;
				return await browser.act(this.#run, { context, action, timeoutMs }, { signal });
			}
		}
	}

	/** Who asks, and what they may still spend: never what a handler says. */
	get #onBehalf(): Required<Pick<ModelRequest, 'caller' | 'allowance'>> {
		const { person, taskId, stepId } = this.#run;
		const left = (all: number, used: number) => Math.max(0, all - used);
		const { tokens, microUsd } = this.#allowance;
		return {
			caller: { person, taskId, stepId },
			allowance: { tokens: left(tokens, this.#usage.tokens), microUsd: left(microUsd, this.#usage.microUsd) },
		};
	}

	/** Aborts what the run has under way, so that a handler which waits for it goes on to its end. */
	stop(): void {
		this.#isOver = true;
		this.#calls?.abort(runEnded());
	}

	/** Ends what the run has under way. Resolves once its page is closed; never rejects. */
	async end(): Promise<void> {
		this.stop();
		if (!this.#browsed) return;
		await this.#services.browser?.endRun(this.#run).catch(() => {});
	}

	get #underWay(): AbortController {
		this.#calls ??= new AbortController();
		return this.#calls;
	}

	/** A call is let through while anything of the allowance is left, so those under way at that moment may go beyond it. */
	async #metered<T extends { readonly usage: Usage }>(
		name: string,
		call: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		const { tokens, microUsd } = this.#allowance;
		if (this.#usage.tokens >= tokens || this.#usage.microUsd >= microUsd) throw overBudget();
		const patience = this.#patience;
		patience.begin();
		try {
			const reply = await call(AbortSignal.any([this.#underWay.signal, patience.signal]));
			this.#usage = addUsage(this.#usage, reply.usage);
			return reply;
		} catch (error) {
			this.#modelFailed = true;
			this.#usage = addUsage(this.#usage, usageOf(error) ?? NO_USAGE);
			// A run that ends is cancelled; one that only waited too long goes on without the model.
			throw patience.signal.aborted && !this.#isOver ? tooSlow(name, patience.ms) : error;
		} finally {
			patience.end();
		}
	}
}

const DEFAULT_ACTION_MS = 30_000;
/** As much as a slow model needs for some ten thousand tokens. */
const PATIENCE_MS = 1_800_000;

function runEnded(): CoreError {
	return new CoreError('cancelled', 'The run has ended.', { hint: 'Retry the step.' });
}

function tooSlow(name: string, ms: number): CoreError {
	return new CoreError(
		'model-unavailable',
		`The language model ${name} had not finished when this step had waited for it for ${Math.round(ms / 60_000)} minutes.`,
		{ hint: 'Give the step less to read, or configure a quicker model with OPENAI_MODEL.' },
	);
}

function present<T>(service: T | undefined, name: keyof typeof SERVICE_NAMES): T {
	if (service !== undefined) return service;
	const { what, howTo } = SERVICE_NAMES[name];
	throw new CoreError('not-possible', `This needs ${what}, and there is none here.`, { hint: `${howTo}.` });
}

function overBudget(): CoreError {
	return new CoreError('over-budget', 'The task has used up its budget of tokens or money.', {
		hint: 'Raise the budget to go on, or cancel the task.',
	});
}
