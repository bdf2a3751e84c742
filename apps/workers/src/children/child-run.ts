import { sentError } from '@errand/core/domain/sent-error.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import type { RunHandle, RunRequest } from '../runs/runner.ts';
import { STOP_GRACE_MS, type StopCause, stoppedOutcome } from '../runs/stop-cause.ts';
import type { ServiceCall } from '../services/service-call.ts';
import { handlerModuleOf } from '../tools/modules/module-capability.ts';
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
		const { job, capability, workspace, services, onBegin } = this.request;
		const { taskId, person, answers } = job;
		const scope = { taskId, person, answers, workspace };
		const input = JSON.stringify(job.input);
		const module = handlerModuleOf(capability);
		child.send({ kind: 'run', capability: capability.name, module, scope, input, services: services.offered });
		onBegin?.();
	}

	/** Answers what the handler asks of its host; a run that has ended gets no more answers. */
	async answer(call: number, request: ServiceCall): Promise<void> {
		const say = (message: ToChild) => {
			if (!this.#ended) this.#child?.send(message);
		};
		try {
			const value = await this.request.services.answer(request, {
				onText: (text) => say({ kind: 'piece', call, text }),
				onRestart: () => say({ kind: 'restarted', call }),
			});
			say({ kind: 'answered', call, value });
		} catch (error) {
			say({ kind: 'refused', call, error: sentError(error) });
		}
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
