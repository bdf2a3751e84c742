import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Route } from '../state/route.ts';
import { useStores } from '../state/stores.ts';
import { Chat } from './chat.tsx';
import { Icon } from './icon.tsx';
import { Login } from './login.tsx';
import { ModelNotice } from './model-notice.tsx';
import { usePageTitle } from './page-title.ts';
import { PictureViewer } from './picture-viewer.tsx';
import { Backlogs, Memory, Models, Rounds, Settings, Workflows } from './places.tsx';

import { TaskListPanel } from './task-list.tsx';
import { TaskPage } from './task-page.tsx';

/** App is the whole page: the login, or the chat beside the list of tasks. */
export function App() {
	const { session, router } = useStores();
	const route = router.route.value;
	if (route.name === 'login') return <Login code={route.code} />;
	if (session.value === 'out') return <Login code={undefined} />;
	return <Shell route={route} />;
}

function Shell({ route }: { readonly route: Exclude<Route, { name: 'login' }> }) {
	const drawer = useSignal(false);
	const main = useRef<HTMLElement>(null);
	usePageTitle(route);
	const close = () => {
		drawer.value = false;
	};
	useEscape(drawer.value, close);
	useEffect(close, [route]);
	return (
		<div class={`shell${drawer.value ? ' drawer-open' : ''}`}>
			<button type="button" class="skip-link" onClick={() => main.current?.focus()}>
				Skip to the content
			</button>
			<header class="bar">
				<button
					type="button"
					class="icon-button only-phone"
					aria-label="Menu"
					aria-expanded={drawer.value}
					aria-controls="tasks"
					onClick={() => {
						drawer.value = !drawer.value;
					}}
				>
					<Icon name="menu" />
				</button>
				<a class="brand" href="/#/">
					<Icon name="brand" />
					Errand
				</a>
				<ConnectionWords />
				<LogoutButton />
			</header>
			<TaskListPanel route={route} />
			<div class="shade" onClick={close} aria-hidden="true" />
			<main class="main" ref={main} tabIndex={-1}>
				<Place route={route} />
			</main>
			<PictureViewer />
			<ModelNotice />
		</div>
	);
}

function Place({ route }: { readonly route: Exclude<Route, { name: 'login' }> }) {
	switch (route.name) {
		case 'chat':
			return <Chat />;
		case 'task':
			return <TaskPage key={route.id} id={route.id} />;
		case 'conversation':
		case 'conversations':
		case 'people':
		case 'frontends':
		case 'system':
			return <Settings route={route} />;
		case 'backlogs':
		case 'backlog':
			return <Backlogs route={route} />;
		case 'workflows':
		case 'workflow':
		case 'designer':
			return <Workflows route={route} />;
		case 'schedules':
		case 'agents':
			return <Rounds route={route} />;
		case 'models':
			return <Models />;
		case 'memory':
			return <Memory />;
	}
}

function ConnectionWords() {
	const { connection } = useStores();
	const words = { online: '', connecting: 'connecting…', offline: 'reconnecting…' }[connection.status.value];
	return (
		<span class="connection" role="status">
			{words !== '' && (
				<>
					<span class="dot" aria-hidden="true" />
					{words}
				</>
			)}
		</span>
	);
}

function LogoutButton() {
	const { logout } = useStores();
	return (
		<button type="button" class="quiet-button" onClick={() => void logout().catch(() => undefined)}>
			Log out
		</button>
	);
}

function useEscape(active: boolean, run: () => void): void {
	const latest = useRef(run);
	latest.current = run;
	useEffect(() => {
		if (!active) return;
		const onKey = (event: KeyboardEvent) => {
			if (event.key === 'Escape') latest.current();
		};
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, [active]);
}
