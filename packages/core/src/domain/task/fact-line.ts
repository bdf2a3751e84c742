import { formatCount, formatDuration } from '../amounts.ts';
import type { StepId } from '../ids.ts';
import { answerInWords } from './attachment-lines.ts';
import type { LossCause, RecordedTaskFact } from './facts.ts';
import type { TaskState } from './state.ts';

/** FactLine is one fact in words, for a history that people read. */
export interface FactLine {
	readonly title: string;
	readonly detail?: string | undefined;
	readonly tone: 'neutral' | 'good' | 'bad' | 'ask';
}

/** factLine words a fact; `task` supplies the titles of its steps. */
export function factLine(fact: RecordedTaskFact, task: TaskState): FactLine {
	const step = (id: StepId) => `“${task?.steps[id]?.spec.title ?? id}”`;
	switch (fact.type) {
		case 'TaskSubmitted':
			return line('Goal received', fact.data.goal);
		case 'PlanProposed':
			return line(`Plan of ${formatCount(fact.data.steps.length, 'step')}`, fact.data.note ?? fact.data.by);
		case 'PlanningFailed':
			return line('Planning failed', fact.data.failure.message, 'bad');
		case 'PlanEdited': {
			const { added, updated, removed, from, by } = fact.data;
			const changes = `${added.length} added, ${updated.length} changed, ${removed.length} removed`;
			return line('Plan changed', `${changes}, by ${from === undefined ? by : step(from)}`);
		}
		case 'StepExpanded':
			return line(`${step(fact.data.stepId)} split into ${formatCount(fact.data.items, 'item')}`);
		case 'StepStarted': {
			const { stepId, attempt, worker } = fact.data;
			return line(`${step(stepId)} started`, `${attempt > 1 ? `attempt ${attempt}, ` : ''}on ${worker}`);
		}
		case 'StepCompleted':
			return line(
				`${step(fact.data.stepId)} done`,
				fact.data.cached === true ? 'remembered from before' : undefined,
				'good',
			);
		case 'StepFailed': {
			const { stepId, failure, retryAt } = fact.data;
			const again = retryAt === undefined ? '' : ` Tried again after ${formatDuration(retryAt - fact.at)}.`;
			return line(`${step(stepId)} failed`, `${failure.message}${again}`, 'bad');
		}
		case 'StepLost':
			return line(`${step(fact.data.stepId)} interrupted`, LOSS_WORDS[fact.data.cause]);
		case 'StepDeadLettered':
			return line(`${step(fact.data.stepId)} gave up`, fact.data.failure.message, 'bad');
		case 'StepSkipped':
			return line(`${step(fact.data.stepId)} skipped`, fact.data.reason);
		case 'StepJoined': {
			const { stepId, done, failed } = fact.data;
			const lost = failed > 0 ? `, ${failed} without` : '';
			return line(`${step(stepId)} put together`, `${done} with a result${lost}`, failed > 0 ? 'neutral' : 'good');
		}
		case 'StepUnfolded': {
			const { stepId, round } = fact.data;
			return line(round > 1 ? `${step(stepId)} again, round ${round}` : `${step(stepId)} begun`);
		}
		case 'StepGathered':
			return line(`${step(fact.data.stepId)} done`, undefined, 'good');
		case 'StepSuspended': {
			const { stepId, until, event } = fact.data;
			const time = until === undefined ? undefined : formatDuration(Math.max(0, until - fact.at));
			if (event === undefined) return line(`${step(stepId)} waits`, time);
			return line(`${step(stepId)} waits for the event “${event}”`, time === undefined ? undefined : `at most ${time}`);
		}
		case 'EventReceived':
			return line(`Event “${fact.data.name}” received`, `from ${fact.data.by}`);
		case 'EventTaken':
			return line(`${step(fact.data.stepId)} done`, 'its event has come', 'good');
		case 'UndoBegun':
			return line('Taking back what was done', fact.data.error.message, 'bad');
		case 'StepReopened':
			return line(`${step(fact.data.stepId)} reopened`);
		case 'QuestionAsked':
			return line('Asked', fact.data.question.text, 'ask');
		case 'QuestionAnswered': {
			const { questionId, answer } = fact.data;
			const secret = task?.questions[questionId]?.question.kind === 'secret';
			return line('Answered', secret ? '(kept secret)' : answerInWords(answer));
		}
		case 'QuestionWithdrawn':
			return line('Question withdrawn', fact.data.reason);
		case 'UsageRecorded':
			return line('Language model used', formatCount(fact.data.usage.tokens, 'token'));
		case 'BudgetRaised':
			return line('Budget raised');
		case 'TaskCancelled':
			return line('Cancelled', fact.data.reason);
		case 'TaskCompleted':
			return line('Done', undefined, 'good');
		case 'TaskFailed':
			return line('Failed', fact.data.error.message, 'bad');
		case 'TaskReopened':
			return line('Reopened');
		case 'TaskFollowed':
			return line('Followed from another conversation');
		case 'TaskUnfollowed':
			return line('No longer followed from another conversation');
		case 'ReportHandedOver':
			return line('Told the conversation');
		case 'SessionsClosed':
			return line('Sessions closed');
		default:
			// A fact of a later release is shown by its name.
			return line((fact as RecordedTaskFact).type);
	}
}

const LOSS_WORDS: Readonly<Record<LossCause, string>> = {
	'child-died': 'its process ended unexpectedly; it is run again',
	'host-died': 'its worker went away; it is run again elsewhere',
	'server-died': 'the server stopped; it is run again',
	'over-budget': 'the budget was used up in the middle of it',
	'over-day-budget': 'the budget of the day was used up in the middle of it',
	elsewhere: 'another worker has the browser of this task; it is run there',
	drained: 'its worker was shut down; it is run again elsewhere',
};

const line = (title: string, detail?: string, tone: FactLine['tone'] = 'neutral'): FactLine => ({
	title,
	detail,
	tone,
});
