import { randomUUID } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import { asTaskId, type QuestionId, type StepId, type TaskId, taskStream } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import { budgetFor } from '../../domain/task/budget.ts';
import type { PlannedEdit, TaskCommand } from '../../domain/task/commands.ts';
import type { RecordedTaskFact } from '../../domain/task/facts.ts';
import type { PlannedStep, PlanStep } from '../../domain/task/plan.ts';
import type { PlanOp } from '../../domain/task/plan-schema.ts';
import { plannedSteps, type Task } from '../../domain/task/state.ts';
import { statusOf, type TaskView, viewTask } from '../../domain/task/view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, IHistoryAudit, IStreamIndex } from '../../ports/event-store.ts';
import type { IPlanAdmission } from '../../ports/plan-admission.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { Arrivals } from '../arrivals.ts';
import type { FactRelay } from '../commands/fact-relay.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type {
	DeadLetter,
	DeadLetterDetail,
	ITaskDesk,
	Principal,
	TaskEvent,
	TaskFollower,
	TaskRequest,
	TaskSummary,
} from '../desks/desk.ts';
import type { AttachmentIntake } from './attachment-intake.ts';
import { DeadLetters, parseLetterId } from './dead-letters.ts';
import { refuseMoreOfGuests } from './refuse-more-of-guests.ts';
import type { TaskNumbers } from './task-numbers.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'begin' | 'handle' | 'state' | 'latest'>;
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly audit: IHistoryAudit;
	readonly relay: FactRelay;
	readonly bus: IEventBus;
	readonly admission: IPlanAdmission;
	readonly intake: AttachmentIntake;
	readonly arrivals: Arrivals;
	readonly vault: ISecretVault;
	/** Whether a person has webhooks that want events of their tasks. */
	readonly wantsEvents: (person: Principal['person']) => Promise<boolean>;
	readonly clock: IClock;
	readonly numbers: TaskNumbers;
	readonly storeFull: () => boolean;
}

/** Longest goal, in characters; more belongs in an attached file. */
const MAX_GOAL_CHARACTERS = 100_000;

/** NumberedTask is a task as its person calls it: their third task is 3 everywhere, for good. */
interface NumberedTask {
	readonly number: number;
	readonly id: TaskId;
	readonly goal: string;
	readonly status: string;
}

