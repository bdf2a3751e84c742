import type { Exchange } from '@errand/core/domain/exchange/exchange.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IExchangeDesk } from '@errand/core/orchestrator/desks/exchanges.ts';
import { contextOf } from './shown-task.ts';

/** HandlerDesks are what A2A is spoken over. */
export interface HandlerDesks {
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'list' | 'follow' | 'answer' | 'cancel'>;
	readonly exchanges: IExchangeDesk;
}

/** exchangeOf is what a task has with this client; one that was begun elsewhere gets a context of its own. */
export async function exchangeOf(
	{ tasks, exchanges }: HandlerDesks,
	principal: Principal,
	taskId: string,
): Promise<Exchange> {
	const task = asTaskId(taskId);
	const known = await exchanges.get(principal, task);
	if (known !== undefined) return known;
	await tasks.view(principal, task);
	return exchanges.begin(principal, task, contextOf(taskId, undefined));
}
