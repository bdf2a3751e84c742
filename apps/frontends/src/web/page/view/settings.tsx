import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PlaceName, Route } from '../state/route.ts';
import { ProblemNote } from './problem-note.tsx';

/** SettingsRoute is what is drawn by parts that are fetched when they are first wanted. */
export type SettingsRoute = Extract<Route, { name: 'conversation' | PlaceName }>;

const drawn = signal<FunctionComponent<{ readonly route: SettingsRoute }> | undefined>(undefined);
const failed = signal(false);

/** Settings shows people, frontends, conversations held elsewhere and what carries the work, once what draws them is here. */
export function Settings({ route }: { readonly route: SettingsRoute }) {
	useEffect(() => {
		if (drawn.value === undefined) load();
	}, []);
	const Draw = drawn.value;
	if (Draw !== undefined) return <Draw route={route} />;
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
}

function load(): void {
	failed.value = false;
	import('./settings/settings-place.tsx').then(
		(loaded) => {
			drawn.value = loaded.SettingsPlace;
		},
		() => {
			failed.value = true;
		},
	);
}
