import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Markdown } from './markdown.tsx';

/** StepPartial is what a running step has written so far. The draft of the answer shows that of a last step already. */
export function StepPartial({
	step,
	partials,
	drafted,
}: {
	readonly step: string;
	readonly partials: ReadonlySignal<Readonly<Record<string, string>>>;
	readonly drafted: boolean;
}) {
	const open = useSignal(!drafted);
	const text = partials.value[step];
	const box = useRef<HTMLElement>(null);
	const atEnd = useRef(true);
	useLayoutEffect(() => {
		const element = box.current;
		if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
	}, [text, open.value]);
	if (text === undefined || text === '') return null;
	return (
		<details
			class="partial"
			open={open.value}
			onToggle={(event) => {
				open.value = event.currentTarget.open;
			}}
		>
			<summary>So far</summary>
			{open.value && (
				<section
					class="partial-text"
					ref={box}
					aria-live="off"
					aria-label="Written so far"
					onScroll={(event) => {
						const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
						atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
					}}
				>
					<Markdown text={text} open />
				</section>
			)}
		</details>
	);
}
