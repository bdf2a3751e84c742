import { CoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { Response } from 'express';
import type { HttpServices } from '../http/services.ts';
import type { Answering } from './answer-stream.ts';
import { type AnswerSink, streamAnswer } from './answer-stream.ts';
import type { Answered } from './answered.ts';

/** Clients give up after ten minutes; this ends a little before, so that they are told why. */
const HOLD_MS = 590_000;

/**
 * holdAnswer waits for a whole answer while its reader holds the line; undefined when the reader has gone. The task goes on
 * whatever becomes of the line.
 */
export async function holdAnswer(
	{ streams, clock }: Pick<HttpServices, 'streams' | 'clock'>,
	response: Response,
	{ sink, ...answering }: Omit<Answering, 'signal'> & { readonly sink: AnswerSink },
): Promise<Answered | undefined> {
	const over = new AbortController();
	const { task } = answering.begun;
	let why: CoreError | undefined;
	const end = (error: CoreError) => {
		why ??= error;
		over.abort();
	};
	streams.hold(response, () => end(stopping(task)));
	const gone = () => over.abort();
	response.once('close', gone);
	if (response.destroyed) gone();
	const callOff = clock.after(HOLD_MS, () => end(tooLong(task)));
	try {
		const answered = await streamAnswer({ ...answering, signal: over.signal }, sink);
		if (answered === undefined && why !== undefined) throw why;
		return answered;
	} finally {
		callOff();
		response.off('close', gone);
	}
}

function tooLong(task: TaskId): CoreError {
	return new CoreError('timed-out', `Task ${task} has been at work for ten minutes and is not done; it goes on.`, {
		hint: `Ask with "stream": true, or read it later: GET /v1/chat/completions/chatcmpl-${task}.`,
	});
}

function stopping(task: TaskId): CoreError {
	// Not `shutting-down`: clients would send that again, and begin another task.
	return new CoreError('timed-out', `The server stops; task ${task} goes on when it is back.`, {
		hint: `Read it then: GET /v1/chat/completions/chatcmpl-${task}.`,
	});
}
