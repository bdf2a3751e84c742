import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import { decideBacklog } from '../../domain/backlog/decide-backlog.ts';
import type { Backlog, Operation } from '../../domain/backlog/state.ts';
import { CoreError, describeError, type ErrorCode, isCoreError } from '../../domain/errors.ts';
import { asTaskId, type StreamId, type TaskId } from '../../domain/ids.ts';
import { asJson, type JsonObject } from '../../domain/json.ts';
import { planProgress } from '../../domain/task/plan-tree.ts';
import type { Task } from '../../domain/task/state.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { IBacklogWork, WorkCall } from '../../ports/backlog-work.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IProjectFiles } from '../../ports/project-files.ts';
import type { FactRelay } from '../commands/fact-relay.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { CallOptions, OperationView } from '../desks/backlog.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type { StoredOutputs } from '../tasks/stored-outputs.ts';
import { endedSteps } from './ended-task.ts';
import type { OpenProject } from './open-project.ts';
import { backlogStream, isBacklogId } from './which-project.ts';

interface Dependencies {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state' | 'latest'>;
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'cancel' | 'follow'>;
	readonly work: IBacklogWork;
	readonly outputs: Pick<StoredOutputs, 'valueOf'>;
	readonly files: IProjectFiles;
	readonly relay: FactRelay;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly projects: { ofStream(stream: StreamId): Promise<OpenProject | undefined> };
	/** Remembers whose task it is, before it can end. */
	readonly began: (task: TaskId, project: OpenProject) => void;
}

const WAIT_MS = 20_000;
/** How long (ms) the end of a cancelled operation is waited for. */
const CANCEL_MS = 3_000;

