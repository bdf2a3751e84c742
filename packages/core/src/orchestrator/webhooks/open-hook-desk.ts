import type { RecordedHookFact } from '../../domain/hook/facts.ts';
import type { Hook, HookCommand } from '../../domain/hook/hook.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, ISnapshotStore, IStreamIndex } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IStreamHomes } from '../../ports/stream-homes.ts';
import { CommandHandler } from '../commands/handle-command.ts';
import type { ITaskDesk } from '../desks/desk.ts';
import { hookDecider } from './hook-decider.ts';
import { HookDesk } from './hook-desk.ts';

interface Dependencies {
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly vault: ISecretVault;
	readonly bus: IEventBus;
	readonly homes: Pick<IStreamHomes, 'alone'>;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly tasks: Pick<ITaskDesk, 'submit'>;
	readonly roleOf: ConstructorParameters<typeof HookDesk>[0]['roleOf'];
	readonly isOwn: ConstructorParameters<typeof HookDesk>[0]['isOwn'];
}

/** openHookDesk makes the desk of inbound webhooks over their streams. */
export function openHookDesk(parts: Dependencies): HookDesk {
	const { store, snapshots, bus, log } = parts;
	const hooks = new CommandHandler<Hook, HookCommand, RecordedHookFact>({
		decider: hookDecider,
		store,
		snapshots,
		log,
		alone: parts.homes.alone,
		appended: (stream, facts) => bus.publish('facts', { stream, facts }),
	});
	return new HookDesk({ ...parts, hooks });
}
