import '../../style/graph.css';
import { useSignal } from '@preact/signals';
import type { TargetedPointerEvent, TargetedWheelEvent } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Card } from '../../fold/board/cards.ts';
import { fitting, STATUS_WORDS } from '../../fold/board/columns.ts';
import { type GraphLayout, layOut, type Placed, type Point, reach } from '../../fold/board/graph-layout.ts';
import { itemOf } from '../../fold/board/parts.ts';
import type { Board } from '../../state/backlog/board.ts';
import { Icon } from '../icon.tsx';

/** More than these nobody can tell apart, and they would be slow to draw. */
const MOST = 400;
const WIDTH = 190;
const HEIGHT = 52;
const STEP_X = WIDTH + 64;
const STEP_Y = HEIGHT + 18;

/** GraphView shows what depends on what, from left to right; what one item waits for and holds up stands out. */
export function GraphView({ board, address }: { readonly board: Board; readonly address: (item: number) => string }) {
	const withDone = useSignal(false);
	const chosen = useSignal<number | undefined>(undefined);
	const cards = board.cards.value;
	const filter = board.filter.value;
	const isDone = board.isDone.value;
	const wanted = useMemo(
		() =>
			fitting(cards, filter, isDone).filter(
				({ status }) => withDone.value || (status !== 'done' && status !== 'cancelled' && status !== 'deferred'),
			),
		[cards, filter, isDone, withDone.value],
	);
	const shown = wanted.slice(0, MOST);
	const shape = JSON.stringify(shown.map(({ id, dependencies }) => [id, dependencies]));
	// A change of status or title moves nothing.
	const layout = useMemo(
		() => layOut(shown.map(({ id, dependencies }) => ({ id, needs: dependencies.map(itemOf) }))),
		[shape],
	);
	return (
		<div class="graph-page">
			<div class="graph-bar">
				<label class="check">
					<input
						type="checkbox"
						checked={withDone.value}
						onChange={(event) => {
							withDone.value = event.currentTarget.checked;
						}}
					/>
					Also what is done or dropped
				</label>
				<span class="row-meta">
					{wanted.length > MOST
						? `The first ${MOST} of ${wanted.length.toLocaleString('en-US')}; find by words to see others.`
						: 'Arrows lead from what must be done first.'}
				</span>
			</div>
			{shown.length === 0 ? (
				<p class="muted board-empty">Nothing here is open.</p>
			) : (
				<Canvas layout={layout} cards={shown} board={board} chosen={chosen} address={address} />
			)}
		</div>
	);
}

interface CanvasProps {
	readonly layout: GraphLayout;
	readonly cards: readonly Card[];
	readonly board: Board;
	readonly chosen: { value: number | undefined };
	readonly address: (item: number) => string;
}

