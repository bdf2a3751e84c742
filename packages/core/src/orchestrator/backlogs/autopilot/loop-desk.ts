import { randomUUID } from 'node:crypto';
import { branchName } from '../../../domain/autopilot/branch-name.ts';
import { commitMessage, ownMessage } from '../../../domain/autopilot/commit-message.ts';
import { goingLoop, workedOn } from '../../../domain/autopilot/decide-loop.ts';
import type { Loop } from '../../../domain/autopilot/loop.ts';
import { loopAnswer, nextStep } from '../../../domain/autopilot/loop-answer.ts';
import { loopStand } from '../../../domain/autopilot/loop-stand.ts';
import { countsInWords, readTestCounts } from '../../../domain/autopilot/test-counts.ts';
import type { BacklogCommand } from '../../../domain/backlog/commands.ts';
import { decideBacklog } from '../../../domain/backlog/decide-backlog.ts';
import { pathOf } from '../../../domain/backlog/item-path.ts';
import type { Backlog } from '../../../domain/backlog/state.ts';
import { CoreError, describeError, isCoreError } from '../../../domain/errors.ts';
import type { PersonId } from '../../../domain/ids.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { IGitWork } from '../../../ports/git-work.ts';
import type { DeskParts } from '../desk-tools.ts';
import type { OpenProject } from '../open-project.ts';
import { ownFiles, refuseOtherBranch, refuseUnfit, refuseUnsaved, unsavedWork } from './fit-repository.ts';

/** LoopPlace is a project that has files, as the loop works on it. */
export interface LoopPlace {
	readonly parts: Pick<DeskParts, 'backlogs' | 'clock'>;
	readonly project: OpenProject;
	readonly root: string;
	readonly person: PersonId;
}

/**
 * LoopDesk leads through test-driven work on an item. What was reached stands in the backlog's history; git is brought after it,
 * so that whatever breaks off in between, the next call finds the way on.
 */
export class LoopDesk {
	readonly #git: IGitWork;

	constructor(git: IGitWork) {
		this.#git = git;
	}

