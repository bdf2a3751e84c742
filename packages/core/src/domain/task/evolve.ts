import { childStepId, type QuestionId, type StepId } from '../ids.ts';
import type { RecordedTaskFact, TaskFactType } from './facts.ts';
import type { PlannedStep } from './plan.ts';
import { hasEnded, type Report, type Step, type StepPhase, type Task, type TaskEnd, type TaskState } from './state.ts';

/** EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const EVOLVE_VERSION = 'task-1';

/**
 * evolve folds one fact into a task. It is total: any fact on any state gives a state, so a history can always be shown,
 * whatever wrote it. It reads no clock and imports nothing that a browser lacks; pages fold the same facts with it.
 */
export function evolve(state: TaskState, fact: RecordedTaskFact): TaskState {
	if (state === undefined) return fact.type === 'TaskSubmitted' ? submitted(fact) : undefined;
	if (fact.type === 'TaskSubmitted') return state;
	const at = Math.max(state.at, fact.at);
	return withReport({ ...apply(state, fact, at), seq: fact.seq, at }, fact);
}

type FactOf<T extends TaskFactType> = Extract<RecordedTaskFact, { type: T }>;

function submitted(fact: FactOf<'TaskSubmitted'>): Task {
	const { taskId, ...request } = fact.data;
	return {
		id: taskId,
		...request,
		createdAt: fact.at,
		seq: fact.seq,
		at: fact.at,
		planVersion: 0,
		planBy: '',
		method: 'rules',
		planningAttempts: 0,
		steps: {},
		questions: {},
		reports: [],
		usage: { tokens: 0, microUsd: 0 },
		busyMs: 0,
		runs: 0,
		sessionsUsed: false,
	};
}

function apply(task: Task, fact: Exclude<RecordedTaskFact, { type: 'TaskSubmitted' }>, at: number): Task {
	switch (fact.type) {
		case 'PlanProposed': {
			const { by, steps, note, method } = fact.data;
			const planned = Object.fromEntries(steps.map((spec) => [spec.id, newStep(spec)]));
			return { ...task, planVersion: 1, planBy: by, planNote: note, method, steps: planned };
		}
		case 'PlanningFailed':
			return { ...task, planningAttempts: task.planningAttempts + 1, planningRetryAt: fact.data.retryAt };
		case 'PlanEdited':
			return planEdited(task, fact);
		case 'StepExpanded':
			return stepExpanded(task, fact.data.stepId, fact.data.items);
		case 'StepStarted':
			return stepStarted(task, fact, at);
		case 'StepCompleted': {
			const { output, origins, usage } = fact.data;
			const done = changeStep(withBusyTime(task, fact.data.stepId, at), fact.data.stepId, () => ({
				phase: { status: 'done', output, endedAt: at },
				origins,
			}));
			if (usage === undefined) return done;
			const { tokens, microUsd } = done.usage;
			return { ...done, usage: { tokens: tokens + usage.tokens, microUsd: microUsd + usage.microUsd } };
		}
		case 'StepFailed': {
			const { stepId, failure, retryAt } = fact.data;
			const counts = failure.kind === 'retryable' || failure.kind === 'timed-out' ? 1 : 0;
			return changeStep(withBusyTime(task, stepId, at), stepId, (step) => ({
				failures: step.failures + counts,
				// Without a time for the next attempt a StepDeadLettered fact follows in the same append.
				phase: { status: 'retrying', retryAt: retryAt ?? Number.MAX_SAFE_INTEGER, failure },
			}));
		}
		case 'StepLost': {
			const { stepId, cause } = fact.data;
			return changeStep(withBusyTime(task, stepId, at), stepId, (step) => ({
				phase: { status: 'waiting' },
				childDeaths: step.childDeaths + (cause === 'child-died' ? 1 : 0),
				serverDeaths: step.serverDeaths + (cause === 'server-died' ? 1 : 0),
			}));
		}
		case 'StepDeadLettered': {
			const { stepId, failure } = fact.data;
			return changeStep(task, stepId, () => ({ phase: { status: 'dead-lettered', failure, endedAt: at } }));
		}
		case 'StepSkipped': {
			const { stepId, cause, reason } = fact.data;
			return changeStep(task, stepId, () => ({ phase: { status: 'skipped', cause, reason, endedAt: at } }));
		}
		case 'StepJoined':
			return stepJoined(task, fact.data.stepId, fact.data.done, at);
		case 'StepReopened':
			return reopened(task, fact.data.stepId, fact.data.keepItems);
		case 'QuestionAsked':
			return questionAsked(task, fact);
		case 'QuestionAnswered':
			return questionAnswered(task, fact);
		case 'QuestionWithdrawn':
			return closeQuestion(task, fact.data.questionId, 'withdrawn');
		case 'BudgetRaised':
			return { ...task, budget: fact.data.budget };
		case 'TaskCancelled':
			return ended(task, { status: 'cancelled', ...fact.data, at });
		case 'TaskCompleted': {
			const { by, result } = fact.data;
			return ended({ ...task, planBy: by ?? task.planBy }, { status: 'done', result, at });
		}
		case 'TaskFailed':
			return ended(task, { status: 'failed', error: fact.data.error, at });
		case 'TaskReopened':
			return { ...task, end: undefined, planningAttempts: 0, planningRetryAt: undefined };
		case 'ReportHandedOver':
			return { ...task, reports: task.reports.filter((report) => report.seq !== fact.data.report) };
		case 'SessionsClosed':
			return { ...task, sessionsUsed: false };
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return task;
	}
}

