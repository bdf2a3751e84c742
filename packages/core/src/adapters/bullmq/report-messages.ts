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
}

/** ReportAnswer says that a report is durable, whether its run is wanted, or why not. */
export interface ReportAnswer {
	readonly n: number;
	readonly wanted?: boolean | undefined;
	readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | undefined;
}

/** decodeRequest reads a request; undefined for what is none. */
export function decodeRequest(text: string): ReportRequest | undefined {
	const read = parsed(text);
	if (!isJsonObject(read) || typeof read['n'] !== 'number' || typeof read['from'] !== 'string') return undefined;
	if (!isJsonObject(read['report'])) return undefined;
	// Only workers of this Errand can write there.
	return read as unknown as ReportRequest;
}

/** decodeAnswers reads the answers of one message. */
export function decodeAnswers(text: string): readonly ReportAnswer[] {
	const read = parsed(text);
	return Array.isArray(read) ? (read as ReportAnswer[]) : [];
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