/** BacklogOperations carries out tools that take work: each call is a task of its own, whose outcome is applied in one append. */
export class BacklogOperations {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Begins the work of a call, and answers its result, or its id where it takes longer than the caller waits. */
	async run(
		principal: Principal,
		project: OpenProject,
		call: WorkCall,
		options: CallOptions & { readonly inBackground: boolean },
	): Promise<JsonObject> {
		const operation = await this.#begin(principal, project, call);
		const waitMs = options.inBackground ? 0 : (options.waitMs ?? WAIT_MS);
		const ended = await this.#ended(principal, project.stream, operation, { ...options, waitMs });
		if (ended !== undefined) {
			// Whoever reads the file after the answer finds in it what was answered.
			const backlog = await this.#deps.backlogs.state(project.stream);
			if (backlog !== undefined) await project.keep(backlog);
			return answerOf(ended);
		}
		return { ...asJson(await this.#view(principal, operation)), message: goesOn(operation.id) };
	}

	/** `not-found` for one that is not the principal's own. */
	async view(principal: Principal, id: string): Promise<OperationView> {
		const { backlog, operation } = await this.#find(principal, id);
		if (operation.status !== 'in_progress') await this.#keep(backlog);
		return this.#view(principal, operation);
	}

	/** What was finished so far is kept. */
	async cancel(principal: Principal, id: string): Promise<OperationView> {
		const { backlog, operation } = await this.#find(principal, id);
		if (operation.status === 'in_progress') {
			try {
				await this.#deps.tasks.cancel(principal, operation.taskId);
			} catch (error) {
				// It has just ended; what it came to is on its way.
				if (!isCoreError(error, 'not-possible')) throw error;
			}
			await this.#ended(principal, backlogStream(backlog.id), operation, { waitMs: CANCEL_MS });
		}
		return this.view(principal, id);
	}

	/** Applies what came of a task to the backlog it worked for, as that stands now. Safe to repeat. */
	async apply(project: OpenProject, operation: Operation, task: Task): Promise<void> {
		const { backlogs, work, log, files } = this.#deps;
		const { end } = task;
		const backlog = await backlogs.state(project.stream);
		if (end === undefined || backlog === undefined) return;
		const { id: operationId, tool, args, tag } = operation;
		const { outputs, failures } = await endedSteps(task, this.#deps.outputs, operation.taskEndedAt);
		// A retry that brought nothing more takes nothing away.
		if (operation.status === 'completed' && Object.keys(outputs).length === 0) return;
		const outcome = work.read({ tool, args }, outputs, failures, { backlog, tag, at: end.at });
		const written: string[] = [];
		for (const { path, text } of outcome.files ?? []) {
			if (project.root === undefined) continue;
			await files.write(project.root, path, text).then(
				() => written.push(path),
				(error: unknown) => log.warn('file of an operation not written', { operationId, error: describeError(error) }),
			);
		}
		const status = end.status === 'cancelled' ? 'cancelled' : outcome.error === undefined ? 'completed' : 'error';
		const { state } = await backlogs.handle(project.stream, {
			type: 'EndOperation',
			at: this.#deps.clock.now(),
			operationId,
			status,
			changes: outcome.changes,
			result: written.length === 0 ? outcome.result : { ...outcome.result, savedTo: written },
			...(status === 'error' ? { error: outcome.error } : {}),
			taskEndedAt: end.at,
		});
		if (state !== undefined) await project.keep(state);
	}

	/** Whoever reads the file after hearing of the end finds in it what came of the work; another process may not have got so far. */
	async #keep(backlog: Backlog): Promise<void> {
		const project = await this.#deps.projects.ofStream(backlogStream(backlog.id));
		await project?.keep(backlog);
	}

	async #begin(principal: Principal, project: OpenProject, call: WorkCall): Promise<Operation> {
		const { backlogs, tasks, work, clock } = this.#deps;
		const { stream } = project;
		const backlog = await backlogs.state(stream);
		if (backlog === undefined) throw unknownOperation(project.id);
		const { tool, args } = call;
		const by = principal.person;
		const command = { type: 'BeginOperation', at: clock.now(), tool, args, by } as const;
		// What the backlog refuses is refused before anything runs.
		const possible = decideBacklog(backlog, { ...command, operationId: 'possible', taskId: asTaskId('possible') });
		if (!possible.ok) throw possible.error;
		const { goal, steps, estimatedSeconds } = work.plan(backlog, call);
		const { id: taskId } = await tasks.submit(principal, {
			goal,
			plan: steps,
			planBy: `workflow:backlog.${tool}`,
			announced: true,
			origins: [`backlog:${project.id}`],
		});
		this.#deps.began(taskId, project);
		const operationId = `${project.id}.${taskId}`;
		try {
			const begun = await backlogs.handle(stream, { ...command, operationId, taskId, estimatedSeconds });
			const operation = begun.state?.operations.find(({ id }) => id === operationId);
			if (operation !== undefined) return operation;
			throw unknownOperation(operationId);
		} catch (error) {
			await tasks.cancel(principal, taskId).catch(() => undefined);
			throw error;
		}
	}

	/** Waits for the end; undefined where that takes too long. Whoever gives up waiting leaves the work as it is. */
	async #ended(
		principal: Principal,
		stream: StreamId,
		{ id, taskId }: Pick<Operation, 'id' | 'taskId'>,
		{ waitMs = WAIT_MS, signal, onProgress }: CallOptions,
	): Promise<Operation | undefined> {
		const { backlogs, relay, clock } = this.#deps;
		const now = async () => {
			const found = (await backlogs.latest(stream))?.operations.find((one) => one.id === id);
			return found?.status === 'in_progress' ? undefined : found;
		};
		const before = await now();
		if (before !== undefined || waitMs <= 0) return before;
		const stops: (() => void)[] = [];
		const { promise: woken, resolve: wake, reject } = Promise.withResolvers<void>();
		// It may be refused while something else is still awaited.
		woken.catch(() => undefined);
		const done = (found: Operation | undefined) => found !== undefined && wake();
		const abort = () => reject(givenUp(id));
		if (signal?.aborted === true) abort();
		signal?.addEventListener('abort', abort, { once: true });
		stops.push(() => signal?.removeEventListener('abort', abort), clock.after(waitMs, wake));
		try {
			const seq = (await backlogs.state(stream))?.seq ?? 0;
			stops.push(await relay.follow(stream, seq, ({ type }) => type === 'OperationEnded' && void now().then(done)));
			if (onProgress !== undefined) stops.push(await this.#tellProgress(principal, taskId, onProgress));
			done(await now());
			await woken;
		} finally {
			for (const stop of stops) stop();
		}
		return now();
	}

	#tellProgress(
		principal: Principal,
		task: TaskId,
		onProgress: NonNullable<CallOptions['onProgress']>,
	): Promise<() => void> {
		const { tasks } = this.#deps;
		const tell = (text?: string | undefined) => {
			tasks.view(principal, task).then(
				(view) => onProgress({ percent: percentOf(view), ...(text === undefined ? {} : { text }) }),
				() => undefined,
			);
		};
		return tasks.follow(principal, task, 0, { fact: () => tell(), progress: ({ text }) => tell(text) });
	}

