import type { RecordedHookFact } from '../domain/hook/facts.ts';
import type { Hook, HookCommand } from '../domain/hook/hook.ts';
import type { ConversationId, PersonId } from '../domain/ids.ts';
import type { IClock } from '../ports/clock.ts';
import type { IEventBus } from '../ports/event-bus.ts';
import type { IEventStore, ISnapshotStore, IStreamIndex } from '../ports/event-store.ts';
import type { ILogger } from '../ports/logger.ts';
import type { ISecretVault } from '../ports/secret-vault.ts';
import type { ITaskDesk } from './desk.ts';
import { CommandHandler } from './handle-command.ts';
import { hookDecider } from './hook-decider.ts';
import { HookDesk } from './hook-desk.ts';

interface Dependencies {
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly vault: ISecretVault;
	readonly bus: IEventBus;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly tasks: Pick<ITaskDesk, 'submit'>;
	/** Whether what is said in a conversation is said to this person. */
	readonly isOwn: (person: PersonId, conversation: ConversationId) => Promise<boolean>;
}

/** openHookDesk makes the desk of inbound webhooks over their streams. */
export function openHookDesk({
	store,
	index,
	snapshots,
	vault,
	bus,
	clock,
	log,
	tasks,
	isOwn,
}: Dependencies): HookDesk {
	const hooks = new CommandHandler<Hook, HookCommand, RecordedHookFact>({
		decider: hookDecider,
		store,
		snapshots,
		log,
		appended: (stream, facts) => bus.publish('facts', { stream, facts }),
	});
	return new HookDesk({ hooks, tasks, index, vault, clock, isOwn });
}