function Canvas({ layout, cards, board, chosen, address }: CanvasProps) {
	const frame = useRef<SVGSVGElement>(null);
	const sight = useSignal({ x: -20, y: -20, scale: 1 });
	const held = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);
	const panned = useRef(false);
	const byId = useMemo(() => new Map(cards.map((card) => [card.id, card])), [cards]);
	const places = useMemo(() => new Map(layout.nodes.map((node) => [node.id, node])), [layout]);
	const near = useMemo(() => neighbours(layout, chosen.value), [layout, chosen.value]);
	const width = layout.layers * STEP_X;
	const height = layout.rows * STEP_Y;
	const fit = () => {
		const box = frame.current?.getBoundingClientRect();
		if (box === undefined) return;
		// What is too small to read is better moved through.
		const scale = Math.max(0.6, Math.min(1, (box.width - 40) / width, (box.height - 40) / height));
		sight.value = { x: -20 / scale, y: -20 / scale, scale };
	};
	useEffect(fit, [layout]);
	const zoom = (factor: number, at?: { x: number; y: number }) => {
		const box = frame.current?.getBoundingClientRect();
		if (box === undefined) return;
		const { x, y, scale } = sight.peek();
		const point = at ?? { x: box.width / 2, y: box.height / 2 };
		const next = Math.max(0.15, Math.min(2.5, scale * factor));
		sight.value = { x: x + point.x / scale - point.x / next, y: y + point.y / scale - point.y / next, scale: next };
	};
	const pan = (x: number, y: number) => {
		const now = sight.peek();
		sight.value = { ...now, x: now.x + x / now.scale, y: now.y + y / now.scale };
	};
	const { x, y, scale } = sight.value;
	return (
		<div class="graph-frame">
			<svg
				ref={frame}
				class="graph"
				aria-label="Dependencies between tasks"
				onWheel={(event: TargetedWheelEvent<SVGSVGElement>) => {
					event.preventDefault();
					const box = event.currentTarget.getBoundingClientRect();
					if (!event.ctrlKey && !event.metaKey) return pan(event.deltaX, event.deltaY);
					zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX - box.left, y: event.clientY - box.top });
				}}
				onPointerDown={(event: TargetedPointerEvent<SVGSVGElement>) => {
					if (event.button === 0) held.current = { x: event.clientX, y: event.clientY, moved: false };
				}}
				onPointerMove={(event: TargetedPointerEvent<SVGSVGElement>) => {
					const from = held.current;
					if (from === undefined) return;
					const moved = from.moved || Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4;
					if (!moved) return;
					if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
					pan(from.x - event.clientX, from.y - event.clientY);
					held.current = { x: event.clientX, y: event.clientY, moved: true };
				}}
				onPointerUp={() => {
					panned.current = held.current?.moved === true;
					held.current = undefined;
				}}
				onClickCapture={(event) => {
					// What was held to move the view is not meant to be opened.
					if (panned.current) event.preventDefault();
					panned.current = false;
				}}
				onPointerCancel={() => {
					held.current = undefined;
				}}
			>
				<defs>
					<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
						<path d="M0 0.5L7.5 4L0 7.5z" />
					</marker>
				</defs>
				<g transform={`scale(${scale}) translate(${-x} ${-y})`}>
					{layout.edges.map(({ from, to, back, via }) => {
						const tone = near === undefined ? '' : near.has(from) && near.has(to) ? ' edge-near' : ' edge-far';
						return (
							<path
								key={`${from}>${to}`}
								class={`edge${back ? ' edge-back' : ''}${tone}`}
								d={wire(places.get(from), via, places.get(to))}
								marker-end="url(#arrow)"
							/>
						);
					})}
					{layout.nodes.map((node) => {
						const card = byId.get(node.id);
						if (card === undefined) return null;
						const isNext = board.next.value?.split('.')[0] === String(card.id);
						return (
							<Node
								key={node.id}
								card={card}
								node={node}
								tone={near === undefined ? '' : near.has(node.id) ? ' node-near' : ' node-far'}
								isNext={isNext}
								isChosen={chosen.value === node.id}
								onChoose={(now) => {
									chosen.value = now ? node.id : undefined;
								}}
								href={address(node.id)}
							/>
						);
					})}
				</g>
			</svg>
			<div class="graph-zoom">
				<button type="button" class="button small-button" aria-label="Larger" onClick={() => zoom(1.25)}>
					+
				</button>
				<button type="button" class="button small-button" aria-label="Smaller" onClick={() => zoom(0.8)}>
					−
				</button>
				<button type="button" class="button small-button" onClick={fit}>
					<Icon name="retry" />
					All
				</button>
			</div>
		</div>
	);
}

interface NodeProps {
	readonly card: Card;
	readonly node: Placed;
	readonly tone: string;
	readonly isNext: boolean;
	readonly isChosen: boolean;
	readonly onChoose: (now: boolean) => void;
	readonly href: string;
}

function Node({ card, node, tone, isNext, isChosen, onChoose, href }: NodeProps) {
	return (
		<g transform={`translate(${node.layer * STEP_X} ${node.row * STEP_Y})`}>
			<a
				class={`node node-${card.status}${tone}${isNext ? ' node-next' : ''}${isChosen ? ' node-chosen' : ''}`}
				href={href}
				draggable={false}
				aria-label={`#${card.id} ${card.title}, ${STATUS_WORDS[card.status]}`}
				onFocus={() => onChoose(true)}
				onBlur={() => onChoose(false)}
				onPointerEnter={() => onChoose(true)}
				onPointerLeave={() => onChoose(false)}
			>
				<title>{card.title}</title>
				<rect width={WIDTH} height={HEIGHT} rx="9" />
				<text class="node-id" x="12" y="20">
					#{card.id} · {STATUS_WORDS[card.status].toLowerCase()}
					{isNext && ' · next'}
				</text>
				<text x="12" y="39">
					{cut(card.title, 23)}
				</text>
			</a>
		</g>
	);
}

/** What a node waits for and what waits for it, through others too. */
function neighbours(layout: GraphLayout, id: number | undefined): ReadonlySet<number> | undefined {
	if (id === undefined) return undefined;
	const before = new Map<number, number[]>();
	const after = new Map<number, number[]>();
	for (const { from, to } of layout.edges) {
		before.set(to, [...(before.get(to) ?? []), from]);
		after.set(from, [...(after.get(from) ?? []), to]);
	}
	return new Set([id, ...reach(id, before), ...reach(id, after)]);
}

/** Along the right of a node, through the gaps it passes, to the left of another. */
function wire(from: Placed | undefined, via: readonly Point[], to: Placed | undefined): string {
	if (from === undefined || to === undefined) return '';
	const middle = ({ row }: Point) => row * STEP_Y + HEIGHT / 2;
	let x = from.layer * STEP_X + WIDTH;
	let y = middle(from);
	let path = `M${x} ${y}`;
	for (const stop of [...via, to]) {
		const end = stop.layer * STEP_X - (stop === to ? 2 : 0);
		const bend = Math.max(30, Math.abs(end - x) / 2);
		path += `C${x + bend} ${y} ${end - bend} ${middle(stop)} ${end} ${middle(stop)}`;
		if (stop !== to) path += `h${WIDTH}`;
		x = end + WIDTH;
		y = middle(stop);
	}
	return path;
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
