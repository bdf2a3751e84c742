import { type Goal, megabytes, ms, rate, type Section } from '../section.ts';
import type { DueFigures, DueKind } from '../workflows/due-schedules.ts';
import { inOwnProcess } from '../workflows/own-process.ts';

const SCHEDULES = 100_000;
const KINDS: readonly (readonly [DueKind, string])[] = [
	['nothing', 'nothing to do but begin'],
	['workflow', 'a workflow of one step each'],
];

/** measureSchedules starts servers on very many schedules that fall due within a minute and counts how late each begins. */
export async function measureSchedules(count: number = SCHEDULES): Promise<Section> {
	const measured: { readonly name: string; readonly figures: DueFigures }[] = [];
	for (const [kind, name] of KINDS) {
		measured.push({ name, figures: await inOwnProcess<DueFigures>('due-schedules.ts', kind, count) });
	}
	return {
		title: 'Schedules',
		how: [
			`${rate(count)} schedules that fall due one after the other within a minute; history (SQLite, every commit on disk) and workers are in one process of its own. Late is from the due time until the fact that it was begun is durable.`,
			'What waits for its time is driven before the first one is due; its memory is what the process grew by when it began to drive them. A workflow is found, compiled, submitted and carried out like any other.',
		].join(' '),
		tables: [
			{
				columns: [
					...[`${rate(count)} schedules`, 'late p50 ms', 'p95', 'p99', 'max', 'begun', 'workflows done'],
					...['all done after the minute', 'taken up in ms', 'memory of those that wait', 'peak'],
				],
				rows: measured.map(({ name, figures: { late, begun, done, doneAfter, start, waiting, peak } }) => [
					...[name, ms(late.p50), ms(late.p95), ms(late.p99), ms(late.max), rate(begun), rate(done)],
					...[`${(doneAfter / 1_000).toFixed(1)} s`, ms(start), megabytes(waiting), megabytes(peak)],
				]),
			},
		],
		goals: measured.map(
			({ name, figures: { late, begun } }): Goal => ({
				what: `late, p99: ${name}`,
				wanted: '≤ 1,000 ms',
				measured: `${ms(late.p99)} ms`,
				met: begun === count && late.p99 <= 1_000,
			}),
		),
	};
}

if (import.meta.main) console.dir(await measureSchedules(Number(process.argv[2] ?? SCHEDULES)), { depth: null });
