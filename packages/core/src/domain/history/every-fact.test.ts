import { describe, expect, it } from 'vitest';
import { evolveConversation } from '../conversation/evolve-conversation.ts';
import type { ConversationFactType, RecordedConversationFact } from '../conversation/facts.ts';
import type { ConversationState } from '../conversation/state.ts';
import { evolvePeople } from '../person/evolve-people.ts';
import type { PeopleFactType, RecordedPeopleFact } from '../person/facts.ts';
import type { PeopleState } from '../person/state.ts';
import { evolve } from '../task/evolve.ts';
import type { RecordedTaskFact, TaskFactType } from '../task/facts.ts';
import { pendingWork } from '../task/pending-work.ts';
import type { TaskState } from '../task/state.ts';
import { viewTask } from '../task/view.ts';
import conversationHistory from './fixture/conversation-history-v1.json' with { type: 'json' };
import conversationHistoryOfFrontends from './fixture/conversation-history-v1-frontends.json' with { type: 'json' };
import peopleHistory from './fixture/people-history-v1.json' with { type: 'json' };
import peopleHistoryOfModels from './fixture/people-history-v1-models.json' with { type: 'json' };
import peopleHistoryOfZones from './fixture/people-history-v1-zones.json' with { type: 'json' };
import taskHistories from './fixture/task-histories-v1.json' with { type: 'json' };
import taskHistoryOfFlow from './fixture/task-history-v1-flow.json' with { type: 'json' };
import taskHistoryWithMatches from './fixture/task-history-v1-matched.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// Written once, by the release that first wrote such facts, and never again: what is on people's disks reads the same for ever.
const TASK_FACTS: Record<TaskFactType, true> = {
	TaskSubmitted: true,
	PlanProposed: true,
	PlanningFailed: true,
	PlanEdited: true,
	StepExpanded: true,
	StepStarted: true,
	StepCompleted: true,
	StepFailed: true,
	StepLost: true,
	StepDeadLettered: true,
	StepSkipped: true,
	StepJoined: true,
	StepUnfolded: true,
	StepGathered: true,
	StepSuspended: true,
	EventReceived: true,
	EventTaken: true,
	UndoBegun: true,
	StepReopened: true,
	QuestionAsked: true,
	QuestionAnswered: true,
	QuestionWithdrawn: true,
	UsageRecorded: true,
	BudgetRaised: true,
	TaskCancelled: true,
	TaskCompleted: true,
	TaskFailed: true,
	TaskReopened: true,
	TaskFollowed: true,
	TaskUnfollowed: true,
	ReportHandedOver: true,
	SessionsClosed: true,
};
const CONVERSATION_FACTS: Record<ConversationFactType, true> = {
	MessageReceived: true,
	MessageRouted: true,
	HeldMessageReleased: true,
	ReplyRecorded: true,
	ReplyDropped: true,
	ReplyAttempted: true,
	ReplySent: true,
	ReplyFailed: true,
	ReplyArrived: true,
	ReplyBounced: true,
	ReplyForwarded: true,
	ReplyRevised: true,
	QuestionClosed: true,
};
const PEOPLE_FACTS: Record<PeopleFactType, true> = {
	PairingRequested: true,
	PairingRefused: true,
	PersonAdded: true,
	IdentityLinked: true,
	IdentityUnlinked: true,
	RoleChanged: true,
	LinkCodeIssued: true,
	PreferencesChanged: true,
	TokenIssued: true,
	TokenRevoked: true,
	ModelPinned: true,
	ModelUnpinned: true,
	PersonForgotten: true,
	PersonErased: true,
};

const TASKS = [...taskHistories, taskHistoryWithMatches, taskHistoryOfFlow];
const PEOPLE = [peopleHistory, peopleHistoryOfModels, peopleHistoryOfZones];
const CONVERSATIONS = [conversationHistory, conversationHistoryOfFrontends];

describe('facts of every release', () => {
	it('are all in the fixtures, each type at least once', () => {
		const written = new Set(TASKS.flatMap(({ facts }) => facts.map(({ type }) => type)));
		expect(Object.keys(TASK_FACTS).filter((type) => !written.has(type))).toEqual([]);
		const said = new Set(CONVERSATIONS.flatMap(({ facts }) => facts.map(({ type }) => type)));
		expect(Object.keys(CONVERSATION_FACTS).filter((type) => !said.has(type))).toEqual([]);
		const known = new Set(PEOPLE.flatMap(({ facts }) => facts.map(({ type }) => type)));
		expect(Object.keys(PEOPLE_FACTS).filter((type) => !known.has(type))).toEqual([]);
	});

	it.each(TASKS.map((history, index) => ({ index, history })))(
		'show task $index as it was shown when they were written',
		({ history }) => {
			let state: TaskState;
			for (const fact of history.facts as unknown as RecordedTaskFact[]) state = evolve(state, upcast(fact as never));
			expect(state && JSON.parse(JSON.stringify(viewTask(state)))).toEqual(history.view);
			expect(pendingWork(state, 20).map(({ key }) => key)).toEqual(history.work);
		},
	);

	it.each(CONVERSATIONS.map((history, index) => ({ index, history })))(
		'fold to the same conversation $index',
		({ history }) => {
			let state: ConversationState;
			for (const fact of history.facts as unknown as RecordedConversationFact[]) {
				state = evolveConversation(state, upcast(fact as never));
			}
			expect(JSON.parse(JSON.stringify(state))).toEqual(history.state);
		},
	);

	it.each(PEOPLE.map((history, index) => ({ index, history })))(
		'fold to the same directory of people $index',
		({ history }) => {
			let state: PeopleState;
			for (const fact of history.facts as unknown as RecordedPeopleFact[]) {
				state = evolvePeople(state, upcast(fact as never));
			}
			expect(JSON.parse(JSON.stringify(state))).toEqual(history.state);
		},
	);
});
