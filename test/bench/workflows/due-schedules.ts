import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asPersonId, asScheduleId, scheduleStream } from '@errand/core/domain/ids.ts';
import { ScheduleRule, ScheduleWhat } from '@errand/core/domain/schedule/schedule.ts';
import { scheduleDecider } from '@errand/core/orchestrator/schedules/schedule-decider.ts';
import { type Spread, spreadOf } from '../figures.ts';
import { type BenchErrand, openBenchErrand } from '../loops/bench-errand.ts';

/** DueFigures is how late schedules began that fell due within a minute (ms), and what the process took (bytes). */
export interface DueFigures {
	readonly late: Spread;
	readonly begun: number;
	/** Workflows that were done, and when after the last one was due (ms). */
	readonly done: number;
	readonly doneAfter: number;
	/** From the start of driving until all were looked at (ms), and before the first was due by how much. */
	readonly start: number;
	readonly early: number;
	/** What those that wait take, and the most that the process took. */
	readonly waiting: number;
	readonly peak: number;
}

/** DueKind is what a schedule does: nothing but begin, or a workflow of one step. */
export type DueKind = 'nothing' | 'workflow';

const WITHIN_MS = 60_000;
const LEAD_MS = 5_000;
const WORKFLOW = 'name: tick\nsteps:\n  - use: test.noop\n';
/** Everything that is due is done by so long after the last one. */
const PATIENCE_MS = 240_000;
const OWNER = asPersonId('owner');

/** measureDue sets up schedules that fall due one after the other within a minute, starts to drive them and counts how late each begins. */
export async function measureDue(kind: DueKind, count: number): Promise<DueFigures> {
	const workflowsDir = mkdtempSync(join(tmpdir(), 'errand-bench-schedules-'));
	writeFileSync(join(workflowsDir, 'tick.yaml'), WORKFLOW);
	const { ports, orchestrator, close } = await openBenchErrand({ workflowsDir });
	const late: number[] = [];
	let done = 0;
	ports.bus.subscribe('facts', ({ facts }) => {
		for (const { type, data } of facts) {
			if (type === 'ScheduleFired') late.push(Date.now() - Number(data['due']));
			if (type === 'TaskCompleted') done += 1;
		}
	});
	try {
		// Written well ahead of their time, however long that takes.
		const first = Date.now() + LEAD_MS + count * 0.4;
		await setUp(ports.store, { kind, count, first });
		globalThis.gc?.();
		const before = process.memoryUsage().rss;
		const from = performance.now();
		await orchestrator.resume();
		const start = performance.now() - from;
		globalThis.gc?.();
		const waiting = process.memoryUsage().rss - before;
		const early = first - Date.now();
		let peak = 0;
		const over = () => (kind === 'workflow' ? done : late.length) >= count;
		while (!over() && Date.now() < first + WITHIN_MS + PATIENCE_MS) {
			await wait(50);
			peak = Math.max(peak, process.memoryUsage().rss);
		}
		const doneAfter = Math.max(0, Date.now() - first - WITHIN_MS);
		return { late: spreadOf(late), begun: late.length, done, doneAfter, start, early, waiting, peak };
	} finally {
		await close();
		rmSync(workflowsDir, { recursive: true, force: true });
	}
}

type Store = BenchErrand['ports']['store'];

async function setUp(
	store: Store,
	{ kind, count, first }: { kind: DueKind; count: number; first: number },
): Promise<void> {
	const what = ScheduleWhat.parse({
		do: kind === 'workflow' ? { kind, name: 'tick', input: {} } : { kind: 'remind', text: 'tick' },
		...(kind === 'workflow' ? {} : { tell: 'never' }),
	});
	const at = Date.now();
	let writes: Promise<unknown>[] = [];
	for (let index = 0; index < count; index++) {
		const due = Math.round(first + (index / count) * WITHIN_MS);
		const scheduleId = asScheduleId(`s${String(index).padStart(9, '0')}`);
		const rule = ScheduleRule.parse({ timing: { kind: 'once', at: due }, timeZone: 'UTC' });
		const definition = { title: 'tick', rule, what };
		const decided = scheduleDecider.decide(undefined, {
			...{ type: 'CreateSchedule', at, scheduleId, person: OWNER, definition, next: { due, at: due } },
		});
		if (!decided.ok || decided.state === undefined) throw new Error('A schedule could not be set up.');
		const stream = scheduleStream(scheduleId);
		const facts = decided.facts as unknown as Parameters<Store['append']>[0]['facts'];
		writes.push(store.append({ stream, expectedSeq: 0, facts, at, index: scheduleDecider.index(decided.state, at) }));
		if (writes.length === 2_000) {
			await Promise.all(writes);
			writes = [];
		}
	}
	await Promise.all(writes);
}

/** How late schedules begin, as a program of its own tells it: `due-schedules.ts <nothing | workflow> <count>`. */
if (import.meta.main) {
	const kind = process.argv[2] === 'workflow' ? 'workflow' : 'nothing';
	process.stdout.write(JSON.stringify(await measureDue(kind, Number(process.argv[3]))));
}
