import { CoreError } from '@errand/core/domain/errors.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { answerText } from './answer-text.ts';
import { type Answered, answered } from './answered.ts';
import type { Begun } from './begin-task.ts';
import { watchTask } from './watch-task.ts';

/** AnswerSink takes an answer as it comes about. */
export interface AnswerSink {
	thought(text: string): void;
	text(text: string): void;
}

/** Answering is an answer on its way to one reader. `live` shows a draft as the answer; only a quick answer's draft is one. */
export interface Answering {
	readonly desk: Pick<ITaskDesk, 'facts' | 'follow' | 'view'>;
	readonly principal: Principal;
	readonly begun: Begun;
	readonly live: boolean;
	/** Where files are to be had. */
	readonly address: string;
	/** What went in, for an estimate of its cost. */
	readonly asked: string;
	readonly signal: AbortSignal;
}

/**
 * streamAnswer hands over thoughts and text until the task has ended or asks, and returns the whole; undefined when nobody
 * waits for it any more. Text is never taken back: a draft that may still become another one is a thought.
 */
export async function streamAnswer(answering: Answering, sink: AnswerSink): Promise<Answered | undefined> {
	const { desk, principal, begun, live, address, signal, asked } = answering;
	const before = begun.note === undefined ? '' : `${begun.note}\n\n`;
	if (before !== '') sink.text(before);
	let shown = '';
	let draft = '';
	for await (const glimpse of watchTask({ desk, principal, task: begun.task, from: begun.from, signal })) {
		if (glimpse.kind === 'thought') sink.thought(glimpse.text);
		else if (live) {
			const sure = surePart(glimpse.text);
			if (!sure.startsWith(shown)) continue;
			if (sure !== shown) sink.text(sure.slice(shown.length));
			shown = sure;
		} else {
			const grown = glimpse.text.startsWith(draft);
			const more = grown ? glimpse.text.slice(draft.length) : `\n\n${glimpse.text}`;
			if (more !== '') sink.thought(more);
			draft = glimpse.text;
		}
	}
	if (signal.aborted) return undefined;
	const view = await desk.view(principal, begun.task);
	const whole = answerText(view, address);
	if (!whole.startsWith(shown)) throw brokeOff();
	sink.text(whole.slice(shown.length));
	return answered(view, { asked, text: before + whole });
}

/** As much of a draft as stands in the answer the same way: images become links there. */
function surePart(draft: string): string {
	const image = draft.indexOf('![');
	return (image === -1 ? draft : draft.slice(0, image)).replace(/!$/, '').trimEnd();
}

function brokeOff(): CoreError {
	return new CoreError('model-unavailable', 'The language model broke off and gave another answer than it had begun.', {
		hint: 'Ask again, or read the answer by its id.',
	});
}
