import type { IClock } from '@errand/core/ports/clock.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { calledServices } from '../services/called-services.ts';
import { runCapability } from './run-capability.ts';
import { HandlerContext, type RunResources, StopSwitch } from './run-context.ts';
import type { IRunner, RunHandle, RunRequest } from './runner.ts';
import { abortError, STOP_GRACE_MS, type StopCause, stoppedOutcome } from './stop-cause.ts';

/** InlineRunner runs a handler in the host itself: for tiny ones shipped with Errand, since nothing can stop one that blocks. */
export class InlineRunner implements IRunner {
	readonly #resources: RunResources;
	readonly #clock: IClock;

	constructor(resources: RunResources, clock: IClock) {
		this.#resources = resources;
		this.#clock = clock;
	}

	start(request: RunRequest): RunHandle {
		return new InlineRun(request, this.#resources, this.#clock);
	}
}

class InlineRun implements RunHandle {
	readonly outcome: Promise<RunOutcome>;
	readonly #stop = new StopSwitch();
	readonly #clock: IClock;
	readonly #timeoutMs: number;
	#settle: (outcome: RunOutcome) => void = () => {};
	#cause: StopCause | undefined;

	constructor(request: RunRequest, resources: RunResources, clock: IClock) {
		const { job, capability, workspace, services, onProgress, onBegin } = request;
		this.#clock = clock;
		this.#timeoutMs = job.timeoutMs;
		const { taskId, stepId, person, answers } = job;
		const scope = { taskId, person, key: `${taskId}/${stepId}`, answers, workspace };
		const context = new HandlerContext(scope, {
			resources,
			services: calledServices(services.offered, (call, listener) => services.answer(call, listener)),
			stop: this.#stop,
			onProgress,
		});
		this.outcome = new Promise((resolve) => {
			this.#settle = resolve;
		});
		onBegin?.();
		void runCapability(capability, job.input, context).then(({ outcome }) => this.#end(outcome));
	}

	stop(cause: StopCause): void {
		if (this.#cause !== undefined) return;
		this.#cause = cause;
		this.#stop.stop(abortError());
		this.#clock.after(STOP_GRACE_MS, () => this.#end({ kind: 'lost', cause: 'drained' }));
	}

	#end(outcome: RunOutcome): void {
		this.#settle(this.#cause === undefined ? outcome : stoppedOutcome(this.#cause, this.#timeoutMs));
	}
}