function newStep(spec: PlannedStep, inherited: Partial<Step> = {}): Step {
	return {
		spec,
		phase: { status: 'waiting' },
		attempts: 0,
		failures: 0,
		childDeaths: 0,
		serverDeaths: 0,
		origins: [],
		...inherited,
	};
}

function changeStep(task: Task, id: StepId, change: (step: Step) => Partial<Step>): Task {
	const step = Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
	if (step === undefined) return task;
	return { ...task, steps: { ...task.steps, [id]: { ...step, ...change(step) } } };
}

function stepStarted(task: Task, fact: FactOf<'StepStarted'>, at: number): Task {
	const { stepId, attempt, run, worker } = fact.data;
	const step = Object.hasOwn(task.steps, stepId) ? task.steps[stepId] : undefined;
	if (step === undefined) return task;
	const phase: StepPhase = { status: 'running', run, worker, startedAt: at };
	const started: Step = { ...step, attempts: attempt, worker, startedAt: step.startedAt ?? at, phase };
	return {
		...task,
		steps: { ...task.steps, [stepId]: started },
		runs: task.runs + 1,
		sessionsUsed: task.sessionsUsed || (step.spec.sessions?.length ?? 0) > 0,
	};
}

function withBusyTime(task: Task, id: StepId, at: number): Task {
	const phase = Object.hasOwn(task.steps, id) ? task.steps[id]?.phase : undefined;
	return phase?.status === 'running' ? { ...task, busyMs: task.busyMs + at - phase.startedAt } : task;
}

function stepExpanded(task: Task, id: StepId, items: number): Task {
	const parent = Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
	if (parent === undefined) return task;
	const { forEach: _list, when: _condition, ...single } = parent.spec;
	const steps: Record<StepId, Step> = { ...task.steps, [id]: { ...parent, phase: { status: 'expanded', items } } };
	for (let index = 0; index < items; index++) {
		const childId = childStepId(id, index);
		const spec: PlannedStep = { ...single, id: childId, title: `${single.title} (${index + 1} of ${items})` };
		steps[childId] = newStep(spec, { origins: parent.origins, item: { parent: id, index } });
	}
	return { ...task, steps };
}

function stepJoined(task: Task, id: StepId, done: number, at: number): Task {
	return changeStep(task, id, (step) => {
		const items = step.phase.status === 'expanded' ? step.phase.items : done;
		const children = Array.from({ length: items }, (_, index) => task.steps[childStepId(id, index)]);
		const origins = new Set(step.origins);
		for (const child of children) for (const origin of child?.origins ?? []) origins.add(origin);
		return { phase: { status: 'joined', items, done, endedAt: at }, origins: [...origins] };
	});
}

function reopened(task: Task, id: StepId, keepItems: boolean): Task {
	const children = Object.entries(task.steps).filter(([, step]) => step.item?.parent === id);
	if (children.length === 0 || keepItems) {
		const phase: StepPhase =
			children.length > 0 ? { status: 'expanded', items: children.length } : { status: 'waiting' };
		return changeStep(task, id, () => ({ phase, failures: 0, childDeaths: 0, serverDeaths: 0 }));
	}
	const steps: Record<string, Step> = { ...task.steps };
	for (const [childId] of children) delete steps[childId];
	return reopened({ ...task, steps }, id, keepItems);
}

