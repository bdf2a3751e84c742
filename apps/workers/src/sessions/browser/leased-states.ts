import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ISessionLeases } from '@errand/core/ports/session-leases.ts';
import type { ContextState } from './protocol.ts';
import type { BrowserStates } from './saved-states.ts';

/** LeasedStates keeps what contexts remember beside the lease of their task, for whichever worker has it next. */
export class LeasedStates implements BrowserStates {
	readonly isKept = true;
	readonly #leases: Pick<ISessionLeases, 'load' | 'save'>;

	constructor(leases: Pick<ISessionLeases, 'load' | 'save'>) {
		this.#leases = leases;
	}

	async get(task: TaskId, context: string): Promise<string | null> {
		return (await this.#leases.load(task, context)) ?? null;
	}

	async save(task: TaskId, states: readonly ContextState[], isWanted: () => boolean): Promise<void> {
		for (const { context, state } of states) if (isWanted()) await this.#leases.save(task, context, state);
	}

	/** What is kept goes with the lease, once its end is known to everybody. */
	async forget(): Promise<void> {}

	async sweep(): Promise<void> {}

	stop(): void {}
}