	async start(place: LoopPlace, args: JsonObject): Promise<JsonObject> {
		const { root, person: by, parts } = place;
		const backlog = await backlogOf(place);
		const item = String(args['taskId'] ?? '').trim();
		const tag = typeof args['tag'] === 'string' && args['tag'].trim() !== '' ? args['tag'].trim() : backlog.currentTag;
		const force = args['force'] === true;
		const branch = branchName(tag, pathOf(item).item);
		const maxAttempts = typeof args['maxAttempts'] === 'number' ? { maxAttempts: args['maxAttempts'] } : {};
		const loopId = randomUUID();
		const begin = {
			type: 'BeginLoop',
			at: parts.clock.now(),
			loopId,
			tag,
			item,
			branch,
			force,
			by,
			...maxAttempts,
		} as const;
		// What the backlog refuses is refused before git is asked anything.
		const possible = decideBacklog(backlog, { ...begin, from: '', base: '' });
		if (!possible.ok) throw possible.error;
		const stand = await this.#git.stand(root);
		refuseUnfit(stand);
		if (!force) {
			refuseUnsaved(
				stand,
				'Commit them, put them aside with git stash, or list them in .gitignore. force: true takes them into the first commit.',
			);
		}
		await this.#refuseOldBranch(root, branch, stand.branch);
		const begun = await this.#handle(place, { ...begin, from: stand.branch, base: stand.head });
		await this.#git.checkOut(root, branch).catch(async (error: unknown) => {
			await this.#handle(place, { type: 'EndLoop', at: parts.clock.now(), loopId, outcome: 'aborted' });
			throw error;
		});
		const message = `The loop over task ${pathOf(item).item} has begun, on the branch ${branch}.`;
		return answer(begun, goingLoop(begun, loopId), message);
	}

	/** Picks up what is stored: checks the branch out again, and gives a subitem that was blocked new attempts. */
	async resume(place: LoopPlace): Promise<JsonObject> {
		const { root, parts } = place;
		const loop = goingLoop(await backlogOf(place));
		const stand = await this.#git.stand(root);
		refuseUnfit({ ...stand, branch: stand.branch ?? loop.branch });
		if (stand.branch !== loop.branch) {
			refuseUnsaved(
				stand,
				`Commit them on their own branch, or put them aside with git stash; the loop works on ${loop.branch}.`,
			);
			await this.#git.checkOut(root, loop.branch, loop.head);
		}
		const state = await this.#handle(place, { type: 'UnblockLoop', at: parts.clock.now(), loopId: loop.id });
		return answer(state, goingLoop(state, loop.id), `The loop over task ${loop.item} goes on.`);
	}

	async completePhase(place: LoopPlace, args: JsonObject): Promise<JsonObject> {
		const { root, parts } = place;
		const tests = readTestCounts(args);
		const seen = seenIn(await backlogOf(place));
		if (seen.phase === 'commit') {
			throw new CoreError('not-possible', `Subtask ${seen.name} waits for its commit.`, {
				hint: 'Call autopilot_commit.',
			});
		}
		const stand = await this.#git.stand(root);
		refuseOtherBranch(stand, seen.loop);
		const unsaved = unsavedWork(stand).length > 0;
		const { phase, sub, loop } = seen;
		const state = await this.#handle(place, {
			...{ type: 'CompletePhase', at: parts.clock.now(), loopId: loop.id, sub: sub.id, phase },
			...{ tests, unsaved },
		});
		const now = goingLoop(state, loop.id);
		if (phase === 'green' && tests.failed > 0) throw attemptFailed(now, seen.name, countsInWords(tests));
		const isThere = phase === 'red' && tests.failed === 0;
		const message = isThere
			? `All tests pass already, so subtask ${seen.name} needs no code${unsaved ? '; its test is still to be committed' : ''}.`
			: `The ${phase} phase of subtask ${seen.name} is complete.`;
		const after = answer(state, now, message);
		return { ...after, previousPhase: phase.toUpperCase(), currentPhase: after['tddPhase'] ?? 'FINALIZE' };
	}

	/** What was committed by hand, or by a call that broke off, is taken for the subitem's commit. */
	async commit(place: LoopPlace, args: JsonObject): Promise<JsonObject> {
		const { root, parts } = place;
		const { loop, stand, sub, phase, name } = seenIn(await backlogOf(place));
		if (phase !== 'commit') {
			throw new CoreError(
				'not-possible',
				`Subtask ${name} is not ready to be committed: it is in its ${phase} phase.`,
				{
					hint: 'autopilot_next says what comes before.',
				},
			);
		}
		const repository = await this.#git.stand(root);
		refuseUnfit(repository);
		refuseOtherBranch(repository, loop);
		const own = typeof args['customMessage'] === 'string' ? ownMessage(args['customMessage']) : '';
		const message = own === '' ? commitMessage(stand.item, sub, stand.tests) : own;
		const files = Array.isArray(args['files']) ? args['files'].map(String) : [];
		// The backlog's own files go along, but are no work by themselves.
		const hasWork = unsavedWork(repository).length > 0;
		const what = { message, ...(files.length === 0 ? {} : { files }) };
		const made = hasWork ? await this.#git.commit(root, what) : undefined;
		const commit = made ?? (repository.head === loop.head ? undefined : repository.head);
		if (commit === undefined) {
			throw new CoreError('not-possible', `There is nothing to commit for subtask ${name}.`, {
				hint: 'See that its files are saved and not ignored by git; if it needs none, set it to done with set_task_status.',
			});
		}
		const note = { type: 'NoteCommit', at: parts.clock.now(), loopId: loop.id, sub: sub.id, commit } as const;
		const state = await this.#handle(place, note);
		const words = `Subtask ${name} is committed as ${commit.slice(0, 10)}.`;
		return {
			...answer(state, goingLoop(state, loop.id), words),
			commit: { hash: commit, ...(made === undefined ? {} : { message }) },
			subtaskCompleted: String(sub.id),
		};
	}

	/** A loop that was finished already answers as it did then. */
	async finalize(place: LoopPlace): Promise<JsonObject> {
		const { root, parts } = place;
		const backlog = await backlogOf(place);
		const loop = backlog.loop?.status === 'finished' ? backlog.loop : goingLoop(backlog);
		const end = { type: 'EndLoop', at: parts.clock.now(), loopId: loop.id, outcome: 'finished' } as const;
		const possible = decideBacklog(backlog, end);
		if (!possible.ok) throw possible.error;
		if (loop.status === 'going') {
			const stand = await this.#git.stand(root);
			refuseUnfit(stand);
			refuseOtherBranch(stand, loop);
			refuseUnsaved(stand, 'Commit them, or take them back; then call autopilot_finalize again.');
		}
		const state = await this.#handle(place, end);
		const warnings = await this.#commitOwnFiles(root, loop);
		const message = `The loop over task ${loop.item} is finished: its work is on the branch ${loop.branch}, to be looked at and merged.`;
		return { ...answer(state, state.loop ?? loop, message), ...(warnings.length === 0 ? {} : { warnings }) };
	}

	/** The branch and all work stay as they are. */
	async abort(place: LoopPlace): Promise<JsonObject> {
		const { parts } = place;
		const backlog = await backlogOf(place);
		const loop = backlog.loop?.status === 'aborted' ? backlog.loop : goingLoop(backlog);
		const end = { type: 'EndLoop', at: parts.clock.now(), loopId: loop.id, outcome: 'aborted' } as const;
		const state = await this.#handle(place, end);
		const message = `The loop over task ${loop.item} is given up. The branch ${loop.branch} and all work stay.`;
		return answer(state, state.loop ?? loop, message);
	}

	/** What stands in the way of going on, in sentences. */
	async troubles(root: string, loop: Loop): Promise<string[]> {
		if (loop.status !== 'going') return [];
		try {
			const stand = await this.#git.stand(root);
			refuseUnfit(stand);
			refuseOtherBranch(stand, loop);
			return [];
		} catch (error) {
			if (!isCoreError(error)) throw error;
			return [`${error.message} ${error.hint}`];
		}
	}

	/** A branch of that name may hold anybody's work: it is gone on with only where somebody has checked it out. */
	async #refuseOldBranch(root: string, branch: string, now: string): Promise<void> {
		if (branch === now || (await this.#git.headOf(root, branch)) === undefined) return;
		throw new CoreError('not-possible', `There is a branch ${branch} already.`, {
			hint: `To go on there, check it out (git switch ${branch}) and start again; else delete it (git branch -D ${branch}).`,
		});
	}

	/** That a task is done stands in a file of the repository too; without this, the branch could not be left. */
	async #commitOwnFiles(root: string, loop: Loop): Promise<string[]> {
		try {
			const stand = await this.#git.stand(root);
			const files = ownFiles(stand);
			if (stand.branch !== loop.branch || files.length === 0) return [];
			await this.#git.commit(root, { message: `Tick off task ${loop.item}\n\nTask: ${loop.item}`, files });
			return [];
		} catch (error) {
			return [`The backlog’s own files are not committed yet: ${describeError(error)}`];
		}
	}

	async #handle({ parts, project }: LoopPlace, command: BacklogCommand): Promise<Backlog> {
		const { state } = await parts.backlogs.handle(project.stream, command);
		if (state === undefined) throw gone();
		await project.keep(state);
		return state;
	}
}

