import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** ConfirmButton asks once more before it does what cannot be undone by a click. */
export function ConfirmButton({
	children,
	label,
	question,
	yes,
	disabled,
	onYes,
}: {
	readonly children: ComponentChildren;
	/** What it does, with what it does it to. */
	readonly label: string;
	readonly question: string;
	readonly yes: string;
	readonly disabled: boolean;
	readonly onYes: () => void;
}) {
	const asking = useSignal(false);
	const keep = useRef<HTMLButtonElement>(null);
	const first = useRef<HTMLButtonElement>(null);
	const wasAsking = useRef(false);
	useEffect(() => {
		if (asking.value) keep.current?.focus();
		else if (wasAsking.current) first.current?.focus();
		wasAsking.current = asking.value;
	}, [asking.value]);
	if (!asking.value) {
		return (
			<button
				type="button"
				ref={first}
				class="button small-button"
				aria-label={label}
				disabled={disabled}
				onClick={() => {
					asking.value = true;
				}}
			>
				{children}
			</button>
		);
	}
	const end = () => {
		asking.value = false;
	};
	return (
		<section
			class="confirm"
			aria-label={question}
			onKeyDown={(event) => {
				if (event.key === 'Escape') end();
			}}
		>
			<p>{question}</p>
			<div class="button-row">
				<button
					type="button"
					class="button small-button bad-button"
					disabled={disabled}
					onClick={() => {
						end();
						onYes();
					}}
				>
					{yes}
				</button>
				<button type="button" ref={keep} class="button small-button" onClick={end}>
					Keep
				</button>
			</div>
		</section>
	);
}
