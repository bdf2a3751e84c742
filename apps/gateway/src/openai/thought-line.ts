import { factLine } from '@errand/core/domain/task/fact-line.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskState } from '@errand/core/domain/task/state.ts';
import { withoutImages } from './answer-text.ts';

const SHOWN: ReadonlySet<RecordedTaskFact['type']> = new Set([
	'PlanProposed',
	'PlanEdited',
	'PlanningFailed',
	'StepExpanded',
	'StepStarted',
	'StepCompleted',
	'StepFailed',
	'StepLost',
	'StepDeadLettered',
	'StepSkipped',
	'StepJoined',
	'BudgetRaised',
]);
const MAX_LINE = 300;
const MAX_STEPS = 30;

/** thoughtLine tells of a fact while a client shows how its answer comes about; undefined for what is not worth a line. */
export function thoughtLine(fact: RecordedTaskFact, task: TaskState): string | undefined {
	if (!SHOWN.has(fact.type)) return undefined;
	const { title, detail } = factLine(fact, task);
	const said = fact.type === 'StepStarted' ? undefined : detail;
	const line = thought(said === undefined ? title : `${title}: ${said}`);
	if (fact.type !== 'PlanProposed') return line;
	const steps = fact.data.steps.slice(0, MAX_STEPS).map((step, index) => thought(`${index + 1}. ${step.title}`));
	return [line, ...steps].join('');
}

/** thought is one line of what is shown while an answer comes about. */
export function thought(text: string): string {
	return `${withoutImages(text).replace(/\s+/g, ' ').trim().slice(0, MAX_LINE)}\n`;
}
