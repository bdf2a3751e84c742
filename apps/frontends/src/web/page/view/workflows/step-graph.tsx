import { STEP_WORDS } from '@errand/core/domain/task/status-words.ts';
import type { WorkflowProblem } from '@errand/core/domain/workflow/problem.ts';
import { type Signal, useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Placed, Point } from '../../fold/board/graph-layout.ts';
import { type DraftStep, type Path, pathText, textOf } from '../../fold/workflow/draft.ts';
import { type ListGraph, nearestNode } from '../../fold/workflow/list-graph.ts';
import type { LiveStep } from '../../fold/workflow/live-steps.ts';
import { problemsUnder } from '../../fold/workflow/problem-places.ts';
import { kindOf, listsOf, stepWords, whatWords } from '../../fold/workflow/step-kinds.ts';
import { counted } from '../../text/amounts.ts';
import { Icon } from '../icon.tsx';
import { StepIcon } from '../status.tsx';

/** GraphHands are what can be done to a graph that is worked on. */
export interface GraphHands {
	readonly problems: readonly WorkflowProblem[];
	readonly connect: (link: { from: number; to: number }) => void;
	readonly disconnect: (link: { from: number; to: number }) => void;
	readonly remove: (index: number) => void;
	/** Asks for what to add after the chosen one. */
	readonly add: () => void;
	readonly edit: () => void;
	/** Goes back to the list that this one's own step is in. */
	readonly leave: () => void;
	/** The step whose line is being led by keys. */
	readonly leading: Signal<number | undefined>;
}

interface StepGraphProps {
	readonly graph: ListGraph;
	readonly steps: readonly DraftStep[];
	readonly list: Path;
	readonly chosen: number | undefined;
	readonly onChoose: (index: number) => void;
	readonly onOpen: (list: Path) => void;
	readonly live?: ReadonlyMap<string, LiveStep> | undefined;
	/** How large it is drawn, 1 as it is. */
	readonly scale: number;
	/** Left out where it is only looked at. */
	readonly hands?: GraphHands | undefined;
}

const WIDTH = 220;
const HEIGHT = 58;
const ACROSS = WIDTH + 36;
const DOWN = HEIGHT + 44;
const EDGE = 24;

const left = ({ row }: Point) => EDGE + row * ACROSS;
const top = ({ layer }: Point) => EDGE + layer * DOWN;

