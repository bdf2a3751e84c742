import '../../style/settings.css';
import '../../style/system.css';
import '../../style/usage.css';
import { useEffect, useMemo } from 'preact/hooks';
import { createModels, type Models } from '../../state/models.ts';
import { useStores } from '../../state/stores.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ModelRows } from './model-rows.tsx';
import { UsageSection } from './usage-section.tsx';

/** ModelsPage shows the language models, how they do and what they cost; everybody may keep to one of them. */
export function ModelsPage() {
	const { ask } = useStores().api;
	const models = useMemo(() => createModels(ask), [ask]);
	useEffect(() => models.watch(), [models]);
	const known = models.models.value.value;
	const usage = models.usage.value.value;
	const problem = models.models.problem.value ?? models.usage.problem.value;
	const isOwner = models.me.value.value?.role === 'owner';
	return (
		<div class="scroller">
			<div class="settings">
				<header class="settings-head">
					<h1>Models & usage</h1>
					<p class="muted">
						Which language models do the work, how they are, and what {isOwner ? 'everybody’s' : 'your'} work cost.
					</p>
				</header>
				{problem !== undefined && <ProblemNote problem={problem} />}
				{known === undefined && problem === undefined && <p class="muted">Loading…</p>}
				{known !== undefined && (
					<>
						<ModelRows models={known.models} />
						{known.models.length > 0 && <Pin models={models} names={chatNames(known.models)} pinned={known.pinned} />}
					</>
				)}
				{usage !== undefined && <UsageSection models={models} usage={usage} isOwner={isOwner} />}
				<p class="settings-done" role="status">
					{models.done.value}
				</p>
			</div>
		</div>
	);
}

function Pin({
	models,
	names,
	pinned,
}: {
	readonly models: Models;
	readonly names: readonly string[];
	readonly pinned: string | undefined;
}) {
	const action = useAction();
	return (
		<section class="panel" aria-labelledby="pin">
			<h2 id="pin">Your choice</h2>
			<p class="muted">As a rule Errand takes the cheapest model that is good enough for each piece of work.</p>
			<div class="fields">
				<label class="field">
					<span>All your work goes to</span>
					<select
						value={pinned ?? ''}
						disabled={action.busy.value}
						onChange={(event) => {
							const name = event.currentTarget.value;
							action.run(() => models.pin(name === '' ? undefined : name));
						}}
					>
						<option value="">whatever Errand chooses</option>
						{names.map((name) => (
							<option key={name} value={name}>
								{name}
							</option>
						))}
						{pinned !== undefined && !names.includes(pinned) && <option value={pinned}>{pinned} (not there)</option>}
					</select>
				</label>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}

/** Models that write; some only turn texts into vectors. */
function chatNames(models: readonly { readonly name: string; readonly tiers: readonly string[] }[]): string[] {
	return models
		.filter(({ tiers }) => tiers.length === 0 || tiers.some((tier) => tier !== 'embedding'))
		.map(({ name }) => name);
}
