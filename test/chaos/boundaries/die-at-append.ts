import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import pg from 'pg';

// Preloaded into a server: it dies by SIGKILL right before or right after the commit of a fact, of a task that says so in its goal.

// Children are left in peace.
delete process.env['NODE_OPTIONS'];

interface Doom {
	readonly name: string;
	readonly when: 'before' | 'after';
	readonly seq: number;
}

const ASKED = /\(run: ((before|after)-(\d+)-[\w-]+)/;
/** Whom this data directory's servers died for: one that was not accepted asks again, and once is enough. */
const diedFor = join(process.env['ERRAND_DATA_DIR'] ?? '', 'died-for');
const satisfied = new Set(existsSync(diedFor) ? readFileSync(diedFor, 'utf8').split('\n') : []);
const doomed = new Map<string | number, Doom>();

/** What is to be done about an append; only a task that begins in this life can doom it. */
function doomOf(stream: string | number, firstSeq: number, lastSeq: number, payload: string): Doom | undefined {
	const [, name, when, seq] = firstSeq === 1 ? (ASKED.exec(payload.slice(0, 2_000)) ?? []) : [];
	if (name !== undefined && !satisfied.has(name))
		doomed.set(stream, { name, when: when === 'before' ? 'before' : 'after', seq: Number(seq) });
	const doom = doomed.get(stream);
	return doom !== undefined && lastSeq >= doom.seq ? doom : undefined;
}

function dieFor({ name }: Doom): never {
	appendFileSync(diedFor, `${name}\n`);
	process.kill(process.pid, 'SIGKILL');
	for (;;);
}

const { run } = StatementSync.prototype;
let due: Doom | undefined;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
	const sql = this.sourceSQL;
	if (sql.includes('INSERT INTO appends')) {
		const [, stream, firstSeq, lastSeq, , , , payload] = values as unknown[];
		due ??= doomOf(Number(stream), Number(firstSeq), Number(lastSeq), String(payload));
	}
	if (sql !== 'COMMIT' || due === undefined) return run.apply(this, values);
	if (due.when === 'after') run.apply(this, values);
	return dieFor(due);
} as typeof run;

interface AppendCall {
	readonly name?: string;
	readonly values?: readonly (readonly unknown[])[];
}
const { query } = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
Object.assign(pg.Client.prototype, {
	query(this: unknown, ...args: unknown[]) {
		const due = doomOfCall(args[0] as AppendCall);
		if (due?.when === 'before') return dieFor(due);
		const answer = query.apply(this, args);
		return due?.when === 'after' && answer instanceof Promise ? answer.then(() => dieFor(due)) : answer;
	},
});

function doomOfCall({ name, values = [] }: AppendCall): Doom | undefined {
	if (name !== 'errand-append') return undefined;
	const [, names = [], slots = [], expected = [], , counts = [], , , payloads = []] = values;
	for (const [n, slot] of slots.entries()) {
		const before = Number(expected[n]);
		const last = before + Number(counts[n]);
		const doom = doomOf(String(names[Number(slot) - 1]), before + 1, last, String(payloads[n]));
		if (doom !== undefined) return doom;
	}
	return undefined;
}
