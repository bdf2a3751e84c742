import type { Schedule } from '../../domain/schedule/state.ts';
import type { ScheduleParts } from './schedule-streams.ts';

/** prepareRun loads what a schedule's run will need: the first of very many is then no later than the others. */
export async function prepareRun(
	{ times, roleOf, workflows }: Pick<ScheduleParts, 'times' | 'roleOf' | 'workflows'>,
	{ person, what }: Schedule,
): Promise<void> {
	await times();
	if (what.do.kind !== 'workflow') return;
	const role = await roleOf(person);
	if (role !== undefined) await workflows.get({ person, role }, what.do.name);
}
