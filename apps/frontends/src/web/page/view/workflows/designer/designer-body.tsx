import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { stepsAt, textOf } from '../../../fold/workflow/draft.ts';
import { liveSteps } from '../../../fold/workflow/live-steps.ts';
import { useStores } from '../../../state/stores.ts';
import { above, type Designer, ownerOf } from '../../../state/workflows/designer.ts';
import { Crumbs } from '../crumbs.tsx';
import { StepGraph } from '../step-graph.tsx';
import { ZoomFrame } from '../zoom-frame.tsx';
import { DesignerBar } from './designer-bar.tsx';
import type { Known } from './designer-page.tsx';
import { Palette } from './palette.tsx';
import { StepPanel } from './step-panel.tsx';
import { TextPanel } from './text-panel.tsx';
import { TrialPanel } from './trial-panel.tsx';
import { WorkflowPanel } from './workflow-panel.tsx';

const TABS = { step: 'Step', workflow: 'Workflow', text: 'YAML', trial: 'Try it' } as const;
type Tab = keyof typeof TABS;

/** DesignerBody is the palette, the graph, and what is known of the chosen step beside it. */
export function DesignerBody({
	designer,
	name,
	...known
}: Known & { readonly designer: Designer; readonly name: string | undefined }) {
	const { tasks } = useStores();
	const tab = useSignal<Tab>(name === undefined ? 'workflow' : 'step');
	const leading = useSignal<number | undefined>(undefined);
	const body = useRef<HTMLDivElement>(null);
	const { list, chosen, problems, trial } = designer;
	const draft = designer.draft.value;
	const steps = stepsAt(draft, list.value);
	const outputs = useMemo(() => new Map(known.capabilities.map((one) => [one.name, one])), [known.capabilities]);
	const running = trial.value === undefined ? undefined : tasks.open(trial.value.task).view.value;
	const live = useMemo(
		() =>
			trial.value === undefined || running === undefined
				? undefined
				: liveSteps(running.plan.steps, trial.value.places),
		[trial.value, running],
	);
	const inside = (selector: string) => body.current?.querySelector<HTMLElement>(selector);
	const focusNode = () => inside('.step-chosen .step-face')?.focus();
	const leave = () => {
		const owner = ownerOf(designer.draft.peek(), list.peek());
		if (owner === undefined) return;
		const at = owner.path.at(-1);
		designer.open(above(list.peek()), typeof at === 'number' ? at : undefined);
		requestAnimationFrame(focusNode);
	};
	useKeys(designer);
	useWarning(designer);
	const choose = (index: number) => {
		if (chosen.peek() !== index) chosen.value = index;
		if (tab.peek() === 'workflow') tab.value = 'step';
	};
	return (
		<div class="designer" ref={body}>
			<DesignerBar
				designer={designer}
				onTry={() => {
					tab.value = 'trial';
				}}
			/>
			<Palette
				{...known}
				own={textOf(draft, 'name')}
				onAdd={(offer) => {
					designer.add(offer);
					tab.value = 'step';
					requestAnimationFrame(focusNode);
				}}
				onLeave={focusNode}
			/>
			<section class="design" aria-label="Steps">
				<Crumbs draft={draft} list={list.value} onOpen={(path) => designer.open(path)} />
				{steps.length === 0 && (
					<p class="muted design-empty">
						No steps yet. <span class="with-palette">Add one from the list.</span>
						<span class="without-palette">
							A wider screen has a list of them to add; here they are written as YAML.
						</span>
					</p>
				)}
				<ZoomFrame class="design-scroller">
					{(scale) => (
						<StepGraph
							scale={scale}
							graph={designer.graph.value}
							steps={steps}
							list={list.value}
							chosen={chosen.value}
							onChoose={choose}
							onOpen={(path) => {
								designer.open(path, 0);
								requestAnimationFrame(focusNode);
							}}
							live={live}
							hands={{
								problems: problems.value,
								connect: designer.connect,
								disconnect: designer.disconnect,
								remove: designer.remove,
								add: () => inside('.palette input')?.focus(),
								edit: () => {
									tab.value = 'step';
									requestAnimationFrame(() =>
										inside('.side-body textarea, .side-body input, .side-body select')?.focus(),
									);
								},
								leave,
								leading,
							}}
						/>
					)}
				</ZoomFrame>
				<p class="design-keys" role="status">
					{leading.value === undefined
						? 'Arrows move · Enter edits · a adds · c connects · o opens inside · Esc leaves · Delete removes · + − 0 f zoom'
						: 'Go to the step that is to wait for this one, and press Enter. Esc leaves it.'}
				</p>
			</section>
			<aside class="side" aria-label="Details">
				<div class="tabs" role="tablist" aria-label="Details">
					{Object.entries(TABS).map(([key, words]) => (
						<button
							key={key}
							type="button"
							role="tab"
							class="tab"
							id={`side-tab-${key}`}
							aria-selected={tab.value === key}
							aria-controls="side-panel"
							onClick={() => {
								tab.value = key as Tab;
							}}
						>
							{words}
						</button>
					))}
				</div>
				<div
					class="side-body"
					id="side-panel"
					role="tabpanel"
					aria-labelledby={`side-tab-${tab.value}`}
					onKeyDown={(event) => {
						if (event.key === 'Escape' && tab.value === 'step') focusNode();
					}}
				>
					{tab.value === 'step' && <StepPanel designer={designer} capabilities={outputs} workflows={known.workflows} />}
					{tab.value === 'workflow' && <WorkflowPanel designer={designer} capabilities={outputs} />}
					{tab.value === 'text' && <TextPanel designer={designer} />}
					{tab.value === 'trial' && <TrialPanel designer={designer} />}
				</div>
			</aside>
		</div>
	);
}

/** Undo and redo by keys, but where text is typed the browser's own. */
function useKeys(designer: Designer): void {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
			const key = event.key.toLowerCase();
			const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea');
			if (typing || (key !== 'z' && key !== 'y')) return;
			event.preventDefault();
			if (key === 'y' || event.shiftKey) designer.redo();
			else designer.undo();
		};
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, [designer]);
}

/** Leaving with changes that are not saved asks first. */
function useWarning(designer: Designer): void {
	useEffect(() => {
		const onLeave = (event: BeforeUnloadEvent) => {
			if (designer.text.peek() !== '' && designer.changed.peek()) event.preventDefault();
		};
		addEventListener('beforeunload', onLeave);
		return () => removeEventListener('beforeunload', onLeave);
	}, [designer]);
}
