import { asTaskId, type PersonId } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import { type ISessionPool, REPLAY_MS } from '../../ports/session-pool.ts';
import type { CommandHandler } from '../commands/handle-command.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle'>;
	readonly index: Pick<IStreamIndex, 'list'>;
	readonly sessions: Pick<ISessionPool, 'closeAll'>;
	readonly clock: IClock;
}

/** cancelTasksOf ends all that still runs for a person who is forgotten: it would write new words while theirs are blanked. */
export async function cancelTasksOf(person: PersonId, { tasks, index, sessions, clock }: Dependencies): Promise<void> {
	let before: number | undefined;
	do {
		const page = await index.list({ prefix: 'task-', person, before, limit: 500 });
		for (const { stream, summary } of page) {
			const at = clock.now();
			const { endedAt } = summary;
			if (typeof endedAt === 'number' && endedAt < at - 2 * REPLAY_MS) continue;
			const reason = 'The person was forgotten.';
			if (endedAt === undefined) await tasks.handle(stream, { type: 'CancelTask', at, by: 'erasure', reason });
			// Also what is kept of one that failed. Now, not when the task's work is next looked at: by then its history is blank.
			await sessions.closeAll(asTaskId(stream.slice('task-'.length)));
		}
		before = page.at(-1)?.position;
	} while (before !== undefined);
}
