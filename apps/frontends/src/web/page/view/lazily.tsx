import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { ProblemNote } from './problem-note.tsx';

/** lazily is a part of the page whose code is fetched when it is first drawn. */
export function lazily<Props extends object>(
	fetched: () => Promise<FunctionComponent<Props>>,
): FunctionComponent<Props> {
	const drawn = signal<FunctionComponent<Props> | undefined>(undefined);
	const failed = signal(false);
	const load = () => {
		failed.value = false;
		fetched().then(
			(part) => {
				drawn.value = part;
			},
			() => {
				failed.value = true;
			},
		);
	};
	return function Part(props: Props) {
		useEffect(() => {
			if (drawn.value === undefined) load();
		}, []);
		const Draw = drawn.value;
		if (Draw !== undefined) return <Draw {...props} />;
		if (!failed.value) return <p class="muted settings-loading">Loading…</p>;
		const problem = { message: 'This part of the page could not be fetched.', hint: 'The server may be away for now.' };
		return (
			<ProblemNote problem={problem}>
				<div class="button-row">
					<button type="button" class="button" onClick={load}>
						Try again
					</button>
				</div>
			</ProblemNote>
		);
	};
}
