import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** PictureViewer shows any picture of the page large once it is clicked; Escape closes, arrows go to its neighbours. */
export function PictureViewer() {
	const shown = useSignal<HTMLAnchorElement | undefined>(undefined);
	const link = shown.value;
	useEffect(() => {
		const onClick = (event: MouseEvent) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
			const picture = event.target.closest<HTMLAnchorElement>('a.picture');
			if (picture === null) return;
			event.preventDefault();
			shown.value = picture;
		};
		document.addEventListener('click', onClick);
		return () => document.removeEventListener('click', onClick);
	}, []);
	if (link === undefined) return null;
	return (
		<Viewer
			link={link}
			show={(other) => {
				shown.value = other;
			}}
			close={() => {
				shown.value = undefined;
				link.focus();
			}}
		/>
	);
}

function Viewer({
	link,
	show,
	close,
}: {
	readonly link: HTMLAnchorElement;
	readonly show: (link: HTMLAnchorElement) => void;
	readonly close: () => void;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => dialog.current?.showModal(), []);
	const group = [...(link.closest('.pictures, .markdown')?.querySelectorAll<HTMLAnchorElement>('a.picture') ?? [link])];
	const place = group.indexOf(link);
	const go = (by: number) => {
		const other = group[place + by];
		if (other !== undefined) show(other);
	};
	const words = link.querySelector('img')?.alt ?? '';
	return (
		<dialog
			class="viewer"
			ref={dialog}
			aria-label={words}
			onClose={close}
			onClick={(event) => {
				if (event.target === dialog.current) dialog.current?.close();
			}}
			onKeyDown={(event) => {
				if (event.key === 'ArrowLeft') go(-1);
				if (event.key === 'ArrowRight') go(1);
			}}
		>
			<div class="viewer-head">
				<p class="viewer-words">{words}</p>
				{group.length > 1 && (
					<>
						<span class="muted">
							{place + 1} of {group.length}
						</span>
						<button
							type="button"
							class="icon-button"
							aria-label="Previous picture"
							disabled={place <= 0}
							onClick={() => go(-1)}
						>
							<Icon name="back" />
						</button>
						<button
							type="button"
							class="icon-button"
							aria-label="Next picture"
							disabled={place >= group.length - 1}
							onClick={() => go(1)}
						>
							<Icon name="open" />
						</button>
					</>
				)}
				<a class="icon-button" href={`${link.pathname}?download=1`} download aria-label="Download">
					<Icon name="download" />
				</a>
				<button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
					<Icon name="close" />
				</button>
			</div>
			<div class="viewer-picture">
				<img class="viewer-image" src={link.pathname} alt={words} />
			</div>
		</dialog>
	);
}
