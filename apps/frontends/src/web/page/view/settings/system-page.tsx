import '../../style/system.css';
import { useEffect } from 'preact/hooks';
import type { System } from '../../state/system.ts';
import { ProblemNote } from '../problem-note.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Pools } from './pools.tsx';
import { Queues } from './queues.tsx';
import { Workers } from './workers.tsx';

/** SystemPage shows the owner what carries the work and what waits for it, and everybody which of their steps gave up. */
export function SystemPage({ system }: { readonly system: System }) {
	useEffect(() => system.watch(), [system]);
	const work = system.work.value.value;
	const letters = system.deadLetters.value.value;
	const problem = system.work.problem.value ?? system.deadLetters.problem.value;
	return (
		<>
			<header class="settings-head">
				<h1>System</h1>
				<p class="muted">What carries the work, what waits for it, and what gave up.</p>
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{work === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{work !== undefined && work !== 'others' && (
				<>
					<Workers system={system} workers={work.workers} />
					<Queues queues={work.queues} />
					{work.pools.length > 0 && <Pools system={system} pools={work.pools} />}
				</>
			)}
			{letters !== undefined && <DeadLetters system={system} letters={letters} />}
			<p class="settings-done" role="status">
				{system.done.value}
			</p>
		</>
	);
}
