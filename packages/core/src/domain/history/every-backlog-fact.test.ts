import { describe, expect, it } from 'vitest';
import { evolveBacklog } from '../backlog/evolve-backlog.ts';
import type { BacklogFactType, RecordedBacklogFact } from '../backlog/facts.ts';
import { pendingBacklogWork } from '../backlog/pending-backlog-work.ts';
import type { BacklogState } from '../backlog/state.ts';
import history from './fixture/backlog-history-v1.json' with { type: 'json' };
import historyOfLoop from './fixture/backlog-history-v1-loop.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const FACTS: Record<BacklogFactType, true> = {
	BacklogCreated: true,
	StatusChanged: true,
	ItemsAdded: true,
	ItemsChanged: true,
	ItemsRemoved: true,
	DependenciesChanged: true,
	ItemsMoved: true,
	ItemsReordered: true,
	TagAdded: true,
	TagDescribed: true,
	TagRemoved: true,
	TagRenamed: true,
	TagChosen: true,
	ReportSaved: true,
	SettingsChanged: true,
	FileMerged: true,
	FileWritten: true,
	OperationBegun: true,
	OperationEnded: true,
	RunBegun: true,
	RunEnded: true,
	WatchBegun: true,
	WatchEnded: true,
	NoticeHandedOver: true,
	LoopBegun: true,
	LoopPhaseCompleted: true,
	LoopAttemptFailed: true,
	LoopUnblocked: true,
	LoopSubitemCompleted: true,
	LoopEnded: true,
};

const HISTORIES = [history, historyOfLoop];

describe('facts of backlogs of every release', () => {
	it('are all in the fixture, each type at least once', () => {
		const written = new Set(HISTORIES.flatMap(({ facts }) => facts.map(({ type }) => type as string)));
		expect(Object.keys(FACTS).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same backlog, which is owed the same', () => {
		for (const { facts, state: kept, work } of HISTORIES) {
			let state: BacklogState;
			for (const fact of facts as unknown as RecordedBacklogFact[]) state = evolveBacklog(state, upcast(fact as never));
			expect(JSON.parse(JSON.stringify(state))).toEqual(kept);
			expect(pendingBacklogWork(state, 0).map(({ key }) => key)).toEqual(work);
		}
	});

	it('change nothing where one is of a later release, or out of place', () => {
		const [created] = history.facts as unknown as RecordedBacklogFact[];
		const later = { type: 'SomethingNew', v: 1, data: {}, seq: 2, at: 1 } as unknown as RecordedBacklogFact;
		expect(evolveBacklog(undefined, later)).toBeUndefined();
		const state = created === undefined ? undefined : evolveBacklog(undefined, created);
		expect(evolveBacklog(state, later)).toEqual({ ...state, seq: 2 });
	});
});
