import type { WorkerPool } from '@errand/core/orchestrator/desks/cluster.ts';
import { useSignal } from '@preact/signals';
import type { System } from '../../state/system.ts';
import { counted } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

/** Pools shows sets of workers that are scaled, and lets the owner set their sizes. */
export function Pools({ system, pools }: { readonly system: System; readonly pools: readonly WorkerPool[] }) {
	return (
		<section class="panel" aria-labelledby="pools">
			<h2 id="pools">Pools</h2>
			<ul class="rows">
				{pools.map((pool) => (
					<Pool key={pool.name} system={system} pool={pool} />
				))}
			</ul>
		</section>
	);
}

function Pool({ system, pool }: { readonly system: System; readonly pool: WorkerPool }) {
	const action = useAction();
	const { name, runs, current, wanted, scaled, min, max } = pool;
	const typed = useSignal<string | undefined>(undefined);
	const size = typed.value ?? String(wanted);
	const scale = (to: number | 'auto', words: string) =>
		action.run(async () => {
			await system.act(() => system.api.scale(name, to), words);
			typed.value = undefined;
		});
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">{name}</p>
				<p class="row-meta">
					{current === wanted ? counted(current, 'worker') : `${current} of ${counted(wanted, 'worker')}`} ·{' '}
					{scaled === 'auto' ? `as the load says, ${min} to ${max}` : 'as you said'} · {runs}
				</p>
			</div>
			<form
				class="row-actions"
				onSubmit={(event) => {
					event.preventDefault();
					scale(Number(size), `${name} gets ${counted(Number(size), 'worker')}.`);
				}}
			>
				<label class="field">
					<span class="muted">Workers</span>
					<input
						type="number"
						min={0}
						max={max}
						step={1}
						required
						aria-label={`Workers of ${name}`}
						value={size}
						onInput={(event) => {
							typed.value = event.currentTarget.value;
						}}
					/>
				</label>
				<button type="submit" class="button small-button" disabled={action.busy.value}>
					Set
				</button>
				{scaled === 'by-hand' && (
					<button
						type="button"
						class="button small-button"
						disabled={action.busy.value}
						onClick={() => scale('auto', `${name} follows the load.`)}
					>
						Follow the load
					</button>
				)}
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}
