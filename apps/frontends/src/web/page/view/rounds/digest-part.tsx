import type { ScheduleView } from '@errand/core/orchestrator/desks/schedules.ts';
import { taskAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useNow } from '../clock.ts';
import { dueWords } from './due-words.ts';

/** DigestPart says when the next digest of a schedule comes, and what it will tell. */
export function DigestPart({ schedule: { digest, title, rule } }: { readonly schedule: ScheduleView }) {
	const now = useNow(true).value;
	if (digest === undefined) return null;
	const { words, next, runs, held } = digest;
	const news = held.filter(({ changed, outcome }) => changed !== false || outcome !== 'done');
	const comes = next === undefined ? words : dueWords(next, rule.timeZone);
	if (runs === 0)
		return (
			<p class="row-meta">
				Digest {words}: next {comes}, with nothing in it yet.
			</p>
		);
	return (
		<details class="digest">
			<summary>
				Digest {comes}: {counted(runs, 'run')}, {news.length === 0 ? 'nothing new' : `${news.length} with news`}
			</summary>
			<p class="row-meta">It comes {words}.</p>
			<ul aria-label={`In the digest of ${title}`}>
				{held.map(({ task, at, outcome, changed, text }) => (
					<li key={task}>
						<a href={taskAddress(task)}>{ago(at, now)}</a>
						{outcome !== 'done' && ` · ${outcome}`}
						{changed === false && outcome === 'done' ? ' · nothing new' : <span class="digest-text">{text}</span>}
					</li>
				))}
			</ul>
			{held.length < runs && <p class="row-meta">The latest {held.length} are listed.</p>}
		</details>
	);
}
