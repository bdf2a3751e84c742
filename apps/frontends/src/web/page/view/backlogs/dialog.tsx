import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Dialog is shown above the page and holds the focus until it is closed; Escape and a click beside it close it. */
export function Dialog({
	label,
	kind,
	onClose,
	children,
}: {
	readonly label: string;
	/** `side`: along the edge, as high as the page. */
	readonly kind: 'side' | 'middle';
	readonly onClose: () => void;
	readonly children: ComponentChildren;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const latest = useRef(onClose);
	latest.current = onClose;
	useEffect(() => {
		const element = dialog.current;
		if (element === null) return;
		const before = document.activeElement;
		element.showModal();
		return () => {
			element.close();
			if (before instanceof HTMLElement && before.isConnected) before.focus();
		};
	}, []);
	return (
		<dialog
			ref={dialog}
			class={`dialog dialog-${kind}`}
			aria-label={label}
			onCancel={(event) => {
				event.preventDefault();
				latest.current();
			}}
			onClick={(event) => {
				if (event.target === dialog.current) latest.current();
			}}
			onKeyDown={() => {}}
		>
			<div class="dialog-body">{children}</div>
		</dialog>
	);
}