/** StepGraph draws a list of steps from the top down; arrow keys move between them. */
export function StepGraph({ graph, steps, list, chosen, onChoose, onOpen, live, scale, hands }: StepGraphProps) {
	const frame = useRef<HTMLDivElement>(null);
	const drawn = useSignal<{ from: number; x: number; y: number } | undefined>(undefined);
	const { layout } = graph;
	const places = new Map(layout.nodes.map((node) => [node.id, node]));
	const kinds = new Map(graph.edges.map((edge) => [`${edge.from}>${edge.to}`, edge.kind]));
	const width = 2 * EDGE + layout.rows * ACROSS - (ACROSS - WIDTH);
	const height = 2 * EDGE + layout.layers * DOWN - (DOWN - HEIGHT);
	const focus = (index: number) =>
		frame.current?.querySelector<HTMLElement>(`[data-step="${index}"]`)?.focus({ preventScroll: false });
	const focusLater = useRef<number | undefined>(undefined);
	useEffect(() => {
		if (focusLater.current === undefined) return;
		focus(focusLater.current);
		focusLater.current = undefined;
	});
	const lead = (event: TargetedPointerEvent<HTMLElement>, from: number) => {
		event.preventDefault();
		event.stopPropagation();
		const box = frame.current?.getBoundingClientRect();
		if (box === undefined) return;
		const at = ({ clientX, clientY }: PointerEvent) => ({
			from,
			x: (clientX - box.left) / scale,
			y: (clientY - box.top) / scale,
		});
		const move = (next: PointerEvent) => {
			drawn.value = at(next);
		};
		const end = (last: PointerEvent) => {
			removeEventListener('pointermove', move);
			drawn.value = undefined;
			const to = document.elementFromPoint(last.clientX, last.clientY)?.closest<HTMLElement>('[data-node]')?.dataset[
				'node'
			];
			if (last.type === 'pointerup' && to !== undefined && Number(to) !== from)
				hands?.connect({ from, to: Number(to) });
		};
		drawn.value = at(event);
		addEventListener('pointermove', move);
		addEventListener('pointerup', end, { once: true });
		addEventListener('pointercancel', end, { once: true });
	};
	const onKey = (event: TargetedKeyboardEvent<HTMLElement>, index: number) => {
		const step = steps[index];
		if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		const inner = listsOf(step)[0];
		const near = nearestNode(layout, index, event.key);
		const leading = hands?.leading.peek();
		if (near !== undefined) {
			if (leading === undefined) onChoose(near);
			focus(near);
		} else if (event.key === 'Home' || event.key === 'End') focus(event.key === 'Home' ? 0 : steps.length - 1);
		else if (event.key.startsWith('Arrow')) return event.preventDefault();
		else if (event.key === 'o' && inner !== undefined) onOpen([...list, index, ...inner.path]);
		else if (hands === undefined) return;
		else if (event.key === 'Enter' && leading !== undefined) {
			hands.leading.value = undefined;
			hands.connect({ from: leading, to: index });
		} else if (event.key === 'Escape' && leading !== undefined) hands.leading.value = undefined;
		else if (event.key === 'Escape') hands.leave();
		else if (event.key === 'c') hands.leading.value = index;
		else if (event.key === 'Enter') hands.edit();
		else if (event.key === 'a') hands.add();
		else if (event.key === 'Delete' || event.key === 'Backspace') {
			focusLater.current = Math.max(0, index - 1);
			hands.remove(index);
		} else return;
		event.preventDefault();
		event.stopPropagation();
	};
	const from = drawn.value === undefined ? undefined : places.get(drawn.value.from);
	return (
		<div class={`step-graph-frame${hands === undefined ? ' only-seen' : ''}`}>
			<div class="step-graph-room" style={{ width: `${width * scale}px`, height: `${height * scale}px` }}>
				<div
					ref={frame}
					class="step-graph"
					style={{ width: `${width}px`, height: `${height}px`, transform: scale === 1 ? '' : `scale(${scale})` }}
				>
					<svg class="step-lines" width={width} height={height} aria-hidden="true">
						<defs>
							<marker
								id="step-arrow"
								viewBox="0 0 8 8"
								refX="7"
								refY="4"
								markerWidth="7"
								markerHeight="7"
								orient="auto"
							>
								<path d="M0 0.5L7.5 4L0 7.5z" />
							</marker>
						</defs>
						{layout.edges.map((edge) => (
							<path
								key={`${edge.from}>${edge.to}`}
								class={`step-line step-line-${kinds.get(`${edge.from}>${edge.to}`) ?? 'order'}${edge.back ? ' step-line-back' : ''}`}
								d={wire(places.get(edge.from), edge.via, places.get(edge.to), edge.back)}
								marker-end="url(#step-arrow)"
							/>
						))}
						{from !== undefined && drawn.value !== undefined && (
							<path
								class="step-line step-line-drawn"
								d={`M${left(from) + WIDTH / 2} ${top(from) + HEIGHT}L${drawn.value.x} ${drawn.value.y}`}
							/>
						)}
					</svg>
					{hands !== undefined &&
						graph.edges.map(({ from: one, to, kind }) => {
							const [above, below] = [places.get(one), places.get(to)];
							if (kind !== 'order' || above === undefined || below === undefined) return null;
							return (
								<button
									key={`${one}>${to}`}
									type="button"
									class="cut-line"
									tabIndex={-1}
									aria-label={`Remove the line from ${nameOf(steps, one)} to ${nameOf(steps, to)}`}
									title="Remove this line"
									style={{
										left: `${(left(above) + left(below)) / 2 + WIDTH / 2}px`,
										top: `${(top(above) + HEIGHT + top(below)) / 2}px`,
									}}
									onClick={() => hands.disconnect({ from: one, to })}
								>
									<Icon name="close" />
								</button>
							);
						})}
					{layout.nodes.map((node) => {
						const step = steps[node.id];
						if (step === undefined) return null;
						return (
							<Node
								key={textOf(step, 'id') || node.id}
								{...{ node, step, live, hands, list }}
								isChosen={chosen === node.id}
								isFirst={chosen === undefined && node.id === 0}
								onChoose={() => onChoose(node.id)}
								onOpen={onOpen}
								onLead={(event) => lead(event, node.id)}
								onKeyDown={(event) => onKey(event, node.id)}
							/>
						);
					})}
				</div>
			</div>
		</div>
	);
}

interface NodeProps extends Pick<StepGraphProps, 'live' | 'hands' | 'list' | 'onOpen'> {
	readonly node: Placed;
	readonly step: DraftStep;
	readonly isChosen: boolean;
	readonly isFirst: boolean;
	readonly onChoose: () => void;
	readonly onLead: (event: TargetedPointerEvent<HTMLElement>) => void;
	readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => void;
}

