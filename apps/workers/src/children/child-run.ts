import type { IClock } from '@errand/core/ports/clock.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import type { RunHandle, RunRequest } from '../runs/runner.ts';
import { STOP_GRACE_MS, type StopCause, stoppedOutcome } from '../runs/stop-cause.ts';
import type { HandlerChild } from './handler-child.ts';
import type { ToChild } from './protocol.ts';

/** ChildRun is one run in a child: it waits for a child, is sent to it, and ends once, however it ends. */
export class ChildRun implements RunHandle {
	readonly outcome: Promise<RunOutcome>;
	readonly request: RunRequest;
	readonly #clock: IClock;
	#settle: (outcome: RunOutcome) => void = () => {};
	#child: HandlerChild | undefined;
	#cause: StopCause | undefined;
	#callOffEnd: (() => void) | undefined;
	#ended = false;

	constructor(request: RunRequest, clock: IClock) {
		this.request = request;
		this.#clock = clock;
		this.outcome = new Promise((resolve) => {
			this.#settle = resolve;
		});
	}

	get ended(): boolean {
		return this.#ended;
	}

	sendTo(child: HandlerChild): void {
		this.#child = child;
		const { job, capability, workspace } = this.request;
		const { taskId, person, answers } = job;
		const scope = { taskId, person, answers, workspace };
		child.send({ kind: 'run', capability: capability.name, scope, input: JSON.stringify(job.input) } satisfies ToChild);
	}

	/** Asks the handler to end. If it has not within the grace the run ends without it, and the pool kills its child. */
	stop(cause: StopCause): void {
		if (this.#ended || this.#cause !== undefined) return;
		this.#cause = cause;
		const child = this.#child;
		if (child === undefined) return this.end(STOPPED);
		child.send({ kind: 'abort' });
		this.#callOffEnd = this.#clock.after(STOP_GRACE_MS, () => this.end(STOPPED));
	}

	/** Ends the run; a second end is ignored, and one that was stopped ends by what stopped it. */
	end(outcome: RunOutcome): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#callOffEnd?.();
		this.#settle(this.#cause === undefined ? outcome : stoppedOutcome(this.#cause, this.request.job.timeoutMs));
	}
}

const STOPPED: RunOutcome = { kind: 'lost', cause: 'drained' };
