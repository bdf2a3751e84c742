import type { ModelHealth, ModelView } from '@errand/core/ports/model-view.ts';
import { ago } from '../../text/ago.ts';
import { useNow } from '../clock.ts';

const HEALTH: Readonly<Record<ModelHealth, { readonly words: string; readonly tone: string }>> = {
	up: { words: 'up', tone: 'ready' },
	slow: { words: 'slow', tone: 'degraded' },
	down: { words: 'down', tone: 'failed' },
	unknown: { words: 'not asked yet', tone: 'stopped' },
};

/** ModelRows lists models with their tiers, prices and health. */
export function ModelRows({ models }: { readonly models: readonly ModelView[] }) {
	const now = useNow(true).value;
	return (
		<section class="panel" aria-labelledby="models">
			<h2 id="models">
				Language models <span class="badge">{models.length}</span>
			</h2>
			{models.length === 0 ? (
				<p class="muted">
					None is set up: plans and answers are made by rules. <code>npm run setup-model</code> on the server sets one
					up; a file named by ERRAND_MODELS, several.
				</p>
			) : (
				<ul class="rows">
					{models.map((model) => (
						<Row key={model.name} model={model} now={now} />
					))}
				</ul>
			)}
		</section>
	);
}

function Row({ model, now }: { readonly model: ModelView; readonly now: number }) {
	const { name, tiers, price, contextTokens, health, since, trouble, firstMs, running, waiting } = model;
	const { words, tone } = HEALTH[health];
	return (
		<li class="row model">
			<div class="row-words">
				<p class="row-name">{name}</p>
				<p class="row-meta">
					{[
						...(tiers.length === 0 ? [] : [tiers.join(', ')]),
						price === undefined ? 'price not known' : `$${price.input} in, $${price.output} out for a million tokens`,
						`${Math.round(contextTokens / 1_000).toLocaleString('en-US')}k tokens`,
						...(firstMs === undefined || firstMs < 50 ? [] : [`first word after ${(firstMs / 1_000).toFixed(1)} s`]),
					].join(' · ')}
				</p>
				{trouble !== undefined && health !== 'up' && <p class="row-message model-trouble">{trouble}</p>}
			</div>
			<div class="model-state">
				<p class={`row-state state-${tone}`}>
					<span class="state-dot" aria-hidden="true" />
					{words}
				</p>
				<p class="row-meta">
					{health !== 'unknown' && `since ${ago(since, now)}`}
					{(running > 0 || waiting > 0) && ` · ${running} running, ${waiting} waiting`}
				</p>
			</div>
		</li>
	);
}