/** TaskDesk lets callers see and steer their own tasks. */
export class TaskDesk implements ITaskDesk {
	readonly #deps: Dependencies;
	readonly #letters: DeadLetters;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#letters = new DeadLetters(deps);
	}

	async submit(principal: Principal, request: TaskRequest): Promise<{ id: TaskId; duplicate: boolean }> {
		const { person, role } = principal;
		const goal = checkedGoal(request);
		await refuseMoreOfGuests(principal, this.#deps.index);
		const taskId = newTaskId(this.#deps.clock.now());
		const { plan, planBy = 'person', idempotencyKey } = request;
		const steps = plan === undefined ? undefined : this.#deps.admission.admit(plan);
		const command: TaskCommand = {
			type: 'SubmitTask',
			at: this.#deps.clock.now(),
			taskId,
			goal,
			person,
			attachments: await this.#deps.intake.take(request.attachments ?? [], { person, task: taskId }),
			approve: request.approve ?? false,
			budget: budgetFor(role, request.budget),
			...(request.deadline === undefined ? {} : { deadline: request.deadline }),
			...(request.conversation === undefined ? {} : { conversation: request.conversation }),
			...(request.origins === undefined ? {} : { origins: request.origins }),
			...(request.unhurried === true ? { unhurried: true } : {}),
			...(request.earlierGoals === undefined ? {} : { earlierGoals: request.earlierGoals }),
			...(request.answerOnly === undefined ? {} : { answerOnly: request.answerOnly }),
			...(request.announced === true || (await this.#deps.wantsEvents(person)) ? { announced: true } : {}),
			// What comes of somebody's words is worth remembering; a plan that came along ready is not.
			...(steps === undefined && request.answerOnly === undefined && role !== 'guest' ? { noted: true } : {}),
			...(steps === undefined ? {} : { plan: { by: planBy, steps } }),
		};
		const key = idempotencyKey === undefined ? undefined : `submit:${person}:${idempotencyKey}`;
		const begin = () => this.#deps.tasks.begin(taskStream(taskId), command, key);
		// What came along is stored by now, however long that took.
		const { duplicateOf } = await (request.arriving === true ? this.#deps.arrivals.during(begin) : begin());
		if (duplicateOf === undefined) return { id: taskId, duplicate: false };
		return { id: asTaskId(duplicateOf.slice('task-'.length)), duplicate: true };
	}

	async view(principal: Principal, id: TaskId): Promise<TaskView> {
		return viewTask(await this.#own(principal, id), { storeFull: this.#deps.storeFull() });
	}

	async list({ person }: Principal, { before, limit }: { before?: number | undefined; limit: number }) {
		const rows = await this.#deps.index.list({ prefix: 'task-', person, before, limit: limit + 1 });
		const page = rows.slice(0, limit);
		// The index holds what `taskDecider` wrote there.
		const tasks = page.map((row) => row.summary as unknown as TaskSummary);
		const last = page.at(-1);
		return rows.length > limit && last !== undefined ? { tasks, next: last.position } : { tasks };
	}

	async recent({ person }: Principal, limit: number): Promise<readonly NumberedTask[]> {
		const latest = await this.#deps.numbers.latest(person, limit);
		const found = await Promise.all(
			latest.map(async ({ number, id }) => {
				const task = await this.#deps.tasks.state(taskStream(id));
				return task === undefined ? [] : [{ number, id, goal: task.goal, status: statusOf(task, false).status }];
			}),
		);
		return found.flat();
	}

	async facts(principal: Principal, id: TaskId, after: number) {
		await this.#own(principal, id);
		const events = (await this.#deps.store.read(taskStream(id), after)) as unknown as readonly RecordedTaskFact[];
		return { events, next: events.at(-1)?.seq ?? after };
	}

	async follow(principal: Principal, id: TaskId, after: number, listener: TaskFollower): Promise<() => void> {
		await this.#own(principal, id);
		const stopProgress =
			listener.progress === undefined
				? () => {}
				: this.#deps.bus.subscribe('progress', ({ taskId, ...progress }) => {
						if (taskId === id) listener.progress?.(progress);
					});
		try {
			const stopFacts = await this.#deps.relay.follow(taskStream(id), after, (fact) =>
				listener.fact(fact as unknown as RecordedTaskFact),
			);
			return () => {
				stopFacts();
				stopProgress();
			};
		} catch (error) {
			stopProgress();
			throw error;
		}
	}

	async answer(principal: Principal, id: TaskId, questionId: QuestionId, answer: Json): Promise<void> {
		const task = await this.#own(principal, id);
		const asked = Object.hasOwn(task.questions, questionId) ? task.questions[questionId] : undefined;
		const secret = asked?.question.kind === 'secret' && asked.status === 'open';
		const kept = secret ? await this.#keepSecret(task, questionId, answer) : answer;
		await this.#steer(principal, id, { type: 'AnswerQuestion', questionId, answer: kept, by: principal.person });
	}

	async editPlan(principal: Principal, id: TaskId, baseVersion: number, ops: readonly PlanOp[]): Promise<void> {
		const task = await this.#own(principal, id);
		const edits = this.#admitEdits(task, ops);
		await this.#steer(principal, id, { type: 'EditPlan', baseVersion, edits, by: principal.person });
	}

	skipStep(principal: Principal, id: TaskId, stepId: StepId): Promise<void> {
		return this.#steer(principal, id, { type: 'SkipStep', stepId, by: principal.person });
	}

	retryStep(principal: Principal, id: TaskId, stepId: StepId): Promise<void> {
		return this.#steer(principal, id, { type: 'RetryStep', stepId, by: principal.person });
	}

	deliverEvent(principal: Principal, id: TaskId, { name, data, id: own, origins = [] }: TaskEvent): Promise<void> {
		const by = principal.person;
		return this.#steer(principal, id, { type: 'DeliverEvent', name, data, by, origins, id: own });
	}

	cancel(principal: Principal, id: TaskId): Promise<void> {
		return this.#steer(principal, id, { type: 'CancelTask', by: principal.person, reason: 'You asked for it.' });
	}

	retry(principal: Principal, id: TaskId): Promise<void> {
		return this.#steer(principal, id, { type: 'RetryTask', by: principal.person });
	}

	async audit(principal: Principal, id: TaskId): Promise<AsyncIterable<string>> {
		await this.#own(principal, id);
		return this.#deps.audit.export(taskStream(id));
	}

	deadLetters(principal: Principal): Promise<readonly DeadLetter[]> {
		return this.#letters.list(principal);
	}

	deadLetter(principal: Principal, id: string): Promise<DeadLetterDetail> {
		return this.#letters.show(principal, id);
	}

	async replayDeadLetter(principal: Principal, id: string): Promise<void> {
		const { taskId, stepId } = parseLetterId(id);
		await this.retryStep(principal, taskId, stepId);
	}

	async dropDeadLetter(principal: Principal, id: string): Promise<void> {
		// One that is not dead-lettered is none: a step that waits is not left out by this.
		await this.#letters.show(principal, id);
		const { taskId, stepId } = parseLetterId(id);
		await this.skipStep(principal, taskId, stepId);
	}

	/** The task, if it is the principal's own; to anyone else it does not exist. */
	async #own({ person }: Principal, id: TaskId): Promise<Task> {
		const task = await this.#deps.tasks.latest(taskStream(id));
		if (task !== undefined && task.person === person) return task;
		throw new CoreError('unknown-task', `There is no task "${id}".`, { hint: 'Check the id, or list your tasks.' });
	}

	async #steer(principal: Principal, id: TaskId, command: Untimed<TaskCommand>): Promise<void> {
		await this.#own(principal, id);
		await this.#deps.tasks.handle(taskStream(id), { ...command, at: this.#deps.clock.now() } as TaskCommand);
	}

	async #keepSecret({ id, person }: Task, questionId: QuestionId, answer: Json): Promise<Json> {
		if (typeof answer !== 'string' || answer === '') {
			throw new CoreError('invalid-input', 'The answer is empty.', { hint: 'Send the secret as a text.' });
		}
		const name = `${person}/task/${id}/${questionId}`;
		await this.#deps.vault.put(name, answer);
		return { secret: name };
	}

	/** Changed steps are admitted together with the rest of the plan, so that their references are known. */
	#admitEdits(task: Task, ops: readonly PlanOp[]): PlannedEdit[] {
		const removed = new Set(ops.flatMap(({ op, step }) => (op === 'remove' ? [step.id] : [])));
		const changed = new Map(ops.flatMap(({ op, step }) => (op === 'remove' ? [] : [[step.id, step] as const])));
		const planned = plannedSteps(task).filter(({ spec }) => !removed.has(spec.id));
		const kept = planned.flatMap(({ spec }) => (changed.has(spec.id) ? [] : [withoutPromises(spec)]));
		const admitted = new Map(this.#deps.admission.admit([...kept, ...changed.values()]).map((step) => [step.id, step]));
		return ops.flatMap(({ op, step }): PlannedEdit[] => {
			if (op === 'remove') return [{ op, stepId: step.id }];
			const whole = admitted.get(step.id);
			return whole === undefined ? [] : [{ op, step: whole }];
		});
	}
}

type Untimed<Command> = Command extends unknown ? Omit<Command, 'at'> : never;

/** Ids begin with the time, so that new streams stand side by side in the store's index; the rest cannot be guessed. */
function newTaskId(now: number): TaskId {
	return asTaskId(now.toString(36).padStart(9, '0') + randomUUID().replaceAll('-', '').slice(0, 18));
}

function checkedGoal({ goal, attachments = [] }: TaskRequest): string {
	if (goal.trim() === '' && attachments.length === 0)
		throw new CoreError('empty-goal', 'The goal is empty.', { hint: 'Write what you want done.' });
	if (goal.length <= MAX_GOAL_CHARACTERS) return goal;
	const message = `The goal has ${goal.length} characters; at most ${MAX_GOAL_CHARACTERS} are taken.`;
	throw new CoreError('too-large', message, { hint: 'Attach the long part as a file.' });
}

function withoutPromises({ sessions: _sessions, ...step }: PlannedStep): PlanStep {
	return step;
}