function planEdited(task: Task, fact: FactOf<'PlanEdited'>): Task {
	const { version, by, added, updated, removed, from } = fact.data;
	const origins = from === undefined ? [] : (task.steps[from]?.origins ?? []);
	const kept = Object.entries(task.steps).filter(([id]) => !removed.includes(id as StepId));
	const steps: Record<string, Step> = Object.fromEntries(
		kept.map(([id, step]) => [id, { ...step, approvedEffect: undefined }]),
	);
	for (const spec of updated) {
		const step = steps[spec.id];
		if (step !== undefined) steps[spec.id] = { ...step, spec };
	}
	for (const spec of added) steps[spec.id] = newStep(spec, { origins });
	return { ...task, planVersion: version, planBy: from === undefined ? by : task.planBy, steps };
}

function questionAsked(task: Task, fact: FactOf<'QuestionAsked'>): Task {
	const { question } = fact.data;
	const questions = { ...task.questions, [question.id]: { question, status: 'open' as const } };
	const asking = { ...task, questions };
	if (question.stepId === undefined) return asking;
	return changeStep(withBusyTime(asking, question.stepId, fact.at), question.stepId, ({ phase }) => ({
		phase: {
			status: 'asking',
			questions: [...(phase.status === 'asking' ? phase.questions : []), question.id],
		},
	}));
}

function questionAnswered(task: Task, fact: FactOf<'QuestionAnswered'>): Task {
	const { questionId, answer } = fact.data;
	const answered = closeQuestion(task, questionId, 'answered', answer);
	const question = answered.questions[questionId]?.question;
	if (question?.stepId === undefined) return answered;
	return changeStep(answered, question.stepId, (step) => {
		if (step.phase.status !== 'asking') return {};
		const stillOpen = step.phase.questions.some((id) => answered.questions[id]?.status === 'open');
		const approved = question.purpose === 'effect' && answer === 'approve' ? question.effect?.hash : undefined;
		return {
			...(stillOpen ? {} : { phase: { status: 'waiting' as const } }),
			...(approved === undefined ? {} : { approvedEffect: approved }),
		};
	});
}

function closeQuestion(task: Task, id: QuestionId, status: 'answered' | 'withdrawn', answer?: unknown): Task {
	const asked = Object.hasOwn(task.questions, id) ? task.questions[id] : undefined;
	if (asked === undefined) return task;
	const closed = { ...asked, status, ...(answer === undefined ? {} : { answer: answer as never }) };
	return { ...task, questions: { ...task.questions, [id]: closed } };
}

/** What had not ended when the task did is cancelled with it, and open questions fall away. */
function ended(task: Task, end: TaskEnd): Task {
	let steps = task.steps;
	for (const [id, step] of Object.entries(task.steps)) {
		if (hasEnded(step)) continue;
		if (steps === task.steps) steps = { ...task.steps };
		(steps as Record<string, Step>)[id] = { ...step, phase: { status: 'cancelled', endedAt: end.at } };
	}
	let closed: Task = { ...task, steps, end };
	for (const [id, asked] of Object.entries(task.questions)) {
		if (asked.status === 'open') closed = closeQuestion(closed, id as QuestionId, 'withdrawn');
	}
	return closed;
}

/** A task that came from a conversation owes it word of its plan, its questions and its end. */
function withReport(task: Task, fact: RecordedTaskFact): Task {
	if (task.conversation === undefined) return task;
	const about = reportAbout(fact);
	return about === undefined ? task : { ...task, reports: [...task.reports, { seq: fact.seq, about }] };
}

function reportAbout(fact: RecordedTaskFact): Report['about'] | undefined {
	switch (fact.type) {
		case 'PlanProposed':
			return { kind: 'plan' };
		case 'QuestionAsked':
			return { kind: 'question', questionId: fact.data.question.id };
		case 'QuestionAnswered':
		case 'QuestionWithdrawn':
			return { kind: 'question-closed', questionId: fact.data.questionId };
		case 'TaskCompleted':
		case 'TaskFailed':
		case 'TaskCancelled':
			return { kind: 'end' };
		default:
			return undefined;
	}
}
