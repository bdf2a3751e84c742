import type { IModelLedger, ModelCall } from '@errand/core/ports/model-ledger.ts';
import type { ModelView } from '@errand/core/ports/model-view.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

/** ModelMetrics count what language models are asked by this process, and what that costs. */
export class ModelMetrics {
	readonly #calls = new Counter({
		name: 'errand_model_calls_total',
		help: 'Calls of language models, by how they ended.',
		labelNames: ['model', 'outcome'],
		registers: [],
	});
	readonly #tokens = new Counter({
		name: 'errand_model_tokens_total',
		help: 'Tokens that went to models and came from them; cached ones are among the input.',
		labelNames: ['model', 'kind'],
		registers: [],
	});
	readonly #cost = new Counter({
		name: 'errand_model_cost_micro_usd_total',
		help: 'What calls of language models cost, in millionths of a US dollar.',
		labelNames: ['model'],
		registers: [],
	});

	/** The same ledger, with each call counted. */
	counting(ledger: IModelLedger): IModelLedger {
		return {
			record: (call, transcript) => {
				this.#count(call);
				ledger.record(call, transcript);
			},
			sums: (query) => ledger.sums(query),
			spent: (query) => ledger.spent(query),
			calls: (query) => ledger.calls(query),
			transcript: (call, person) => ledger.transcript(call, person),
			eraseOf: (person) => ledger.eraseOf(person),
		};
	}

	/** Shows the counts in a registry, with how models stand as this process sees them. */
	mount(registry: Registry, views: () => readonly ModelView[]): void {
		for (const counter of [this.#calls, this.#tokens, this.#cost]) registry.registerMetric(counter);
		const byModel = (name: string, help: string, read: (view: ModelView) => number) => {
			new Gauge({
				...{ name, help, labelNames: ['model'], registers: [registry] },
				collect() {
					this.reset();
					for (const view of views()) this.set({ model: view.name }, read(view));
				},
			});
		};
		byModel('errand_model_down', '1 while a model does not answer.', ({ health }) => (health === 'down' ? 1 : 0));
		byModel('errand_model_running', 'Calls of a model under way.', ({ running }) => running);
		byModel('errand_model_waiting', 'Calls that wait for their turn at a model.', ({ waiting }) => waiting);
	}

	#count({ provider, model: id, outcome, inputTokens, cachedTokens, outputTokens, microUsd }: ModelCall): void {
		// As models are named everywhere else.
		const model = `${provider}/${id}`;
		this.#calls.inc({ model, outcome });
		this.#tokens.inc({ model, kind: 'input' }, inputTokens);
		this.#tokens.inc({ model, kind: 'cached' }, cachedTokens);
		this.#tokens.inc({ model, kind: 'output' }, outputTokens);
		this.#cost.inc({ model }, microUsd);
	}
}
