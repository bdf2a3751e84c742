import { shortened } from '@errand/core/domain/shortened.ts';
import { useEffect } from 'preact/hooks';
import type { Route } from '../state/route.ts';
import { useStores } from '../state/stores.ts';
import { PLACES } from './task-list.tsx';

/** usePageTitle names in the browser's tab and history what is shown: a place, or a task by its goal. */
export function usePageTitle(route: Route): void {
	const { tasks } = useStores();
	const goal = route.name === 'task' ? tasks.open(route.id).view.value?.goal : undefined;
	const place = route.name === 'chat' ? undefined : PLACES.find(({ names }) => names.includes(route.name))?.words;
	const words = goal === undefined ? place : shortened(goal.replace(/\s+/g, ' '), 60);
	useEffect(() => {
		document.title = words === undefined ? 'Errand' : `${words} · Errand`;
	}, [words]);
}
