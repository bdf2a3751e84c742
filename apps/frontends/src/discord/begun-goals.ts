import { z } from 'zod';

const Snowflake = z.string().regex(/^\d{1,20}$/);
const Goal = z.object({
	id: Snowflake,
	channel: Snowflake,
	user: Snowflake,
	name: z.string().max(200),
	text: z.string().max(10_000),
});
const Saved = z.object({ goals: z.array(Goal).max(1_000) });

/** BegunGoal is a goal that was given in a channel, until it is taken: `id` is that of its command. */
export type BegunGoal = z.infer<typeof Goal>;

/** More than this are not under way at once. */
const MOST = 500;

/**
 * BegunGoals keeps the goals given in channels from before their command is acknowledged until they are taken: the
 * conversation is named after the message that acknowledges the command, so that they cannot be taken first.
 */
export class BegunGoals {
	readonly #goals = new Map<string, BegunGoal>();
	readonly #left = new Set<string>();
	readonly #save: () => Promise<void>;

	/** `save` resolves when `toList` as it is now is durable. */
	constructor(save: () => Promise<void>) {
		this.#save = save;
	}

	/** Takes up what was kept; broken or foreign text counts as nothing. */
	restore(text: string | undefined): void {
		const saved = Saved.safeParse(parsed(text));
		for (const goal of saved.success ? saved.data.goals : []) {
			this.#goals.set(goal.id, goal);
			this.#left.add(goal.id);
		}
	}

	/** Resolves when it is durable. */
	async keep(goal: BegunGoal): Promise<void> {
		const [oldest] = this.#goals.keys();
		if (this.#goals.size >= MOST && oldest !== undefined) this.end(oldest);
		this.#goals.set(goal.id, goal);
		await this.#save();
	}

	/** It was taken or refused, or will never be. Forgetting that in a crash is harmless: it is taken again, and recognised. */
	end(id: string): void {
		this.#goals.delete(id);
		this.#left.delete(id);
	}

	/** Those a server before this one did not come to the end of. */
	left(): BegunGoal[] {
		return [...this.#goals.values()].filter(({ id }) => this.#left.has(id));
	}

	toList(): BegunGoal[] {
		return [...this.#goals.values()];
	}
}

function parsed(text: string | undefined): unknown {
	try {
		return JSON.parse(text ?? 'null');
	} catch {
		return undefined;
	}
}
