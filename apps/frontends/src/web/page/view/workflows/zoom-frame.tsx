import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { bounded, byWheel, fitting, stopAfter, ZOOM_LIMITS } from '../../fold/workflow/zoom.ts';
import { Icon } from '../icon.tsx';

interface ZoomFrameProps {
	readonly class?: string | undefined;
	/** Fit by the width alone: it stands in a page that is scrolled itself. */
	readonly inPage?: boolean | undefined;
	readonly children: (scale: number) => ComponentChildren;
}

interface Point {
	readonly x: number;
	readonly y: number;
}

const KEYS: Readonly<Record<string, 1 | 0 | -1 | 'fit'>> = { '+': 1, '=': 1, '-': -1, '0': 0, f: 'fit' };
/** Room that is left around what was made to fit. */
const MARGIN = 24;

/** ZoomFrame shows a graph larger and smaller: with its buttons, with Ctrl and the wheel, with two fingers and with keys; the ground is drawn along by mouse. */
export function ZoomFrame({ class: name = '', inPage = false, children }: ZoomFrameProps) {
	const whole = useRef<HTMLDivElement>(null);
	const scroller = useRef<HTMLDivElement>(null);
	const scale = useSignal(1);
	/** A point of the graph that is to stay where it is seen. */
	const held = useRef<{ readonly graph: Point; readonly seen: Point } | undefined>(undefined);
	const graph = () => scroller.current?.querySelector<HTMLElement>('.step-graph');
	const zoomTo = (wanted: number, seen = middleOf(scroller.current)) => {
		const box = graph()?.getBoundingClientRect();
		const next = bounded(wanted);
		if (box === undefined || next === scale.peek()) return;
		const at = { x: (seen.x - box.left) / scale.peek(), y: (seen.y - box.top) / scale.peek() };
		held.current = { graph: at, seen };
		scale.value = next;
	};
	const fit = () => {
		const [frame, drawn] = [scroller.current, graph()];
		if (frame === null || drawn === null || drawn === undefined) return;
		const height = inPage ? undefined : frame.clientHeight - MARGIN;
		zoomTo(
			fitting({ width: drawn.offsetWidth, height: drawn.offsetHeight }, { width: frame.clientWidth - MARGIN, height }),
		);
		requestAnimationFrame(() => frame.scrollTo(0, 0));
	};
	useLayoutEffect(() => {
		const [box, hold, frame] = [graph()?.getBoundingClientRect(), held.current, scroller.current];
		held.current = undefined;
		if (box === undefined || hold === undefined || frame === null) return;
		frame.scrollLeft += box.left + hold.graph.x * scale.peek() - hold.seen.x;
		frame.scrollTop += box.top + hold.graph.y * scale.peek() - hold.seen.y;
	}, [scale.value]);
	useEffect(() => {
		const frame = scroller.current;
		if (frame === null) return;
		const onWheel = (event: WheelEvent) => {
			if (!event.ctrlKey && !event.metaKey) return;
			event.preventDefault();
			zoomTo(byWheel(scale.peek(), event), { x: event.clientX, y: event.clientY });
		};
		let apart: number | undefined;
		const onTouch = (event: TouchEvent) => {
			const [one, other] = event.touches;
			if (one === undefined || other === undefined) {
				apart = undefined;
				return;
			}
			event.preventDefault();
			const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
			const between = { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 };
			if (apart !== undefined) zoomTo((scale.peek() * now) / apart, between);
			apart = now;
		};
		const onKey = (event: KeyboardEvent) => {
			const act = KEYS[event.key];
			if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
			event.preventDefault();
			if (act === 'fit') fit();
			else zoomTo(act === 0 ? 1 : stopAfter(scale.peek(), act));
		};
		const touches = ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const;
		const around = whole.current;
		around?.addEventListener('keydown', onKey);
		frame.addEventListener('wheel', onWheel, { passive: false });
		for (const type of touches) frame.addEventListener(type, onTouch, { passive: false });
		return () => {
			around?.removeEventListener('keydown', onKey);
			frame.removeEventListener('wheel', onWheel);
			for (const type of touches) frame.removeEventListener(type, onTouch);
		};
	}, []);
	return (
		<div ref={whole} class={`zoom-frame ${name}`}>
			<div ref={scroller} class="zoom-scroller" onPointerDown={(event) => drawAlong(event, scroller.current)}>
				{children(scale.value)}
			</div>
			<fieldset class="zoom-buttons" aria-label="Zoom">
				<button
					type="button"
					class="icon-button"
					aria-label="Zoom out"
					title="Zoom out (−)"
					disabled={scale.value <= ZOOM_LIMITS.least}
					onClick={() => zoomTo(stopAfter(scale.peek(), -1))}
				>
					<Icon name="minus" />
				</button>
				<button
					type="button"
					class="zoom-scale"
					aria-label={`${Math.round(scale.value * 100)} %, back to 100 %`}
					title="Back to 100 % (0)"
					onClick={() => zoomTo(1)}
				>
					{Math.round(scale.value * 100)} %
				</button>
				<button
					type="button"
					class="icon-button"
					aria-label="Zoom in"
					title="Zoom in (+); or Ctrl and the wheel"
					disabled={scale.value >= ZOOM_LIMITS.most}
					onClick={() => zoomTo(stopAfter(scale.peek(), 1))}
				>
					<Icon name="plus" />
				</button>
				<button type="button" class="icon-button" aria-label="Fit all" title="Fit all (f)" onClick={fit}>
					<Icon name="fit" />
				</button>
			</fieldset>
		</div>
	);
}

function middleOf(frame: HTMLElement | null): Point {
	const box = frame?.getBoundingClientRect();
	return box === undefined ? { x: 0, y: 0 } : { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** The mouse takes hold of the ground, not of a step. */
function drawAlong(event: PointerEvent, frame: HTMLElement | null): void {
	const onGround = event.target instanceof Element && event.target.closest('.step-node, button') === null;
	if (frame === null || event.pointerType !== 'mouse' || event.button !== 0 || !onGround) return;
	const onBar = event.offsetX >= frame.clientWidth || event.offsetY >= frame.clientHeight;
	if (onBar && event.target === frame) return;
	event.preventDefault();
	frame.classList.add('is-drawn');
	const move = (next: PointerEvent) => frame.scrollBy(-next.movementX, -next.movementY);
	const end = () => {
		removeEventListener('pointermove', move);
		frame.classList.remove('is-drawn');
	};
	addEventListener('pointermove', move);
	addEventListener('pointerup', end, { once: true });
	addEventListener('pointercancel', end, { once: true });
}