/** backlogOf is the backlog of a place as it is now. */
export async function backlogOf({ parts, project }: LoopPlace): Promise<Backlog> {
	const backlog = await parts.backlogs.state(project.stream);
	if (backlog === undefined) throw gone();
	return backlog;
}

function seenIn(backlog: Backlog) {
	const loop = goingLoop(backlog);
	const { stand, sub } = workedOn(backlog, { loopId: loop.id, sub: loopStand(backlog, loop)?.sub?.id ?? loop.sub });
	return { loop, stand, sub, phase: stand.phase, name: `${stand.item.id}.${sub.id}` };
}

function answer(state: Backlog, loop: Loop, message: string): JsonObject {
	const { actionDescription } = nextStep(state, loop);
	return { success: true, message, ...loopAnswer(state, loop), nextActionDescription: actionDescription ?? '' };
}

function attemptFailed({ attempts, maxAttempts, blocked }: Loop, name: string, counts: string): CoreError {
	const hint = blocked
		? 'It is blocked now. Have the person look at it; autopilot_resume gives it new attempts.'
		: 'Mend the code (not the test), run all tests, and call again.';
	const message = `The green phase of subtask ${name} needs all tests to pass: ${counts}. That was attempt ${attempts} of ${maxAttempts}.`;
	return new CoreError('not-possible', message, { hint });
}

function gone(): CoreError {
	return new CoreError('not-found', 'This backlog is there no more.', { hint: 'list_backlogs lists yours.' });
}