	async #find(principal: Principal, id: string): Promise<{ readonly backlog: Backlog; readonly operation: Operation }> {
		const [backlogId = ''] = id.split('.');
		const backlog = isBacklogId(backlogId) ? await this.#deps.backlogs.latest(backlogStream(backlogId)) : undefined;
		const operation = backlog?.operations.find((one) => one.id === id);
		if (backlog === undefined || operation === undefined || backlog.person !== principal.person) {
			throw unknownOperation(id);
		}
		return { backlog, operation };
	}

	async #view(principal: Principal, operation: Operation): Promise<OperationView> {
		const { id: operationId, tool, status, result, error, begunAt, estimatedSeconds } = operation;
		if (status !== 'in_progress') {
			return { operationId, tool, status, progress: status === 'completed' ? 100 : 0, result, error };
		}
		const view = await this.#deps.tasks.view(principal, operation.taskId);
		const gone = (this.#deps.clock.now() - begunAt) / 1_000;
		const left = estimatedSeconds === undefined ? undefined : Math.max(1, Math.round(estimatedSeconds - gone));
		return { operationId, tool, status, progress: percentOf(view), estimatedSeconds: left };
	}
}

function answerOf({ id, status, result = {}, error }: Operation): JsonObject {
	if (status === 'completed') return { ...result, operationId: id };
	if (status === 'cancelled') return { ...result, operationId: id, status, message: 'It was cancelled.' };
	const { code = 'internal', message = 'The work came to nothing.', hint = 'Try again.' } = error ?? {};
	throw new CoreError(KNOWN.find((known) => known === code) ?? 'not-possible', message, { hint });
}

/** What a step's failure may be called and a refusal too; any other says only that it was not possible. */
const KNOWN: readonly ErrorCode[] = [
	'invalid-input',
	'too-large',
	'not-found',
	'unreadable-document',
	'model-unavailable',
	'model-refused',
	'model-reply',
	'over-budget',
	'over-day-budget',
	'timed-out',
	'service-down',
];

function percentOf({ plan, status }: TaskView): number {
	if (status === 'done') return 100;
	const { ended, of } = planProgress(plan.steps);
	return of === 0 ? 0 : Math.min(99, Math.round((100 * ended) / of));
}

function goesOn(id: string): string {
	return `It goes on; operation_status with operationId "${id}" tells how it stands.`;
}

function givenUp(id: string): CoreError {
	return new CoreError('cancelled', 'The caller no longer waits for the answer; the work goes on.', {
		hint: `operation_status with operationId "${id}" tells how it stands.`,
	});
}

function unknownOperation(id: string): CoreError {
	return new CoreError('not-found', `There is no operation "${id.slice(0, 100)}" of yours, or not any more.`, {
		hint: 'Use the operationId that a tool answered.',
	});
}
