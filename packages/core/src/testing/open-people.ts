import { newHistorySigner } from '../adapters/files/history-signer.ts';
import { InProcessEventBus } from '../adapters/in-process/in-process-event-bus.ts';
import { openSqliteStore, type SqliteStore } from '../adapters/sqlite/open-sqlite-store.ts';
import type { PersonId } from '../domain/ids.ts';
import { OWNER_ID } from '../domain/person/state.ts';
import type { Principal } from '../orchestrator/desks/desk.ts';
import { PeopleDesk } from '../orchestrator/people/people-desk.ts';
import type { ILogger } from '../ports/logger.ts';
import { FakeClock } from './fake-clock.ts';

/** OpenPeople is a directory of people in memory, for tests of what stands before and behind it. */
export interface OpenPeople {
	readonly desk: PeopleDesk;
	readonly store: SqliteStore;
	readonly clock: FakeClock;
	/** Lets somebody in with this account, as the owner would. */
	letIn(identity: string, role?: 'member' | 'guest'): Promise<Principal>;
	close(): void;
}

/** openPeople opens a real desk over a store in memory; what else there is of people is not its concern. */
export function openPeople(
	options: {
		owners?: readonly string[];
		clock?: FakeClock;
		forgetEverything?: (person: PersonId) => Promise<number>;
	} = {},
): OpenPeople {
	const { owners = [], clock = new FakeClock(), forgetEverything = async () => 0 } = options;
	const store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	const desk = new PeopleDesk({
		...store,
		store: store.events,
		bus: new InProcessEventBus(silent),
		homes: { alone: true },
		log: silent,
		clock,
		owners,
		forgetEverything,
	});
	return {
		desk,
		store,
		clock,
		async letIn(identity, role = 'member') {
			const { code } = await desk.requestPairing(identity, undefined);
			const { id } = await desk.pair({ person: OWNER_ID, role: 'owner' }, code, role);
			return { person: id, role };
		},
		close: () => store.close(),
	};
}

const silent: ILogger = { debug() {}, info() {}, warn() {}, error() {} };
