import type { NotedRun, Schedule } from '../../domain/schedule/state.ts';
import { shortened } from '../../domain/shortened.ts';

/** newsText tells what one run gave, for somebody who hears only of some. */
export function newsText({ title }: Schedule, number: number, run: NotedRun): string {
	const head = `**${title}** (schedule ${number})`;
	return run.outcome === 'done' ? `${head}\n\n${run.text}` : `${head} ${ended(run)}`;
}

/** DigestPart is what runs of one schedule gave in a while. */
export interface DigestPart {
	readonly title: string;
	readonly number: number;
	readonly runs: readonly NotedRun[];
	/** So many more were not kept. */
	readonly more: number;
}

/** A message beyond that is read by nobody. */
const MAX_DIGEST = 20_000;

/** digestText tells what runs of a while gave, of all schedules that are told together, in one message. */
export function digestText(parts: readonly DigestPart[]): string {
	const sections = parts.map(({ title, number, runs, more }) => {
		const head = `**${title}** – digest of schedule ${number}: ${counted(runs.length + more, 'run')}`;
		return [head, ...partLines(runs, more)].join('\n\n');
	});
	return shortened(sections.join('\n\n---\n\n'), MAX_DIGEST);
}

function partLines(runs: readonly NotedRun[], more: number): string[] {
	const told = runs.filter(({ changed, outcome }) => changed !== false || outcome !== 'done');
	const same = runs.length - told.length;
	const lines = told.map((run) => (run.outcome === 'done' ? run.text : `One ${ended(run)}`));
	if (same > 0) lines.push(told.length === 0 ? 'Nothing changed.' : `${counted(same, 'run')} found nothing new.`);
	if (more > 0) lines.push(`Only the latest ${runs.length} are told here.`);
	return lines;
}

/** pausedText tells why Errand runs it no more. */
export function pausedText({ title }: Schedule, number: number, why: string): string {
	return `**${title}** (schedule ${number}) is paused: ${why} When that is put right, \`/schedules resume ${number}\` has it go on.`;
}

/** questionText tells that a run asks something, where nobody follows it. */
export function questionText({ title }: Schedule, number: number, question: string): string {
	return `**${title}** (schedule ${number}) asks: ${question}\n\n\`/questions\` asks it here, so that you can answer.`;
}

function ended({ outcome, text }: NotedRun): string {
	return outcome === 'cancelled' ? 'was cancelled.' : `failed: ${text}`;
}

function counted(count: number, thing: string): string {
	return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
