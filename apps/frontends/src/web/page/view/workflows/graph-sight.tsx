import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Draft, isParallel, type Path, stepsAt } from '../../fold/workflow/draft.ts';
import { listGraph } from '../../fold/workflow/list-graph.ts';
import { Crumbs } from './crumbs.tsx';
import { StepGraph } from './step-graph.tsx';
import { ZoomFrame } from './zoom-frame.tsx';

/** GraphSight shows a workflow's steps to be looked at; what is inside a step opens. */
export function GraphSight({ draft }: { readonly draft: Draft }) {
	const list = useSignal<Path>(['steps']);
	const chosen = useSignal<number | undefined>(undefined);
	const steps = stepsAt(draft, list.value);
	const graph = useMemo(() => listGraph(steps, isParallel(list.value)), [draft, list.value]);
	const open = (path: Path) => {
		list.value = path;
		chosen.value = undefined;
	};
	return (
		<div class="sight">
			<Crumbs draft={draft} list={list.value} onOpen={open} />
			<ZoomFrame inPage>
				{(scale) => (
					<StepGraph
						{...{ graph, steps, scale }}
						list={list.value}
						chosen={chosen.value}
						onChoose={(index) => {
							chosen.value = index;
						}}
						onOpen={open}
					/>
				)}
			</ZoomFrame>
		</div>
	);
}
