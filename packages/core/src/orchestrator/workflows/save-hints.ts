import { describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import { plannedSteps, type Report, type Task } from '../../domain/task/state.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { TaskNumbers } from '../tasks/task-numbers.ts';

interface Dependencies {
	readonly index: Pick<IStreamIndex, 'list'>;
	readonly numbers: Pick<TaskNumbers, 'numberOf'>;
	readonly log: ILogger;
	/** Whether a person has a workflow for such a goal already. */
	readonly hasOne: (person: PersonId, goal: string) => Promise<boolean>;
}

/** The latest tasks that are looked at. */
const LOOKED_AT = 60;
const ALIKE = 0.8;
const MIN_STEPS = 2;

/** SaveHints say once, when somebody has had the same errand done for the second time, that it can be saved. */
export class SaveHints {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** A sentence for the end of the answer, if any; the same however often it is asked for. */
	async hintFor(task: Task, { about }: Report): Promise<string | undefined> {
		if (about.kind !== 'end' || !mayBeSaved(task)) return undefined;
		const { person, goal } = task;
		try {
			if ((await this.#earlierAlike(task)) !== 1) return undefined;
			if (await this.#deps.hasOne(person, goal)) return undefined;
			const number = await this.#deps.numbers.numberOf(person, task.id);
			const { workflowNameOf } = await import('../../domain/workflow/learn-workflow.ts');
			return `*You have had this done before. \`/save ${number} as ${workflowNameOf(goal)}\` keeps it as a workflow.*`;
		} catch (error) {
			// The answer goes out all the same.
			this.#deps.log.warn('no hint at saving', { error: describeError(error) });
			return undefined;
		}
	}

	async #earlierAlike({ id, person, goal, createdAt }: Task): Promise<number> {
		// What compares goals is loaded with the first that may be saved.
		const { likeness, telling } = await import('../../domain/workflow/likeness.ts');
		const said = telling(goal);
		const rows = await this.#deps.index.list({ prefix: 'task-', person, limit: LOOKED_AT });
		const alike = rows.filter(({ summary }) => {
			const { id: other, goal: words, createdAt: at, workflow } = summary;
			if (typeof other !== 'string' || typeof words !== 'string' || workflow !== undefined) return false;
			// By when they began, not by how they stand: of several that run side by side only one is the second.
			const isEarlier = typeof at === 'number' && (at < createdAt || (at === createdAt && other < id));
			return isEarlier && likeness(said, telling(words)) >= ALIKE;
		});
		return alike.length;
	}
}

/** A planned errand that a person gave in a conversation, in their own words. */
function mayBeSaved(task: Task): boolean {
	const { end, conversation, inReplyTo, planBy, origins = [] } = task;
	if (end?.status !== 'done' || conversation === undefined || inReplyTo === undefined || origins.length > 0)
		return false;
	return !planBy.startsWith('workflow:') && plannedSteps(task).length >= MIN_STEPS;
}
