import type { PersonView } from '@errand/core/domain/person/person-view.ts';
import type { ModelCall, Spending } from '@errand/core/ports/model-ledger.ts';
import type { ModelView } from '@errand/core/ports/model-view.ts';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Ask } from './api.ts';
import { createFresh, type Fresh } from './fresh.ts';
import { createSaid } from './said.ts';

/** UsageBy is what spending is added up by. */
export type UsageBy = 'model' | 'purpose' | 'task' | 'person';

/** UsageShown is spending over some days. */
export interface UsageShown {
	readonly from: number;
	readonly to: number;
	readonly daily: readonly Spending[];
	readonly by: UsageBy;
	readonly sums: readonly Spending[];
	readonly calls: readonly ModelCall[];
}

/** Models is what the view of models and their cost shows, and how it changes. */
export interface Models {
	readonly models: Fresh<{ readonly models: readonly ModelView[]; readonly pinned: string | undefined }>;
	readonly usage: Fresh<UsageShown>;
	readonly me: Fresh<PersonView>;
	readonly days: Signal<number>;
	readonly by: Signal<UsageBy>;
	/** What was done just now, in words. */
	readonly done: ReadonlySignal<string>;
	/** Has all of one's work go to one model; undefined leaves the choice to Errand. */
	pin(model: string | undefined): Promise<void>;
	watch(): () => void;
}

const DAY_MS = 86_400_000;
const LATEST_CALLS = 20;

/** createModels keeps what is known of models and of what they cost. */
export function createModels(ask: Ask): Models {
	const days = signal(30);
	const by = signal<UsageBy>('model');
	const { words: done, say } = createSaid();
	const models = createFresh(async () => {
		const [all, mine] = await Promise.all([
			ask<{ models: readonly ModelView[] }>('GET', '/v1/language-models'),
			ask<{ model?: string }>('GET', '/v1/language-models/pinned'),
		]);
		return { models: all.models, pinned: mine.model };
	}, 3_000);
	const usage = createFresh(async () => {
		const way = by.peek();
		const from = (Math.floor(Date.now() / DAY_MS) - days.peek() + 1) * DAY_MS;
		const sums = (each: UsageBy | 'day') =>
			ask<{ to: number; usage: readonly Spending[] }>('GET', `/v1/usage?from=${from}&by=${each}`);
		const [daily, summed, { calls }] = await Promise.all([
			sums('day'),
			sums(way),
			ask<{ calls: readonly ModelCall[] }>('GET', `/v1/usage/calls?limit=${LATEST_CALLS}`),
		]);
		return { from, to: daily.to, daily: daily.usage, by: way, sums: summed.usage, calls };
	}, 5_000);
	const me = createFresh(() => ask<PersonView>('GET', '/v1/people/me'), 60_000);
	const address = '/v1/language-models/pinned';
	return {
		...{ models, usage, me, days, by, done },
		pin: async (model) => {
			if (model === undefined) await ask('DELETE', address);
			else await ask('PATCH', address, { model });
			say(model === undefined ? 'Errand chooses the model.' : `Your work goes to ${model}.`);
			await models.refresh();
		},
		watch: () => {
			const stops = [models.watch(), usage.watch(), me.watch()];
			return () => {
				for (const stop of stops) stop();
			};
		},
	};
}