function Node({ node, step, live, hands, list, isChosen, isFirst, onChoose, onOpen, onLead, onKeyDown }: NodeProps) {
	const path = [...list, node.id];
	const now = live?.get(pathText(path));
	const wrong = hands === undefined ? [] : problemsUnder(hands.problems, path);
	const inner = listsOf(step)[0];
	const inside = listsOf(step).reduce((sum, { steps }) => sum + steps.length, 0);
	const leading = hands?.leading.value;
	const status = now === undefined ? '' : `, ${statusWords(now)}`;
	const tone = now === undefined ? '' : ` node-is-${now.status}`;
	const what = `${whatWords(step)}${inside > 0 ? `, ${counted(inside, 'step')} inside` : ''}`;
	return (
		<div
			class={`step-node kind-${kindOf(step)}${tone}${isChosen ? ' step-chosen' : ''}${wrong.length > 0 ? ' step-wrong' : ''}${leading === node.id ? ' step-leading' : ''}`}
			data-node={node.id}
			data-status={now?.status}
			style={{ left: `${left(node)}px`, top: `${top(node)}px` }}
		>
			{hands !== undefined && <span class="port port-in" aria-hidden="true" />}
			<button
				type="button"
				class="step-face"
				data-step={node.id}
				tabIndex={isChosen || isFirst ? 0 : -1}
				aria-pressed={isChosen}
				aria-label={`${stepWords(step)}, ${what}${status}${wrong.length > 0 ? `, ${counted(wrong.length, 'problem')}` : ''}`}
				onClick={onChoose}
				onDblClick={() => inner !== undefined && onOpen([...path, ...inner.path])}
				onFocus={() => leading === undefined && onChoose()}
				onKeyDown={onKeyDown}
			>
				<span class="step-name">{stepWords(step)}</span>
				<span class="step-what">{whatWords(step)}</span>
			</button>
			{now !== undefined && (
				<span class="step-now" title={now.error ?? statusWords(now)}>
					{countWords(now)}
					<StepIcon status={now.status} />
				</span>
			)}
			{now === undefined && wrong.length > 0 && (
				<span class="step-faults" title={wrong.map(({ message }) => message).join('\n')}>
					{wrong.length}
				</span>
			)}
			{inner !== undefined && (
				<button
					type="button"
					class="open-inside"
					tabIndex={-1}
					aria-label={`Open what is inside ${stepWords(step)}`}
					title={`${counted(inside, 'step')} inside`}
					onClick={() => onOpen([...path, ...inner.path])}
				>
					{inside}
					<Icon name="open" />
				</button>
			)}
			{hands !== undefined && (
				<span
					class="port port-out"
					aria-hidden="true"
					title="Draw a line to what is to wait for this"
					onPointerDown={onLead}
				/>
			)}
		</div>
	);
}

function statusWords(now: LiveStep): string {
	const count = countWords(now);
	return `${STEP_WORDS[now.status]}${count === '' ? '' : ` ${count}`}`;
}

function countWords({ ended, of, round }: LiveStep): string {
	if (round !== undefined) return `round ${round}`;
	return of === undefined ? '' : `${ended ?? 0} of ${of}`;
}

function nameOf(steps: readonly DraftStep[], index: number): string {
	const step = steps[index];
	return step === undefined ? String(index) : stepWords(step);
}

/** Down from a step, through the gaps it passes, to the top of another; back up beside them where it closes a circle. */
function wire(from: Placed | undefined, via: readonly Point[], to: Placed | undefined, back: boolean): string {
	if (from === undefined || to === undefined) return '';
	if (back) {
		const [x1, y1, x2, y2] = [left(from) + WIDTH, top(from) + HEIGHT / 2, left(to) + WIDTH, top(to) + HEIGHT / 2];
		const far = 50 + Math.abs(y2 - y1) * 0.3;
		return `M${x1} ${y1}C${x1 + far} ${y1} ${x2 + far} ${y2} ${x2 + 2} ${y2}`;
	}
	let x = left(from) + WIDTH / 2;
	let y = top(from) + HEIGHT;
	let path = `M${x} ${y}`;
	for (const stop of [...via, to]) {
		const end = top(stop) - (stop === to ? 2 : 0);
		const middle = left(stop) + WIDTH / 2;
		const bend = Math.max(16, (end - y) / 2);
		path += `C${x} ${y + bend} ${middle} ${end - bend} ${middle} ${end}`;
		if (stop !== to) path += `v${HEIGHT}`;
		x = middle;
		y = end + HEIGHT;
	}
	return path;
}
