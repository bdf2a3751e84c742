import { CoreError, type ErrorCode, isCoreError } from '../../domain/errors.ts';
import { isJsonObject } from '../../domain/json.ts';
import type { RunOutcome, RunReport } from '../../ports/job-queue.ts';

/** ReportRequest is what a worker tells, under a number of its own; told again it has the same one. */
export interface ReportRequest {
	readonly n: number;
	/** Where the answer goes: the worker, as it named itself when it started. */
	readonly from: string;
	readonly report: RunReport;
	/** Left out where a start is told. */
	readonly outcome?: RunOutcome | undefined;
	/** Where the job of a run that has ended stands, and under which lock; whoever says so understands a `TurnMessage`. */
	readonly held?: HeldPlace | undefined;
}

/** HeldPlace is the queue in which a worker holds a job, with its lock's token. */
export interface HeldPlace {
	readonly queue: string;
	readonly token: string;
}

/** ReportAnswer says that a report is durable, whether its run is wanted, or why not. */
export interface ReportAnswer {
	readonly n: number;
	readonly wanted?: boolean | undefined;
	readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | undefined;
}

/** HandedJob is a job that stands in a queue as taken by the worker it is told to. */
export interface HandedJob extends HeldPlace {
	/** BullMQ's. */
	readonly id: string;
	readonly data: string;
}

/** ToldTurn is what one message tells a worker. */
export interface ToldTurn {
	/** `off`: the job of that run is off its queue already. */
	readonly answers: readonly (ReportAnswer & { readonly off?: boolean })[];
	readonly jobs: readonly HandedJob[];
}

/** TurnHead is what a process tells a worker of one queue at once, without what is known only as it is told. */
export interface TurnHead {
	readonly queue: string;
	readonly answers: readonly ReportAnswer[];
	/** Ids and tokens of the jobs that are handed over; their data follow, one a line. */
	readonly jobs: readonly (readonly [id: string, token: string])[];
}

/** decodeRequest reads a request; undefined for what is none. */
export function decodeRequest(text: string): ReportRequest | undefined {
	const read = parsed(text);
	if (!isJsonObject(read) || typeof read['n'] !== 'number' || typeof read['from'] !== 'string') return undefined;
	if (!isJsonObject(read['report'])) return undefined;
	// Only workers of this Errand can write there.
	return read as unknown as ReportRequest;
}

/**
 * decodeTurn reads one message: a list of answers, or lines of which the first has a 1 for each job that is off its queue, then for
 * each that was handed over, and a 0 for each of which that is not so; a `TurnHead`; and the jobs' data.
 */
export function decodeTurn(text: string): ToldTurn {
	if (text.startsWith('[')) return { answers: (parsed(text) ?? []) as ReportAnswer[], jobs: [] };
	const [flags = '', first = '', ...data] = text.split('\n');
	const head = parsed(first);
	if (!isJsonObject(head)) return { answers: [], jobs: [] };
	// Only processes of this Errand can write there.
	const { queue, answers, jobs } = head as unknown as TurnHead;
	return {
		answers: answers.map((answer, n) => ({ ...answer, off: flags[n] === '1' })),
		jobs: jobs.flatMap(([id, token], n) =>
			flags[answers.length + n] === '1' ? [{ queue, id, token, data: data[n] ?? '' }] : [],
		),
	};
}

/** refusal is an error as it travels. */
export function refusal(error: unknown): NonNullable<ReportAnswer['error']> {
	if (isCoreError(error)) return { code: error.code, message: error.message, hint: error.hint };
	return { code: 'internal', message: 'The report could not be recorded.', hint: 'Look at the log of the gateways.' };
}

/** thrown is the error that a refusal stands for. */
export function thrown({ code, message, hint }: NonNullable<ReportAnswer['error']>): CoreError {
	return new CoreError(code, message, { hint });
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
