import type { Source } from '@errand/core/domain/capability.ts';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { sourceOf } from '../text/source-link.ts';

const TIP_WIDTH = 340;
const ROOM_BELOW = 190;

interface Tip {
	readonly place: number;
	readonly left: number;
	readonly top?: number;
	readonly bottom?: number;
}

/** QuoteTip shows the words behind a citation while the pointer or the focus is on it; Escape takes it away. */
export function QuoteTip({
	within,
	sources,
}: {
	readonly within: RefObject<HTMLElement | null>;
	readonly sources: readonly Source[];
}) {
	const tip = useSignal<Tip | undefined>(undefined);
	useEffect(() => {
		const element = within.current;
		if (element === null) return;
		let leaving: ReturnType<typeof setTimeout> | undefined;
		const hide = () => {
			clearTimeout(leaving);
			tip.value = undefined;
		};
		const hideSoon = () => {
			clearTimeout(leaving);
			leaving = setTimeout(hide, 150);
		};
		const show = (link: Element, place: number) => {
			clearTimeout(leaving);
			tip.value = placeOf(link.getBoundingClientRect(), element.getBoundingClientRect(), place);
		};
		const onPointer = (event: PointerEvent) => {
			if (event.pointerType === 'touch') return;
			const cited = citationAt(event.target);
			if (cited !== undefined) show(cited.link, cited.place);
			else if (event.target instanceof Element && event.target.closest('.quote-tip') !== null) clearTimeout(leaving);
			else if (tip.peek() !== undefined) hideSoon();
		};
		const onFocus = (event: FocusEvent) => {
			const cited = citationAt(event.target);
			if (cited?.link.matches(':focus-visible') === true) show(cited.link, cited.place);
		};
		const onKey = (event: KeyboardEvent) => {
			if (event.key === 'Escape') hide();
		};
		const listening = new AbortController();
		const { signal } = listening;
		element.addEventListener('pointerover', onPointer, { signal });
		element.addEventListener('pointerleave', hideSoon, { signal });
		element.addEventListener('focusin', onFocus, { signal });
		element.addEventListener('focusout', hide, { signal });
		element.addEventListener('click', hide, { signal });
		addEventListener('keydown', onKey, { signal });
		return () => {
			hide();
			listening.abort();
		};
	}, []);
	const shown = tip.value;
	const source = shown === undefined ? undefined : sources[shown.place - 1];
	if (shown === undefined || source === undefined) return null;
	const { left, top, bottom } = shown;
	const px = (length: number | undefined) => (length === undefined ? 'auto' : `${length}px`);
	return (
		<div class="quote-tip" role="tooltip" style={{ left: px(left), top: px(top), bottom: px(bottom) }}>
			<strong>{source.title}</strong>
			{source.quote === undefined ? <p class="muted">No quote.</p> : <blockquote>{source.quote.trim()}</blockquote>}
		</div>
	);
}

/** useCitedSource says which source a clicked citation wants shown, and brings it into view. */
export function useCitedSource(within: RefObject<HTMLElement | null>): number {
	const wanted = useSignal({ place: 0 });
	const jumped = useRef(wanted.peek());
	useEffect(() => {
		const element = within.current;
		if (element === null) return;
		const onClick = (event: MouseEvent) => {
			const cited = citationAt(event.target);
			if (cited === undefined) return;
			event.preventDefault();
			wanted.value = { place: cited.place };
		};
		element.addEventListener('click', onClick);
		return () => element.removeEventListener('click', onClick);
	}, []);
	const want = wanted.value;
	useLayoutEffect(() => {
		if (jumped.current === want) return;
		jumped.current = want;
		const source = within.current?.querySelector<HTMLElement>(`[data-source="${want.place}"]`);
		source?.scrollIntoView({ block: 'center' });
		source?.focus({ preventScroll: true });
	}, [want]);
	return want.place;
}

function citationAt(target: EventTarget | null): { readonly link: Element; readonly place: number } | undefined {
	const link = target instanceof Element ? target.closest('a') : null;
	const place = sourceOf(link?.getAttribute('href') ?? null);
	return link === null || place === undefined ? undefined : { link, place };
}

function placeOf(link: DOMRect, within: DOMRect, place: number): Tip {
	const left = Math.max(0, Math.min(link.left - within.left - 14, within.width - Math.min(TIP_WIDTH, within.width)));
	return link.bottom + ROOM_BELOW > innerHeight
		? { place, left, bottom: within.bottom - link.top + 6 }
		: { place, left, top: link.bottom - within.top + 6 };
}
