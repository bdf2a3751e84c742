import '../../style/settings.css';
import '../../style/board.css';
import type { BacklogRoute } from '../places.tsx';
import { BacklogList } from './backlog-list.tsx';
import { BoardPage } from './board-page.tsx';

/** BacklogsPlace draws backlogs: all of them in a list, or one as a board. */
export function BacklogsPlace({ route }: { readonly route: BacklogRoute }) {
	if (route.name === 'backlogs') return <BacklogList />;
	return <BoardPage key={route.id} id={route.id} item={route.item} />;
}
