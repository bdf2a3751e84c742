import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { FLOW_OFFERS, fittingOffers, type Offer } from '../../../fold/workflow/new-step.ts';
import type { Known } from './designer-page.tsx';

interface PaletteProps extends Known {
	/** The workflow that is worked on, which cannot be a step of itself. */
	readonly own: string;
	readonly onAdd: (offer: Offer) => void;
	readonly onLeave: () => void;
}

const GROUPS = { flow: 'Control', capability: 'Capabilities', workflow: 'Workflows' } as const;

/** Palette lists what steps there can be; a click or Enter adds one after the chosen step. */
export function Palette({ capabilities, workflows, own, onAdd, onLeave }: PaletteProps) {
	const search = useSignal('');
	const list = useRef<HTMLDivElement>(null);
	const offers = useMemo(() => {
		const usable = capabilities.filter(({ name }) => !HIDDEN.test(name));
		return [
			...FLOW_OFFERS,
			...usable.map(({ name, summary }): Offer => ({ kind: 'capability', name, words: name, summary })),
			...workflows.map(({ name, title }): Offer => ({ kind: 'workflow', name, words: name, summary: title })),
		];
	}, [capabilities, workflows]);
	const found = fittingOffers(offers, search.value).filter(({ kind, name }) => kind !== 'workflow' || name !== own);
	const [first] = found;
	const add = (offer: Offer) => {
		search.value = '';
		onAdd(offer);
	};
	const buttons = () => [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
	return (
		<section
			class="palette"
			aria-label="Add a step"
			onKeyDown={(event) => {
				if (event.key === 'Escape') return onLeave();
				if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
				event.preventDefault();
				const all = buttons();
				const here = all.indexOf(document.activeElement as HTMLElement);
				all[Math.max(0, Math.min(all.length - 1, here + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus();
			}}
		>
			<input
				type="search"
				class="find"
				aria-label="Find a step to add"
				placeholder="Add a step…"
				value={search.value}
				onInput={(event) => {
					search.value = event.currentTarget.value;
				}}
				onKeyDown={(event) => {
					if (event.key === 'Enter' && first !== undefined) add(first);
				}}
			/>
			<div ref={list} class="offers">
				{Object.entries(GROUPS).map(([kind, words]) => {
					const some = found.filter((offer) => offer.kind === kind);
					if (some.length === 0) return null;
					return (
						<section key={kind} aria-label={words}>
							<h2>{words}</h2>
							{some.map((offer) => (
								<button
									key={offer.name}
									type="button"
									class={`offer offer-${kind}`}
									title={offer.summary}
									aria-label={`Add ${offer.words}`}
									onClick={() => add(offer)}
								>
									<span class="offer-name">{offer.words}</span>
									<span class="offer-about">{offer.summary}</span>
								</button>
							))}
						</section>
					);
				})}
				{found.length === 0 && <p class="muted">Nothing fits.</p>}
			</div>
		</section>
	);
}

/** What plans are made of besides, and what the constructs stand for. */
const HIDDEN = /^(?:flow\.|value\.compute$|human\.ask$)/;
