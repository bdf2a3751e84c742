import { CoreError } from '../../domain/errors.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { Principal, TaskSummary } from '../desks/desk.ts';

/** Tasks of one guest that may be under way at once. */
const MOST_UNDER_WAY = 20;
/** A guest's latest tasks, of which those under way are counted. */
const LOOKED_AT = 200;

/**
 * refuseMoreOfGuests rejects with CoreError `rate-limited` where a guest has as many tasks under way as one may: each may spend
 * what a guest's task may. Those of others are not counted; what is asked of the index costs a guest a millisecond.
 */
export async function refuseMoreOfGuests(
	{ person, role }: Principal,
	index: Pick<IStreamIndex, 'list'>,
): Promise<void> {
	if (role !== 'guest') return;
	const latest = await index.list({ prefix: 'task-', person, limit: LOOKED_AT });
	// The index holds what `taskDecider` wrote there.
	const underWay = latest.filter(({ summary }) => (summary as unknown as TaskSummary).endedAt === undefined).length;
	if (underWay < MOST_UNDER_WAY) return;
	throw new CoreError(
		'rate-limited',
		`${underWay} tasks of yours are under way, which is as many as a guest may have.`,
		{
			hint: 'Wait until one is done, answer what one asks, or stop one: `/tasks` lists them.',
		},
	);
}
