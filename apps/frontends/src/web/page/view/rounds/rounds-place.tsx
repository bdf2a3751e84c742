import '../../style/settings.css';
import '../../style/workflows.css';
import '../../style/rounds.css';
import type { RoundsRoute } from '../places.tsx';
import { AgentsPage } from './agents-page.tsx';
import { SchedulesPage } from './schedules-page.tsx';

/** RoundsPlace draws what goes on by itself: schedules, and agents with what waits for them. */
export function RoundsPlace({ route }: { readonly route: RoundsRoute }) {
	return (
		<div class="scroller">
			<div class="settings">{route.name === 'schedules' ? <SchedulesPage /> : <AgentsPage />}</div>
		</div>
	);
}
